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

// serverTimeout is how long a server may take to start, or to store a mail.
const serverTimeout = 3 * time.Minute

// vmail is the user id of the owner of all mailboxes. The user exists only in the
// sandbox.
const vmail = 9123

// A sandbox is a set of namespaces in which a server runs. Its processes end
// together, its mounts are not visible outside, and its users need not exist on
// the host.
type sandbox struct {
	t    testing.TB
	dir  string // short, because the path of a Unix socket has at most 107 octets
	net  bool   // the sandbox has a network of its own, with a loopback
	pid  int    // of the first process
	kill func() // ends all processes; may be called twice
}

// newSandbox makes the directory of a sandbox, in which all users may search.
func newSandbox(t testing.TB) *sandbox {
	t.Helper()
	NeedRoot(t)
	dir, err := os.MkdirTemp("", "mp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := &sandbox{t: t, dir: dir}
	s.write("passwd", withServerUsers("/etc/passwd", "%[1]s:x:%[2]d:%[2]d::/nonexistent:/usr/sbin/nologin\n"))
	s.write("group", withServerUsers("/etc/group", "%[1]s:x:%[2]d:\n"))
	s.mkdir("mail", vmail)
	return s
}

// withServerUsers returns a file of the host with an entry for each user that the
// servers need.
func withServerUsers(path, entry string) string {
	table, _ := os.ReadFile(path)
	var b strings.Builder
	b.Write(table)
	for i, name := range []string{"vmail", "Debian-exim", "opensmtpd", "opensmtpq"} {
		if !bytes.Contains(table, []byte("\n"+name+":")) {
			fmt.Fprintf(&b, entry, name, vmail+i)
		}
	}
	return b.String()
}

func (s *sandbox) path(name string) string { return filepath.Join(s.dir, name) }

// uid returns the id of a user of the sandbox, which is also that of its group.
func (s *sandbox) uid(name string) int {
	s.t.Helper()
	for line := range strings.Lines(s.read("passwd")) {
		field := strings.Split(line, ":")
		if field[0] == name {
			uid, _ := strconv.Atoi(field[2])
			return uid
		}
	}
	s.t.Fatalf("unknown user %s", name)
	return 0
}

// write writes a file that all users may read.
func (s *sandbox) write(name, text string) string {
	s.t.Helper()
	path := s.path(name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// expand replaces names such as @dir@ in a configuration. The pairs are names
// without the @, and values.
func (s *sandbox) expand(conf string, pairs ...string) string {
	pairs = append(pairs,
		"dir", s.dir, "vmail", strconv.Itoa(vmail), "domain", domain, "maxSize", strconv.Itoa(maxSize),
		"unknownUser", unknownUser, "busyUser", busyUser, "badSender", badSender, "lateSender", lateSender,
		"user", user, "password", password,
	)
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "@" + pairs[i] + "@"
	}
	return strings.NewReplacer(pairs...).Replace(conf)
}

// mkdir makes a directory that a user owns.
func (s *sandbox) mkdir(name string, uid int) {
	s.t.Helper()
	path := s.path(name)
	if err := os.MkdirAll(path, 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Chown(path, uid, uid); err != nil {
		s.t.Fatal(err)
	}
}

// start runs a script of sh as the first process of the sandbox. What the servers
// print goes to the file "log". Its end is shown if the test fails.
func (s *sandbox) start(script string) {
	s.t.Helper()
	log, err := os.OpenFile(s.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	script = "set -e\nmount --make-rprivate /\nmount -t proc proc /proc\n" +
		"mount --bind " + s.path("passwd") + " /etc/passwd\n" +
		"mount --bind " + s.path("group") + " /etc/group\n" + script + "\nwait\n"
	flags := syscall.CLONE_NEWNS | syscall.CLONE_NEWPID
	if s.net {
		flags |= syscall.CLONE_NEWNET
		script = "ip link set lo up\n" + script
	}
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: uintptr(flags), Setsid: true}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.pid = cmd.Process.Pid
	// All other processes of the namespace end with the first one.
	s.kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	s.t.Cleanup(func() {
		s.kill()
		if s.t.Failed() {
			s.t.Logf("the end of the server's log:\n%s", tail(s.read("log"), 40))
		}
	})
}

// read returns a file of the sandbox, or "" if it does not exist.
func (s *sandbox) read(name string) string {
	text, _ := os.ReadFile(s.path(name))
	return string(text)
}

// tail returns the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// waitForGreeting waits until a server greets at the address, a host:port.
func (s *sandbox) waitForGreeting(address string) {
	s.t.Helper()
	wait(s.t, "greeting from "+address, func() bool {
		conn, err := dial("tcp", address)
		if err != nil {
			return false
		}
		defer conn.Close()
		line, _ := bufio.NewReader(conn).ReadString('\n')
		return strings.HasPrefix(line, "220")
	})
}

func dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(serverTimeout))
	}
	return conn, err
}

// wait calls done until it returns true. The servers give no sign when they are
// ready.
func wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(serverTimeout); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s within %v", what, serverTimeout)
		}
	}
}
