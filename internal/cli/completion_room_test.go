//go:build unix

package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A completionRoom is where a shell runs: a directory with files, and a $PATH with nothing
// but mailpipe and a program for --exec. The configuration names a server.
type completionRoom struct {
	t           testing.TB
	dir         string
	env         []string
	runs        string // names what was run
	connections atomic.Int32
}

func newCompletionRoom(t testing.TB) *completionRoom {
	t.Helper()
	r := &completionRoom{t: t, dir: t.TempDir()}
	for _, name := range completionFiles {
		path := filepath.Join(r.dir, name)
		if strings.HasSuffix(name, "/") {
			check(t, os.Mkdir(path, 0o700))
		} else {
			check(t, os.WriteFile(path, nil, 0o600))
		}
	}
	check(t, os.Chmod(filepath.Join(r.dir, "sub dir/tool"), 0o700))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.connections.Add(1)
			c.Close()
		}
	}()
	other := t.TempDir()
	r.runs = filepath.Join(other, "runs")
	config := strings.NewReplacer("ADDRESS", l.Addr().String(), "RUNS", r.runs).Replace(completionConfig)
	check(t, os.MkdirAll(filepath.Join(other, "config/mailpipe"), 0o700))
	check(t, os.WriteFile(filepath.Join(other, "config/mailpipe/config.toml"), []byte(config), 0o600))
	test, err := os.Executable()
	check(t, err)
	bin := filepath.Join(other, "bin")
	check(t, os.Mkdir(bin, 0o700))
	check(t, os.Symlink(test, filepath.Join(other, "mailpipe")))
	for name, run := range map[string]string{"mailpipe": "exec " + other + "/mailpipe \"$@\"", "program": ""} {
		script := fmt.Sprintf("#!/bin/sh\necho %s \"$@\" >>%s\n%s\n", name, r.runs, run)
		check(t, os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700))
	}
	r.env = []string{
		"PATH=" + bin, "HOME=" + r.dir, "XDG_CONFIG_HOME=" + filepath.Join(other, "config"), "SHELL=/bin/sh", "TERM=dumb",
		"LC_ALL=C.UTF-8", "MAILPIPE_SERVER=smtp://" + l.Addr().String(), "RUNS=" + r.runs, "ZDOTDIR=" + other,
	}
	return r
}

// checkRuns asserts that nothing ran except the command that lists the accounts, and that
// nothing connected to the server.
func (r *completionRoom) checkRuns() {
	r.t.Helper()
	text, _ := os.ReadFile(r.runs)
	runs := strings.Split(strings.TrimSpace(string(text)), "\n")
	other := slices.DeleteFunc(runs, func(run string) bool { return run == "mailpipe config --accounts" })
	if len(other) > 0 {
		r.t.Errorf("these ran: %q", other)
	}
	if n := r.connections.Load(); n != 0 {
		r.t.Errorf("%d connections", n)
	}
	if _, err := os.Lstat(filepath.Join(r.dir, "run")); err == nil {
		r.t.Error("a command on the line was run")
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// words returns the words of lines as a shell reads them.
func (r *completionRoom) words(lines []string) [][]string {
	r.t.Helper()
	const split = `while IFS= read -r -d "" line; do eval "set -- $line"; printf "%s\0" "$@"; printf "\1\0"; done`
	ctx, cancel := context.WithTimeout(r.t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", split)
	cmd.Dir, cmd.Env = r.dir, r.env
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\x00") + "\x00")
	out, err := cmd.Output()
	check(r.t, err)
	var all [][]string
	for _, line := range strings.Split(strings.TrimSuffix(string(out), "\x01\x00"), "\x01\x00") {
		all = append(all, strings.Split(strings.TrimSuffix(line, "\x00"), "\x00"))
	}
	return all
}

// checkOffers compares what was offered with what a case expects. HOME is the directory.
func (r *completionRoom) checkOffers(typed, want string, offers []string) {
	t := r.t
	t.Helper()
	want = strings.ReplaceAll(want, "HOME", r.dir)
	var wanted []string
	if want != "" {
		wanted = strings.Split(want, ", ")
	}
	for i := range offers {
		offers[i] = strings.TrimSuffix(offers[i], "/")
		if strings.HasSuffix(offers[i], ":/") { // smtp://
			offers[i] += "/"
		}
	}
	slices.Sort(wanted)
	slices.Sort(offers)
	if !slices.Equal(wanted, slices.Compact(offers)) {
		t.Errorf("%q offers %q, want %q", typed, offers, wanted)
	}
}
