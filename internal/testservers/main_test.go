//go:build linux

package testservers

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/cli"
)

// asMailpipe in the environment makes the test binary the program.
const asMailpipe = "MAILPIPE_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asMailpipe) != "" {
		os.Unsetenv(asMailpipe)
		os.Exit(cli.Run(os.Args, cli.OS()))
	}
	os.Exit(m.Run())
}

// desk is a folder to work in, with an empty home and mailpipe in the PATH.
type desk struct {
	t    testing.TB
	dir  string
	home string
}

func newDesk(t testing.TB) desk {
	t.Helper()
	dir := t.TempDir()
	d := desk{t, dir, dir}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d.write("bin/mailpipe", "#!/bin/sh\n"+asMailpipe+"=1 exec '"+self+"' \"$@\"\n")
	if err := os.Chmod(d.path("bin/mailpipe"), 0o755); err != nil {
		t.Fatal(err)
	}
	return d
}

// in is a folder of the desk.
func (d desk) in(name string) desk {
	d.dir = d.path(name)
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		d.t.Fatal(err)
	}
	return d
}

func (d desk) path(name string) string { return filepath.Join(d.dir, name) }

// write makes a file that only its owner may read, and the folders above it.
func (d desk) write(name string, data string) string {
	d.t.Helper()
	path := d.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func (d desk) read(name string) []byte {
	d.t.Helper()
	data, err := os.ReadFile(d.path(name))
	if err != nil {
		d.t.Fatal(err)
	}
	return data
}

// program is the path of mailpipe.
func (d desk) program() string { return filepath.Join(d.home, "bin/mailpipe") }

// command is a program that runs on the desk.
func (d desk) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = d.dir
	cmd.Env = []string{
		"PATH=" + filepath.Join(d.home, "bin") + ":/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + d.home,
		"LANG=C.UTF-8", "TMPDIR=" + os.TempDir(),
	}
	return cmd
}

// result is what a program answered.
type result struct {
	out, err string
	code     int
}

// run runs a command to its end.
func run(t testing.TB, cmd *exec.Cmd) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// mailpipe runs the program.
func (d desk) mailpipe(stdin io.Reader, args ...string) result {
	d.t.Helper()
	cmd := d.command(d.program(), args...)
	cmd.Stdin = stdin
	return run(d.t, cmd)
}

// sh runs a script as Debian's sh does, without pipefail.
func (d desk) sh(script string) result {
	d.t.Helper()
	return run(d.t, d.command("/bin/sh", "-c", script))
}

// want fails the test unless the program ended with the code and said all of
// the words on standard error.
func (r result) want(t testing.TB, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit status %d, want %d; it said:\n%s", r.code, code, r.err)
	}
	for _, word := range words {
		if !strings.Contains(r.err, word) {
			t.Errorf("standard error has no %q:\n%s", word, r.err)
		}
	}
}
