package ask

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// TestMain is also the program that the tests on a pseudo-terminal talk to.
func TestMain(m *testing.M) {
	if os.Getenv("ASK_AT_TERMINAL") == "" {
		os.Exit(m.Run())
	}
	f := blank()
	f.From = "alice@example.org"
	if err := f.Fill(os.Stdin, os.Stderr); err != nil {
		os.Stderr.WriteString("error: " + err.Error() + "\n")
		os.Exit(3)
	}
	os.Stderr.WriteString("got: " + strings.Join(append(f.Files, f.To, f.Text), "|"))
}

// person sits at a pseudo-terminal.
type person struct {
	*testing.T
	pty    *os.File
	cmd    *exec.Cmd
	screen bytes.Buffer
}

// sit starts this test's program at a terminal of its own.
func sit(t *testing.T) *person {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "ASK_AT_TERMINAL=1")
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	p := &person{T: t, pty: f, cmd: cmd}
	t.Cleanup(func() {
		f.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	f.SetReadDeadline(time.Now().Add(20 * time.Second))
	return p
}

// sees reads until the screen ends so.
func (p *person) sees(want string) {
	p.Helper()
	b := make([]byte, 1024)
	for !strings.HasSuffix(p.screen.String(), want) {
		n, err := p.pty.Read(b)
		p.screen.Write(b[:n])
		if err != nil {
			p.Fatalf("waiting for %q: %v; the screen shows %q", want, err, p.screen.String())
		}
	}
	p.screen.Reset()
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

func TestAtATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	os.MkdirAll("pictures", 0o700)
	os.WriteFile("pictures/été 1.png", []byte("123"), 0o600)
	p := sit(t)
	p.sees("From [alice@example.org]: ")
	if p.cooked() {
		t.Error("the terminal is not raw")
	}
	p.types("\r")
	p.sees("To: ")
	p.types("bxb@example.org\x1b[D" + strings.Repeat("\x1b[D", 12) + "\x7fo\r") // arrow keys, Backspace
	p.sees("Subject: ")
	p.types("x\r")
	p.sees("ends): ")
	p.types("pi\t")
	p.sees("pictures/")
	p.types("\t")
	p.sees("été 1.png")
	p.types("\r")
	p.sees("  text/plain, 3 octets\r\nAttach file (Tab completes, Enter ends): ")
	p.types("\r")
	p.sees("ends it):\r\n")
	p.types("Hallo\r\x04")
	p.sees("Send it? [y/n] ")
	p.types("y\r")
	p.sees("got: pictures/été 1.png|bob@example.org|Hallo\r\n")
	if err := p.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if !p.cooked() {
		t.Error("the terminal was left raw")
	}
}

func TestCtrlCRestoresTheTerminal(t *testing.T) {
	p := sit(t)
	p.sees("From [alice@example.org]: ")
	p.types("ali\x03")
	p.sees("error: nothing was sent\r\n")
	if err := p.cmd.Wait(); err == nil || p.cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("ended with %v", err)
	}
	if !p.cooked() {
		t.Error("the terminal was left raw")
	}
}

func TestSignalRestoresTheTerminal(t *testing.T) {
	p := sit(t)
	p.sees("From [alice@example.org]: ")
	if err := p.cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
	if status := p.cmd.ProcessState.String(); status != "signal: terminated" {
		t.Errorf("ended with %s", status)
	}
	if !p.cooked() {
		t.Error("the terminal was left raw")
	}
}
