//go:build linux

package cli

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"mailpipe/internal/termtext"
)

// A screen is a terminal at which a shell command runs.
type screen struct {
	*testing.T
	command string
	tty     *os.File
	cmd     *exec.Cmd

	mu    sync.Mutex
	wrote *sync.Cond // signalled after each change of text
	text  string     // what was written to the terminal
	ended bool       // nothing more will be written
}

// progressMail is a mail in which inspect finds nothing.
const progressMail = `From: a@example.org
To: b@example.org
Subject: x
Date: Mon, 30 Nov 2026 12:00:00 +0000
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

text
`

// progressDir returns a new directory with the file mail and the file big, a mail of 8 MiB.
func progressDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"mail": progressMail, "big": progressMail + strings.Repeat(strings.Repeat("x", 63)+"\n", 8<<20/64),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// startAtScreen starts a shell command in a directory, at a terminal of its own.
func startAtScreen(t *testing.T, dir string, columns uint16, command string, env ...string) *screen {
	t.Helper()
	s := &screen{T: t, command: command, cmd: exec.Command("sh", "-c", command)}
	s.wrote = sync.NewCond(&s.mu)
	s.cmd.Dir = dir
	s.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TERM=xterm", "LC_ALL=C.UTF-8", "MAILPIPE_FROM=a@example.org",
		"GOCOVERDIR=" + dir, "GORACE=atexit_sleep_ms=0",
	}, env...)
	tty, err := pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 24, Cols: columns})
	if err != nil {
		t.Fatal(err)
	}
	s.tty = tty
	go s.read()
	patience := time.AfterFunc(5*time.Minute, s.kill)
	t.Cleanup(func() {
		patience.Stop()
		s.kill()
		tty.Close()
	})
	return s
}

func (s *screen) kill() { syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) }

// read reads what is written to the terminal, until no process has it open any more.
func (s *screen) read() {
	b := make([]byte, 4096)
	for {
		n, err := s.tty.Read(b)
		s.mu.Lock()
		s.text += string(b[:n])
		s.ended = err != nil
		s.wrote.Broadcast()
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// sees waits until the screen has shown some words. If they end with a number of seconds, there
// may be more seconds.
func (s *screen) sees(want string) {
	s.Helper()
	words, least, hasSeconds := cutSeconds(want)
	pattern := regexp.MustCompile(regexp.QuoteMeta(words) + `: \d+ s`)
	s.waitFor(func() bool {
		if !hasSeconds {
			return strings.Contains(s.text, want)
		}
		return slices.ContainsFunc(pattern.FindAllString(s.text, -1), func(shown string) bool {
			_, n, _ := cutSeconds(shown)
			return n >= least
		})
	}, want)
}

// cutSeconds splits "words: 1 s".
func cutSeconds(s string) (words string, n int, ok bool) {
	words, number, _ := strings.Cut(s, ": ")
	_, err := fmt.Sscanf(number, "%d s", &n)
	return words, n, err == nil
}

// waitFor waits until a condition is true, which is checked with mu held.
func (s *screen) waitFor(condition func() bool, what string) {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !condition() {
		if s.ended {
			s.Errorf("%s: waiting for %q: the screen shows %q", s.command, what, rows(s.text))
			return
		}
		s.wrote.Wait()
	}
}

// exits waits for the end of the command, and asserts its status. It returns all that was
// written to the terminal.
func (s *screen) exits(status int) string {
	s.Helper()
	s.cmd.Wait()
	s.waitFor(func() bool { return s.ended }, "the end")
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := s.cmd.ProcessState.ExitCode(); got != status {
		s.Errorf("%s: %s, want %d; the screen shows %q", s.command, s.cmd.ProcessState, status, rows(s.text))
	}
	return s.text
}

// rows returns the rows that a terminal shows after some text. A row has no spaces at its
// end, and the last row that is empty is left out.
func rows(text string) []string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		row := []rune{}
		for _, part := range strings.Split(line, "\r") { // each is written over the one before
			runes := []rune(part)
			row = append(runes, row[min(len(runes), len(row)):]...)
		}
		all = append(all, strings.TrimRight(string(row), " "))
	}
	if last := len(all) - 1; all[last] == "" {
		all = all[:last]
	}
	return all
}

// widest returns the number of columns of the longest text between line endings.
func widest(text string) (columns int) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		columns = max(columns, termtext.Columns(line))
	}
	return columns
}

// startWithServer starts a shell command as startAtScreen does, and a server for it. onWait is
// called for each W: of the script.
func startWithServer(
	t *testing.T, dir, command, script string, onWait func(s *screen, text string),
) (s *screen, address string) {
	t.Helper()
	started := make(chan bool)
	address = server(t, script, func(_, text string) {
		<-started
		onWait(s, text)
	})
	s = startAtScreen(t, dir, 80, command, address)
	close(started)
	return s, address
}

// toDot is the dialogue from MAIL to the final dot, for a script.
const toDot = `
C: MAIL
S: 250 yes
C: RCPT
S: 250 yes
C: DATA
S: 354 go on
C: .`

// server serves a script on loopback. The address is for the environment.
func server(t *testing.T, lines string, other func(mark, text string)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveScript(t, l, lines, other)
	return "SERVER=" + l.Addr().String()
}

// serveScript runs a script, as script does, for each connection. other does what the other marks
// say.
func serveScript(t *testing.T, l net.Listener, lines string, other func(mark, text string)) {
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(time.Minute))
				act(conn, strings.Split(strings.TrimSpace(lines), "\n"), other)
			}()
		}
	}()
}
