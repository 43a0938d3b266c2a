//go:build linux

package pgtest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

// limit is how long a server may take to start or to end, and a command to run.
const limit = time.Minute

// A daemon is a server with a directory of its own. It runs as the user postgres if the
// test runs as root, because PostgreSQL and PgBouncer refuse to run as root.
type daemon struct {
	t     testing.TB
	dir   string
	owner *syscall.Credential // nil if the test does not run as root
	cmd   *exec.Cmd           // the last one started
	ended chan struct{}       // closed when it has ended
}

// newDaemon makes the directory, which all users may enter, but starts nothing. The
// directory is removed when the test ends. If the test failed, the end of the log is shown.
func newDaemon(t testing.TB) *daemon {
	t.Helper()
	dir, err := os.MkdirTemp("", "mp")
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{t: t, dir: dir}
	t.Cleanup(func() {
		if t.Failed() {
			log := d.Log()
			t.Logf("the end of the server's log:\n%s", log[max(0, len(log)-4000):])
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if os.Geteuid() == 0 {
		d.owner = credential(t)
		err = os.Chown(dir, int(d.owner.Uid), int(d.owner.Gid))
	}
	if err := errors.Join(err, os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	return d
}

// credential returns that of the user postgres, which Debian's package creates.
func credential(t testing.TB) *syscall.Credential {
	t.Helper()
	account, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// Log returns what the server has logged so far.
func (d *daemon) Log() string {
	log, _ := os.ReadFile(d.path("log")) // which does not exist before the server was started
	return string(log)
}

func (d *daemon) path(name string) string { return filepath.Join(d.dir, name) }

// write writes a file that only the user of the server may read.
func (d *daemon) write(name, text string) string {
	d.t.Helper()
	path := d.path(name)
	err := os.WriteFile(path, []byte(text), 0o600)
	if d.owner != nil {
		err = errors.Join(err, os.Chown(path, int(d.owner.Uid), int(d.owner.Gid)))
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return path
}

// command returns a command that runs as the user of the server. Its environment has
// only what is given here. It ends with the test process, even if that crashes.
func (d *daemon) command(env []string, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = d.dir
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "LC_ALL=C"}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: d.owner, Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	return cmd
}

// run runs a command and returns its output.
func (d *daemon) run(stdin io.Reader, env []string, program string, args ...string) []byte {
	d.t.Helper()
	cmd := d.command(env, program, args...)
	cmd.Stdin = stdin
	out, err := output(cmd)
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

// start starts the server, and waits until it accepts connections to the port. The
// server is killed when the test ends.
func (d *daemon) start(port, program string, args ...string) {
	d.t.Helper()
	log, err := os.OpenFile(d.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		d.t.Fatal(err)
	}
	defer log.Close()
	cmd := d.command(nil, program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	d.cmd, d.ended = cmd, ended
	d.t.Cleanup(d.Kill)
	isReady := Tool(d.t, "pg_isready")
	wait(d.t, "the server accepts connections", func() bool {
		if !d.running() {
			d.t.Fatalf("%s ended: %v", program, cmd.ProcessState)
		}
		return exec.Command(isReady, "-q", "-h", "127.0.0.1", "-p", port, "-U", User, "-d", User).Run() == nil
	})
}

// running reports whether the server has not ended.
func (d *daemon) running() bool {
	select {
	case <-d.ended:
		return false
	default:
		return d.cmd != nil
	}
}

// Tool returns the path of a program of PostgreSQL. All are in the directory of the
// server. Those that Debian has in /usr/bin are slow scripts.
func Tool(t testing.TB, name string) string {
	t.Helper()
	postgres, err := filepath.EvalSymlinks(testservers.Path(t, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(filepath.Dir(postgres), name)
}

// wait calls done until it returns true.
func wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %v, this is not so: %s", limit, what)
		}
	}
}
