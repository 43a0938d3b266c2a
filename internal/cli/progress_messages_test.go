//go:build linux

package cli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A note, an error and the result are on lines of their own.
func TestProgressAndMessages(t *testing.T) {
	t.Parallel()
	const script = "W: there is no greeting\nW: waiting for the greeting: 4 s\nS: 554 no"
	s, address := startWithServer(t, progressDir(t), "exec "+deliverMail+" --report text", script, (*screen).sees)
	got := rows(s.exits(exitUnavailable))
	name := strings.TrimPrefix(address, "SERVER=")
	want := []string{
		"mailpipe: deliver: connected to " + name + ", but there is no greeting after 3 s",
		"b@example.org\trefused\t554\t\tno",
		"mailpipe: deliver: " + name + ": greeting: 554 no",
		"b@example.org: refused: 554 no",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the screen shows %q\nwant %q", got, want)
	}
}

// A signal that ends the process leaves nothing of the line. If Ctrl-S has stopped the terminal,
// the signal ends the process all the same.
func TestProgressAndSignals(t *testing.T) {
	t.Parallel()
	dir, g := progressDir(t), newGate(t)
	defer close(g.open)
	const stopTerminal = "\x13"
	for _, tt := range []struct {
		signal syscall.Signal
		key    string
	}{{syscall.SIGINT, ""}, {syscall.SIGTERM, ""}, {syscall.SIGHUP, ""}, {syscall.SIGTERM, stopTerminal}} {
		s := startAtScreen(t, dir, 80, "exec "+deliverMail, g.address)
		s.sees(ehlo + ": 1 s")
		if _, err := s.tty.WriteString(tt.key); err != nil {
			t.Fatal(err)
		}
		s.cmd.Process.Signal(tt.signal)
		got := rows(s.exits(-1))
		if ended := s.cmd.ProcessState.String(); ended != "signal: "+tt.signal.String() {
			t.Errorf("%s: %s", tt.signal, ended)
		}
		if tt.key == "" && len(got) > 0 {
			t.Errorf("%s: %q is left", tt.signal, got)
		}
	}
}

// The terminal goes away while the line is drawn. The signal that it causes is ignored, or
// comes while the server may have accepted the mail already.
func TestProgressTerminalIsGone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ command, script string }{
		"nohup": {"trap '' HUP; exec " + deliverMail, `
S: 220 here
C: EHLO
W: waiting for the reply to EHLO: 1 s
S: 250 here` + toDot + `
W:
S: 250 done`},
		"final dot": {"exec " + deliverMail, `
S: 220 here
C: EHLO
S: 250 here` + toDot + `
W: waiting for the reply to the final dot: 1 s
W:
S: 250 done`},
	} {
		t.Run(name, func(t *testing.T) {
			var done atomic.Bool
			s, _ := startWithServer(t, progressDir(t), tt.command, tt.script, func(s *screen, text string) {
				if text == "" { // the final dot was sent
					done.Store(true)
					return
				}
				s.sees(text)
				s.tty.Close()
				s.waitFor(func() bool { return s.ended }, "the end of the terminal")
			})
			s.exits(exitOK)
			if !done.Load() {
				t.Error("the mail was not sent")
			}
		})
	}
}

// Nothing is drawn while a person types at the terminal: a password for the command of
// --password-command or of a pipe: server, a message, a text or a mail. The line of another
// process shows that a second has passed.
func TestProgressAndTyping(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	login := strings.Replace(slowly, "W: greeted\nS: 250 here", "S: 250-here\nS: 250 AUTH PLAIN\nC: AUTH\nS: 235 yes", 1)
	serveScript(t, l, login, nil)
	const (
		ask     = "printf 'Password: ' >/dev/tty; read -r x </dev/tty"
		reading = " from the terminal; Ctrl-D on a line of its own ends it\r\n"
	)
	dir, g := progressDir(t), newGate(t)
	cases := []struct {
		command, prompt, typed string
		status                 int
	}{
		{
			"exec mailpipe deliver -S smtp+unix:" + socket + " --user u --password-command \"" + ask + "; echo x\" <mail",
			"Password: ", "x\n", exitOK,
		},
		{
			"exec mailpipe deliver -S \"pipe:" + ask + "; printf '554 no\\r\\n'\" <mail",
			"Password: ", "x\n", exitUnavailable,
		},
		{
			"exec mailpipe deliver -S $SERVER --tls none",
			"mailpipe: deliver: reading a message" + reading, progressMail + "\x04", exitOK,
		},
		{
			"exec mailpipe send -S $SERVER --tls none -t b@example.org -s x",
			"mailpipe: send: reading the text" + reading, "text\n\x04", exitOK,
		},
		{
			"exec mailpipe compose -s x >typed.eml",
			"mailpipe: compose: reading the text" + reading, "text\n\x04", exitOK,
		},
		{
			"exec mailpipe inspect --extract typed",
			"mailpipe: inspect: reading standard input from the terminal; Ctrl-D ends it\r\n",
			progressMail + "\x04", exitOK,
		},
	}
	var all []*screen
	for _, tt := range cases {
		s := startAtScreen(t, dir, 80, tt.command, g.address)
		s.sees(tt.prompt)
		all = append(all, s)
	}
	control := startAtScreen(t, dir, 80, "exec "+deliverMail, g.address)
	control.sees(ehlo + ": 1 s")
	close(g.open)
	control.exits(exitOK)
	for i, tt := range cases {
		if _, err := all[i].tty.WriteString(tt.typed); err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(tt.typed, "\n")
		if text := all[i].exits(tt.status); !strings.HasPrefix(text, tt.prompt+first+"\r\n") {
			t.Errorf("%s: the terminal shows %q", tt.command, text)
		}
	}
}

// A connection that is not accepted is shown with the name of the server, here the second one.
// The error is on a line of its own.
func TestProgressConnecting(t *testing.T) {
	t.Parallel()
	address := fullListener(t)
	command := "exec mailpipe deliver --connect-timeout 2s -S 127.0.0.1:1 -S " + address + " <mail"
	s := startAtScreen(t, progressDir(t), 80, command)
	s.sees("connecting to " + address + ": 1 s")
	got := rows(s.exits(exitTemporary))
	if len(got) == 0 || !strings.HasPrefix(got[0], "mailpipe: deliver: "+address+": connect: ") {
		t.Errorf("the screen shows %q", got)
	}
}

// After a failure, the wait for the next attempt is shown: that for the third attempt takes
// 1.6 to 2.4 s.
func TestProgressRetry(t *testing.T) {
	t.Parallel()
	command := "exec mailpipe deliver --retry-for 5s -S 127.0.0.1:1 <mail"
	s := startAtScreen(t, progressDir(t), 80, command)
	s.sees("waiting for the next attempt: ")
	got := rows(s.exits(exitTemporary))
	if len(got) == 0 || !strings.HasPrefix(got[0], "mailpipe: deliver: 127.0.0.1:1: connect: ") {
		t.Errorf("the screen shows %q", got)
	}
}

// After a failure, what is read for the spool is counted.
func TestProgressSpool(t *testing.T) {
	t.Parallel()
	dir := progressDir(t)
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	s := startAtScreen(t, dir, 80, "exec mailpipe deliver --spool s -S 127.0.0.1:1 <fifo")
	w, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	big, err := os.ReadFile(filepath.Join(dir, "big"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(big); err != nil {
		t.Fatal(err)
	}
	s.sees("reading the message: 8.0 MiB, ")
	w.Close()
	got := rows(s.exits(exitOK))
	if len(got) == 0 || !strings.HasPrefix(got[0], "mailpipe: deliver: kept as ") {
		t.Errorf("the screen shows %q", got)
	}
}

// fullListener returns an address that answers no connection, because the queue of those
// that are not accepted is full.
func fullListener(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := errors.Join(
		syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0),
	); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for {
		c, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { c.Close() })
	}
}
