//go:build linux

package testservers

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to start, or to put a mail into a box.
const patience = 60 * time.Second

// vmail is the user whom all mailboxes belong to. It exists in the jail only.
const vmail = 9123

// jail is a set of namespaces for a server: its processes end together, its
// mounts are seen by nobody else, its users need not exist on the host.
type jail struct {
	t    testing.TB
	dir  string // short: the paths of Unix sockets are limited to 107 octets
	net  bool   // a network of its own, with a loopback
	pid  int    // of its first process
	kill func() // ends all processes; may be called twice
}

// newJail makes the folder of a jail. Everybody may pass through it.
func newJail(t testing.TB) *jail {
	t.Helper()
	needRoot(t)
	dir, err := os.MkdirTemp("", "mp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	j := &jail{t: t, dir: dir}
	j.write("passwd", users("/etc/passwd", "%[1]s:x:%[2]d:%[2]d::/nonexistent:/usr/sbin/nologin\n"))
	j.write("group", users("/etc/group", "%[1]s:x:%[2]d:\n"))
	j.mkdir("mail", vmail)
	return j
}

// users returns a table of the host with the users that servers want.
func users(path, entry string) string {
	table, _ := os.ReadFile(path)
	var s strings.Builder
	s.Write(table)
	for i, name := range []string{"vmail", "Debian-exim", "opensmtpd", "opensmtpq"} {
		if !bytes.Contains(table, []byte("\n"+name+":")) {
			fmt.Fprintf(&s, entry, name, vmail+i)
		}
	}
	return s.String()
}

func (j *jail) path(name string) string { return filepath.Join(j.dir, name) }

// uid returns the number of a user in the jail, or of its group.
func (j *jail) uid(name string) int {
	j.t.Helper()
	for _, line := range strings.Split(j.read("passwd"), "\n") {
		if field := strings.Split(line, ":"); field[0] == name {
			uid, _ := strconv.Atoi(field[2])
			return uid
		}
	}
	j.t.Fatalf("no user %s", name)
	return 0
}

// write makes a file that everybody may read.
func (j *jail) write(name, text string) string {
	j.t.Helper()
	path := j.path(name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		j.t.Fatal(err)
	}
	return path
}

// mkdir makes a folder of a user.
func (j *jail) mkdir(name string, uid int) {
	j.t.Helper()
	path := j.path(name)
	if err := os.MkdirAll(path, 0o755); err != nil {
		j.t.Fatal(err)
	}
	if err := os.Chown(path, uid, uid); err != nil {
		j.t.Fatal(err)
	}
}

// start runs a script of sh as the jail's first process. What the servers
// print goes to the file "log", which is shown when the test fails.
func (j *jail) start(script string) {
	j.t.Helper()
	log, err := os.OpenFile(j.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		j.t.Fatal(err)
	}
	defer log.Close()
	script = "set -e\nmount --make-rprivate /\nmount -t proc proc /proc\n" +
		"mount --bind " + j.path("passwd") + " /etc/passwd\n" +
		"mount --bind " + j.path("group") + " /etc/group\n" + script + "\nwait\n"
	flags := syscall.CLONE_NEWNS | syscall.CLONE_NEWPID
	if j.net {
		flags |= syscall.CLONE_NEWNET
		script = "ip link set lo up\n" + script
	}
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: uintptr(flags), Setsid: true}
	if err := cmd.Start(); err != nil {
		j.t.Fatal(err)
	}
	j.pid = cmd.Process.Pid
	// The first process takes the whole namespace with it.
	j.kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	j.t.Cleanup(func() {
		j.kill()
		if j.t.Failed() {
			j.t.Logf("the end of the server's log:\n%s", tail(j.log(), 40))
		}
	})
}

// log returns what the servers have said so far.
func (j *jail) log() string { return j.read("log") }

// read returns a file of the jail, or nothing when it is not there.
func (j *jail) read(name string) string {
	text, _ := os.ReadFile(j.path(name))
	return string(text)
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// greets waits until a server greets at the address, a host:port.
func (j *jail) greets(address string) {
	j.t.Helper()
	wait(j.t, "a greeting from "+address, func() bool {
		conn, err := j.dial("tcp", address)
		if err != nil {
			return false
		}
		defer conn.Close()
		line, _ := bufio.NewReader(conn).ReadString('\n')
		return strings.HasPrefix(line, "220")
	})
}

func (j *jail) dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(patience))
	}
	return conn, err
}

// wait asks again and again until done says yes. Other people's servers tell
// nobody when they are ready.
func wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s within %v", what, patience)
		}
	}
}

// needRoot skips the test, or fails it, without the right to make namespaces.
func needRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		skip(t, "servers are started by root only")
	}
}
