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

// programEnv in the environment makes the test binary mailpipe.
const programEnv = "MAILPIPE_TEST_PROGRAM"

// programs is the directory of the programs that are called mailpipe.
var programs string

func TestMain(m *testing.M) {
	if os.Getenv(programEnv) != "" {
		os.Unsetenv(programEnv)
		os.Exit(cli.Run(os.Args, cli.OS()))
	}
	if err := makePrograms(); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(programs)
	os.Exit(code)
}

// makePrograms writes the script that runs the test binary as mailpipe. While tests
// run in parallel, a process that is just started could have it open for writing, and
// then it cannot be run.
func makePrograms() (err error) {
	if programs, err = os.MkdirTemp("", "mp"); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	script := "#!/bin/sh\n" + programEnv + "=1 exec '" + self + "' \"$@\"\n"
	return errors.Join(os.Chmod(programs, 0o755), os.WriteFile(testProgram(), []byte(script), 0o755))
}

func testProgram() string { return filepath.Join(programs, "test") }

// A workspace is a directory in which commands run. Its first directory is also
// their home, and has mailpipe in bin, which is in their PATH.
type workspace struct {
	t    testing.TB
	dir  string
	home string
}

func newWorkspace(t testing.TB) workspace {
	t.Helper()
	dir := t.TempDir()
	w := workspace{t, dir, dir}
	w.link(testProgram())
	return w
}

// link makes a program the mailpipe of the workspace.
func (w workspace) link(program string) {
	w.t.Helper()
	err := errors.Join(os.MkdirAll(w.path("bin"), 0o755), os.RemoveAll(w.program()), os.Symlink(program, w.program()))
	if err != nil {
		w.t.Fatal(err)
	}
}

// in returns the workspace with a directory in it as the current one.
func (w workspace) in(name string) workspace {
	w.t.Helper()
	w.dir = w.path(name)
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	return w
}

func (w workspace) path(name string) string { return filepath.Join(w.dir, name) }

// write writes a file that only its owner may read. It creates its directory.
func (w workspace) write(name, data string) string {
	w.t.Helper()
	path := w.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func (w workspace) read(name string) string {
	w.t.Helper()
	data, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(data)
}

// program returns the path of mailpipe.
func (w workspace) program() string { return filepath.Join(w.home, "bin/mailpipe") }

// command returns a command that runs in the workspace.
func (w workspace) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = w.dir
	cmd.Env = []string{
		"PATH=" + filepath.Join(w.home, "bin") + ":/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + w.home,
		"LANG=C.UTF-8", "TMPDIR=" + os.TempDir(), "GORACE=" + os.Getenv("GORACE"),
	}
	return cmd
}

// mailpipe runs mailpipe.
func (w workspace) mailpipe(stdin io.Reader, args ...string) result {
	w.t.Helper()
	cmd := w.command(w.program(), args...)
	cmd.Stdin = stdin
	return run(w.t, cmd)
}

// sh runs a script of Debian's sh, which has no pipefail.
func (w workspace) sh(script string) result {
	w.t.Helper()
	return run(w.t, w.command("/bin/sh", "-c", script))
}

// composed returns the output of mailpipe compose with arguments for sh.
func (w workspace) composed(args string) string {
	w.t.Helper()
	r := w.sh("mailpipe compose " + args)
	r.want(w.t, 0)
	return r.out
}

// A result is what a command printed, and its exit status.
type result struct {
	out, err string
	code     int
}

// run runs a command and waits for it.
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

// start runs a command in another goroutine.
func start(t testing.TB, cmd *exec.Cmd) <-chan result {
	done := make(chan result)
	go func() { done <- run(t, cmd) }()
	return done
}

// want fails the test unless the command ended with the code and printed all the
// words on standard error.
func (r result) want(t testing.TB, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit status %d, want %d; standard error:\n%s", r.code, code, r.err)
	}
	for _, word := range words {
		if !strings.Contains(r.err, word) {
			t.Errorf("standard error lacks %q:\n%s", word, r.err)
		}
	}
}

// hides fails the test if the command printed the secret.
func (r result) hides(t testing.TB, secret string) {
	t.Helper()
	if strings.Contains(r.out+r.err, secret) {
		t.Errorf("the secret is shown:\n%s%s", r.out, r.err)
	}
}
