//go:build linux

package prompt_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

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

// A person types at a pseudo-terminal.
type person struct {
	*testing.T
	pty    *os.File
	cmd    *exec.Cmd
	screen bytes.Buffer
}

// startAtTerminal starts a shell command at a terminal of its own.
func startAtTerminal(t *testing.T, command string) *person {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"bin/mailpipe":     "#!/bin/sh\n" + asMailpipe + "=1 exec '" + self + "' \"$@\"\n",
		"images/été 1.txt": "abc\n",
	} {
		os.MkdirAll(filepath.Dir(name), 0o700)
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	dir, _ := os.Getwd()
	cmd := exec.Command("sh", "-c", command)
	cmd.Env = []string{
		"PATH=" + dir + "/bin:" + os.Getenv("PATH"), "HOME=" + dir, "EMAIL=alice@example.org", "LC_ALL=C.UTF-8",
		"GOCOVERDIR=" + dir + "/bin", // go test -cover warns if there is none
	}
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	p := &person{T: t, pty: f, cmd: cmd}
	// A pty has no deadline. Reading from it ends when the other side is closed.
	kill := func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	patience := time.AfterFunc(2*time.Minute, kill)
	t.Cleanup(func() {
		patience.Stop()
		if cmd.ProcessState == nil {
			kill()
			cmd.Wait()
		}
		f.Close()
	})
	return p
}

// sees reads until the screen ends with want, and returns what it shows.
func (p *person) sees(want string) string {
	p.Helper()
	b := make([]byte, 1024)
	for !strings.HasSuffix(p.screen.String(), want) {
		n, err := p.pty.Read(b)
		p.screen.Write(b[:n])
		if err != nil {
			p.Fatalf("waiting for %q: %v; the screen shows %q", want, err, p.screen.String())
		}
	}
	defer p.screen.Reset()
	return p.screen.String()
}

func (p *person) types(keys string) {
	p.Helper()
	if _, err := io.WriteString(p.pty, keys); err != nil {
		p.Fatal(err)
	}
}

// cooked reports whether the terminal edits lines and turns Ctrl-C into a signal.
func (p *person) cooked() bool {
	p.Helper()
	state, err := unix.IoctlGetTermios(int(p.pty.Fd()), unix.TCGETS)
	if err != nil {
		p.Fatal(err)
	}
	return state.Lflag&unix.ICANON != 0 && state.Lflag&unix.ISIG != 0 && state.Lflag&unix.ECHO != 0
}

// answers answers all questions.
func (p *person) answers(confirm string) {
	p.Helper()
	p.sees("From [alice@example.org]: ")
	if p.cooked() {
		p.Error("the terminal is not raw")
	}
	p.types("\r")
	p.sees("To: ")
	p.types("bxb@example.org" + strings.Repeat("\x1b[D", 13) + "\x7fo\r") // arrow keys, Backspace
	p.sees("Cc: ")
	p.types("carol@example.org\r")
	p.sees("Subject: ")
	p.types("Grüße\r")
	p.sees("ends): ")
	p.types("im\t")
	p.sees("images/")
	p.types("\t")
	p.sees("été 1.txt")
	p.types("\r")
	p.sees("  text/plain, 4 octets\r\nAttach file (Tab completes, Enter ends): ")
	p.types("\r")
	p.sees("ends it):\r\n")
	p.types("Hallo\r\x04")
	p.sees(confirm + " [y/n/e] ")
	p.types("y\r")
}

// ends waits for the command and checks its status and the terminal.
func (p *person) ends(status string) {
	p.Helper()
	p.cmd.Wait()
	if got := p.cmd.ProcessState.String(); got != status {
		p.Errorf("ended with %s, want %s: %q", got, status, p.screen.String())
	}
	if !p.cooked() {
		p.Error("the terminal was left raw")
	}
}

// mail returns the mail that was sent.
func mail(t *testing.T) string {
	t.Helper()
	names, _ := filepath.Glob("Mail/new/*")
	if len(names) != 1 {
		t.Fatalf("%d mails", len(names))
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTerminal(t *testing.T) {
	for _, test := range []struct{ command, confirm string }{
		{"mailpipe send -S sink:Mail", "Send it?"},
		{"mailpipe compose --interactive | mailpipe deliver -S sink:Mail", "Write it?"},
	} {
		t.Run(test.confirm, func(t *testing.T) {
			p := startAtTerminal(t, test.command)
			p.answers(test.confirm)
			p.ends("exit status 0")
			sent := mail(t)
			for _, want := range []string{
				"Delivered-To: bob@example.org\n", "Cc: carol@example.org\n", "From: alice@example.org\n", "Subject: =?utf-8?",
				"\n\nHallo\n", "filename*=utf-8''%C3%A9t%C3%A9%201.txt", "YWJjCg==",
			} {
				if !strings.Contains(strings.ToLower(sent), strings.ToLower(want)) {
					t.Errorf("the mail lacks %q:\n%s", want, sent)
				}
			}
		})
	}
}

func TestTerminalAsksForWhatIsMissing(t *testing.T) {
	const send = "mailpipe send -S sink:Mail -f carol@example.org -s Hi --body x"
	p := startAtTerminal(t, send+" --cc dave@example.org; echo done $?")
	p.sees("done 0\r\n") // --cc names a recipient
	p = startAtTerminal(t, send+"; echo done $?")
	p.sees("To: ")
	p.types("bob\r")
	p.sees("To: ")
	p.types("bob@example.org\r")
	p.sees("Cc: ")
	p.types("\r")
	p.sees("ends): ")
	p.types("\r")
	p.sees("[y/n/e] ")
	p.types("n\r")
	if screen := p.sees("done 64\r\n"); strings.Contains(screen, "saved") {
		t.Errorf("the text of a flag was saved: %q", screen)
	}
	if _, err := os.Stat("Mail/new"); err == nil {
		if names, _ := filepath.Glob("Mail/new/*"); len(names) > 0 {
			t.Errorf("sent: %v", names)
		}
	}
}

// Ctrl-C ends all processes in the foreground, as it does outside of raw mode:
// a loop of the shell does not continue, and deliver in a pipe prints nothing.
func TestCtrlC(t *testing.T) {
	for _, test := range []struct{ command, prints string }{
		{"exec mailpipe send -S sink:Mail", "mailpipe: send: nothing was sent\r\n"},
		{"for i in 1 2; do mailpipe send -S sink:Mail; done; echo went on", "mailpipe: send: nothing was sent\r\n"},
		{
			"mailpipe compose --interactive | mailpipe deliver -S sink:Mail; echo went on",
			"mailpipe: compose: nothing was written\r\n",
		},
	} {
		p := startAtTerminal(t, test.command)
		p.sees("From [alice@example.org]: ")
		p.types("ali\x03")
		p.sees(test.prints)
		p.ends("signal: interrupt")
		if more, _ := io.ReadAll(p.pty); len(more) > 0 {
			t.Errorf("%s: then prints %q", test.command, more)
		}
	}
}

// If SIGINT is ignored, Ctrl-C leads to an exit status.
func TestCtrlCIgnored(t *testing.T) {
	p := startAtTerminal(t, "trap '' INT; mailpipe send -S sink:Mail; echo status $?")
	p.sees("From [alice@example.org]: ")
	p.types("ali\x03")
	p.sees("mailpipe: send: nothing was sent\r\nstatus 64\r\n")
	p.ends("exit status 0")
}

func TestCtrlCAfterEsc(t *testing.T) {
	p := startAtTerminal(t, "exec mailpipe send -S sink:Mail")
	p.sees("From [alice@example.org]: ")
	p.types("\x1b")
	time.Sleep(10 * time.Millisecond)
	p.types("\x03")
	p.sees("mailpipe: send: nothing was sent\r\n")
	p.ends("signal: interrupt")
}

func TestSignalRestoresTheTerminal(t *testing.T) {
	for signal, status := range map[unix.Signal]string{
		unix.SIGTERM: "signal: terminated",
		unix.SIGHUP:  "signal: hangup",
		unix.SIGQUIT: "exit status 2", // as any program in Go
	} {
		p := startAtTerminal(t, "exec mailpipe send -S sink:Mail")
		p.sees("From [alice@example.org]: ")
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		p.ends(status)
	}
}

// A signal leaves the terminal as it was, also while it is made raw.
func TestSignalAtTheStart(t *testing.T) {
	for wait := time.Duration(0); wait < 20*time.Millisecond; wait += time.Millisecond {
		p := startAtTerminal(t, "exec mailpipe send -S sink:Mail")
		time.Sleep(wait)
		if err := p.cmd.Process.Signal(unix.SIGTERM); err != nil {
			t.Fatal(err)
		}
		p.ends("signal: terminated")
	}
}
