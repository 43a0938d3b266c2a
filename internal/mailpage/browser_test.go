package mailpage

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mailpipe/internal/testservers"
)

// hostile is HTML that reports that it is read, in many ways. SERVER is a web server.
const hostile = `<!DOCTYPE html><html><head><meta http-equiv="refresh" content="0; url=SERVER/refresh">
<link rel="stylesheet" href="SERVER/link"><link rel="icon" href="SERVER/icon">
<link rel="preload" as="image" href="SERVER/preload">
<style>@import "SERVER/import"; @font-face{font-family:f;src:url(SERVER/font)}
p{background:url(SERVER/css);font-family:f}
</style><script src="SERVER/script"></script></head><body background="SERVER/background" onload="go()">
<script>
function go() { console.log("a script" + " runs"); new Image().src = "SERVER/ran"; }
go(); fetch("SERVER/fetch");
</script>
<img src="SERVER/img" onerror="go()"><img srcset="SERVER/srcset 1x"><p style="background:url('SERVER/style')">text</p>
<iframe src="SERVER/iframe" name="inner"></iframe><iframe srcdoc="<img src='SERVER/inner'>"></iframe>
<object data="SERVER/object"></object><embed src="SERVER/embed">
<video poster="SERVER/poster" src="SERVER/video" autoplay></video>
<audio src="SERVER/audio" autoplay></audio><input type="image" src="SERVER/input">
<table background="SERVER/table"><tr><td>x</table>
<svg><image href="SERVER/svg"/><style>@import "SERVER/svgstyle"</style></svg>
<form action="SERVER/form" target="inner"><input name="x" autofocus onfocus="go()"></form>
<script>document.forms[0].submit(); setTimeout(() => { top.location = "SERVER/top" }, 300)</script>
<a href="SERVER/a" target="_top">link</a></body></html>`

// A counter is a web server that notes what is requested.
type counter struct {
	mu    sync.Mutex
	paths []string
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paths = append(c.paths, r.URL.Path)
}

func (c *counter) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	paths := c.paths
	c.paths = nil
	return paths
}

// open opens a page in a browser for some time. It returns whether a script ran.
func open(t *testing.T, page string, wait time.Duration) (isScripted bool) {
	t.Helper()
	dir, err := os.MkdirTemp("", "browser-*")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir) // its processes may still write to it, which fails a t.TempDir
	file := filepath.Join(dir, "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-dev-shm-usage", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--enable-logging=stderr", "--timeout="+strconv.FormatInt(wait.Milliseconds(), 10),
		"--screenshot="+filepath.Join(dir, "page.png"), "file://"+file)
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return bytes.Contains(out, []byte("a script runs"))
}

// A browser that shows the page requests nothing and runs no script. The policy and
// the sandbox are tried alone too, with HTML that is not changed.
func TestBrowser(t *testing.T) {
	testservers.Need(t, "chromium")
	requests := &counter{}
	server := httptest.NewServer(requests)
	defer server.Close()
	attack := strings.ReplaceAll(hostile, "SERVER", server.URL)
	page := show(t, top+"Content-Type: text/html; charset=utf-8\n\n"+attack)
	start := strings.Index(page, `srcdoc="`) + len(`srcdoc="`)
	end := start + strings.Index(page[start:], `"`)
	unchanged := page[:start] + html.EscapeString(attack) + page[end:]
	noPolicy := func(page string) string { return strings.Replace(page, "Content-Security-Policy", "None", 1) }
	noSandbox := func(page string) string { return strings.Replace(page, "<iframe sandbox ", "<iframe ", 1) }
	for name, tt := range map[string]struct {
		page     string
		requests int // at least, if any: some depend on the time
		scripted bool
	}{
		"page":                       {page, 0, false},
		"the policy alone":           {noSandbox(unchanged), 0, false},
		"the sandbox alone":          {noPolicy(unchanged), 15, false},
		"neither":                    {noPolicy(noSandbox(unchanged)), 20, true}, // or the test shows nothing
		"the policy and the sandbox": {unchanged, 0, false},
	} {
		requests.take()
		isScripted := open(t, tt.page, time.Second)
		got := requests.take()
		// A busy machine needs more time to show all of it.
		for wait := 2 * time.Second; len(got) < tt.requests && wait < time.Minute; wait *= 2 {
			isScripted = open(t, tt.page, wait)
			got = requests.take()
		}
		t.Logf("%s: %q", name, got)
		if len(got) < tt.requests || tt.requests == 0 && len(got) > 0 || isScripted != tt.scripted {
			t.Errorf("%s: scripted %v, requests %q", name, isScripted, got)
		}
	}
}
