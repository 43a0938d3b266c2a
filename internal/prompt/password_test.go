//go:build linux

package prompt_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// serveLogin serves one connection at a Unix socket and sends the decoded
// credentials of AUTH PLAIN, or "" if there was no login.
func serveLogin(t *testing.T, extensions string) (socket string, credentials <-chan string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "") // shorter than t.TempDir(): the question must fit in a line
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket = dir + "/smtp"
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	got := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		got <- converse(conn, extensions)
	}()
	return socket, got
}

// converse accepts any login and any mail. It returns the credentials.
func converse(conn net.Conn, extensions string) (credentials string) {
	fmt.Fprint(conn, "220 hi\r\n")
	inData := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		verb, argument, _ := strings.Cut(lines.Text(), " ")
		switch {
		case inData && lines.Text() != ".":
			continue
		case verb == "EHLO":
			fmt.Fprintf(conn, "250-test\r\n250 %s\r\n", extensions)
			continue
		case verb == "AUTH":
			decoded, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(argument, "PLAIN "))
			credentials = string(decoded)
			fmt.Fprint(conn, "235 ok\r\n")
			continue
		case verb == "DATA":
			fmt.Fprint(conn, "354 go\r\n")
			inData = true
			continue
		case verb == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return credentials
		}
		inData = false
		fmt.Fprint(conn, "250 ok\r\n")
	}
	return credentials
}

// deliverAtTerminal runs deliver, which may be "exec mailpipe deliver", at a
// terminal, with a login and with a message on standard input. It returns the
// question that is asked.
func deliverAtTerminal(t *testing.T, deliver, socket, flags string) (p *person, question string) {
	t.Helper()
	const mail = `printf 'From: alice@example.org\nTo: bob@example.org\n\nx\n' >mail`
	server := "smtp+unix:" + socket
	p = startAtTerminal(t, mail+"; "+deliver+" -S "+server+" --user bob <mail "+flags)
	return p, "Password of bob at " + server + ": "
}

func TestPassword(t *testing.T) {
	const missing = "AUTH: no password found for \"bob\"\r\nhint: give it with --password-command, --password-file, " +
		"$MAILPIPE_PASSWORD or ~/.netrc\r\nstatus 77\r\n"
	for _, test := range []struct{ name, flags, typed, credentials, prints string }{
		{"typed", "", "hunter2\r", "\x00bob\x00hunter2", "status 0\r\n"},
		{"corrected", "", "hunted\x7f\x7fer2\r", "\x00bob\x00hunter2", "status 0\r\n"},
		{"not ASCII", "", "pässword \r", "\x00bob\x00pässword ", "status 0\r\n"},
		{"quiet", "-q", "hunter2\r", "\x00bob\x00hunter2", "status 0\r\n"},
		{"standard output in a file", ">out", "hunter2\r", "\x00bob\x00hunter2", "status 0\r\n"},
		{"empty", "", "\r", "", missing},
		{"Ctrl-D", "", "\x04", "", missing},
	} {
		t.Run(test.name, func(t *testing.T) {
			socket, credentials := serveLogin(t, "AUTH PLAIN")
			p, question := deliverAtTerminal(t, "mailpipe deliver", socket, test.flags+"; echo status $?")
			p.sees(question)
			p.types(test.typed)
			if screen := p.sees(test.prints); !strings.HasPrefix(screen, "\r\n") {
				t.Errorf("no line ending after the password: %q", screen)
			}
			p.ends("exit status 0")
			if got := <-credentials; got != test.credentials {
				t.Errorf("credentials %q, want %q", got, test.credentials)
			}
		})
	}
}

// The user is asked only if the server offers a login, and no other place has the
// password.
func TestPasswordIsNotAskedFor(t *testing.T) {
	for _, test := range []struct{ name, extensions, flags, prints string }{
		{"no login is offered", "SIZE", "", "status 77\r\n"},
		{"a password command", "AUTH PLAIN", "--password-command 'echo hunter2'", "status 0\r\n"},
		{"a file without a password", "AUTH PLAIN", "--password-file /dev/null", "status 77\r\n"},
		{"a dry run", "AUTH PLAIN", "-n >out", "status 0\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			socket, _ := serveLogin(t, test.extensions)
			p, question := deliverAtTerminal(t, "mailpipe deliver", socket, test.flags+"; echo status $?")
			var screen strings.Builder
			io.Copy(&screen, p.pty) // ends with an error when the other side is closed
			if !strings.HasSuffix(screen.String(), test.prints) || strings.Contains(screen.String(), question) {
				t.Errorf("the screen shows %q", screen.String())
			}
			p.ends("exit status 0")
		})
	}
}

// A signal at the question ends the program and leaves the terminal as it was. So
// does Ctrl-C, which also ends a loop of the shell.
func TestSignalAtPassword(t *testing.T) {
	for signal, status := range map[unix.Signal]string{
		unix.SIGINT:  "signal: interrupt",
		unix.SIGTERM: "signal: terminated",
		unix.SIGHUP:  "signal: hangup",
		unix.SIGQUIT: "exit status 2", // as any program in Go
	} {
		socket, _ := serveLogin(t, "AUTH PLAIN")
		p, question := deliverAtTerminal(t, "exec mailpipe deliver", socket, "")
		p.sees(question)
		if p.cooked() {
			t.Error("the password would be shown")
		}
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, p.pty) // the stacks after SIGQUIT fill the terminal
		p.ends(status)
	}
}

func TestCtrlCAtPassword(t *testing.T) {
	socket, credentials := serveLogin(t, "AUTH PLAIN")
	p, question := deliverAtTerminal(t, "mailpipe deliver", socket, "; echo went on")
	p.sees(question)
	p.types("hun\x03")
	p.ends("signal: interrupt")
	if screen, _ := io.ReadAll(p.pty); string(screen) != "\r\n" {
		t.Errorf("the screen shows %q", screen)
	}
	if got := <-credentials; got != "" {
		t.Errorf("credentials %q", got)
	}
}

// send asks for the password too, after its own questions. If there is none, the mail
// is saved.
func TestPasswordOfSend(t *testing.T) {
	const isSaved = "\r\nthe mail was saved; this sends it: "
	for _, test := range []struct {
		name, typed                 string
		signal                      syscall.Signal
		credentials, prints, status string
	}{
		{"typed", "hunter2\r", 0, "\x00bob\x00hunter2", "bob@example.org: accepted by ", "exit status 0"},
		{"Ctrl-D", "\x04", 0, "", isSaved, "exit status 77"},
		{"Ctrl-C", "hun\x03", 0, "", isSaved, "signal: interrupt"},
		{"SIGINT", "", syscall.SIGINT, "", "\r\nmailpipe: send: nothing was sent" + isSaved, "signal: interrupt"},
		{"SIGTERM", "", syscall.SIGTERM, "", "\r\nmailpipe: send: nothing was sent" + isSaved, "signal: terminated"},
		{"SIGHUP", "", syscall.SIGHUP, "", "\r\nmailpipe: send: nothing was sent" + isSaved, "signal: hangup"},
	} {
		t.Run(test.name, func(t *testing.T) {
			socket, credentials := serveLogin(t, "AUTH PLAIN")
			p := startAtTerminal(t, "exec mailpipe send --user bob -S smtp+unix:"+socket)
			p.typesMail()
			p.types("y\r")
			p.sees("Password of bob at smtp+unix:" + socket + ": ")
			if p.cooked() {
				t.Error("the password would be shown")
			}
			p.types(test.typed)
			if test.signal != 0 {
				p.cmd.Process.Signal(test.signal)
			}
			screen, _ := io.ReadAll(p.pty) // ends with an error when the other side is closed
			if !strings.Contains(string(screen), test.prints) || strings.Contains(string(screen), "hun") {
				t.Errorf("the screen shows %q", screen)
			}
			p.ends(test.status)
			if got := <-credentials; got != test.credentials {
				t.Errorf("credentials %q, want %q", got, test.credentials)
			}
			if test.credentials == "" && !strings.Contains(saved(t), "\r\nHallo\r\n") {
				t.Errorf("saved %q", saved(t))
			}
		})
	}
}
