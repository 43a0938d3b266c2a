package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jhillyerd/enmime/v2"
)

// TestLibrary runs the Go program of the README in a module of its own, as a
// user does, without a network, and checks what arrives.
func TestLibrary(t *testing.T) {
	w := newWorkspace(t)
	for _, b := range blocks(t) {
		if b.language == "go" {
			w.write("main.go", strings.ReplaceAll(b.text, "127.0.0.1:2525", w.open))
			if lines := regexp.MustCompile(`(?m)^.*\S.*$`).FindAllString(b.text, -1); len(lines) > 25 {
				t.Errorf("the program has %d lines", len(lines))
			}
		}
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	module := "module report\n\ngo 1.26.0\n\nrequire mailpipe v0.0.0\n\nreplace mailpipe => %q\n"
	w.write("go.mod", fmt.Sprintf(module, top))
	w.write("go.sum", read(t, filepath.Join(root, "go.sum")))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", "report", ".")
	build.Dir = w.dir
	build.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for file, want := range map[string]string{"chart.png": "", "missing.png": "no such file"} {
		c := exec.CommandContext(t.Context(), "./report", file)
		c.Dir = w.dir
		out, err := c.CombinedOutput()
		if failed := want != ""; failed != (err != nil) || !strings.Contains(string(out), want) {
			t.Fatalf("%s: %v\n%s", file, err, out)
		}
	}

	mails := w.received()
	if len(mails) != 1 {
		t.Fatalf("%d mails arrived", len(mails))
	}
	mail := mails[0]
	if len(mail.Errors) > 0 || len(mail.Attachments) != 1 {
		t.Fatalf("%d attachments, %v", len(mail.Attachments), mail.Errors)
	}
	chart := mail.Attachments[0]
	for got, want := range map[string]string{
		mail.GetHeader("Delivered-To"): "bob@example.org",
		mail.GetHeader("Subject"):      "Report",
		mail.Text:                      "The figures of March.\n",
		chart.FileName:                 "chart.png",
		chart.ContentType:              "image/png",
		string(chart.Content):          read(t, filepath.Join(root, "testdata/chart.png")),
	} {
		if got != want {
			t.Errorf("%.80q, want %.80q", got, want)
		}
	}
}

// received returns the mails that arrived at the servers of the workspace.
func (w *workspace) received() []*enmime.Envelope {
	w.t.Helper()
	names, err := filepath.Glob(filepath.Join(w.dir, ".received/new/*"))
	if err != nil {
		w.t.Fatal(err)
	}
	var all []*enmime.Envelope
	for _, name := range names {
		mail, err := enmime.ReadEnvelope(strings.NewReader(read(w.t, name)))
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, mail)
	}
	return all
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
