//go:build linux

package prompt_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// attachFile is the question for a file.
const attachFile = "ends): "

// typesMail answers the questions of send, up to the last one and except those that are
// not asked. The text is Hallo.
func (p *person) typesMail(notAsked ...string) {
	p.Helper()
	for _, answer := range []struct{ question, keys string }{
		{"From [alice@example.org]: ", "\r"}, {"To: ", "bob@example.org\r"}, {"Cc: ", "\r"}, {"Subject: ", "Hi\r"},
		{attachFile, "\r"}, {"ends it):\r\n", "Hallo\r.\r"},
	} {
		if slices.Contains(notAsked, answer.question) {
			continue
		}
		p.sees(answer.question)
		p.types(answer.keys)
	}
	p.sees(" [y/n/e] ")
}

// writeEditor writes a shell script as bin/NAME, which is in PATH.
func writeEditor(t *testing.T, name, script string) {
	t.Helper()
	if err := os.WriteFile("bin/"+name, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
}

// TestEditor checks what the text is after an answer of e.
func TestEditor(t *testing.T) {
	for _, test := range []struct{ name, variables, shows, text string }{
		{"VISUAL", "VISUAL='sed -i s/Hallo/Bonjour/' EDITOR=false", "", "Bonjour\n"},
		{"EDITOR", "VISUAL=' ' EDITOR='sed -i s/Hallo/Bonjour/'", "", "Bonjour\n"},
		{"vi", "VISUAL= EDITOR=", "", "of vi\n"},
		{"quotes", `EDITOR="sed -i 's/Hallo/two  words/'"`, "", "two  words\n"},
		{"no line ending", "EDITOR='printf end >'", "", "end\n"},
		{"a new file", "EDITOR=replace", "", "new\n"},
		{"only for the user", "EDITOR='stat -c %a'", "600\r\n", "Hallo\n"},
		{"exit status", "EDITOR=false", "editor false: exit status 1; the text was not changed\r\n", "Hallo\n"},
		{"changed and failed", "EDITOR=fail", "editor fail: exit status 3; the text was not changed\r\n", "Hallo\n"},
		{"killed", "EDITOR='kill -9 $$; :'", "signal: killed; the text was not changed\r\n", "Hallo\n"},
		{"missing", "EDITOR=no-such-editor", "editor no-such-editor: exit status 127; the text was not", "Hallo\n"},
		{"removed", "EDITOR=rm", "the editor left no file: no such file or directory; the text was not changed", "Hallo\n"},
		{"a FIFO", "EDITOR=fifo", "the editor left something that is not a file; the text was not changed", "Hallo\n"},
		{"empty", "EDITOR='truncate -s 0'", "missing text or file; the text was not changed", "Hallo\n"},
		{"no directory", "TMPDIR=/nowhere EDITOR=true", "cannot write a file for the editor: no such file", "Hallo\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startAtTerminal(t, "mkdir tmp; export TMPDIR=$PWD/tmp "+test.variables+
				"; mailpipe send -S sink:Mail; echo status $?; ls -A tmp")
			writeEditor(t, "vi", `echo of vi >"$1"`)
			writeEditor(t, "replace", `echo new >"$1.new" && mv "$1.new" "$1"`)
			writeEditor(t, "fail", `echo lost >"$1"; exit 3`)
			writeEditor(t, "fifo", `rm "$1" && mkfifo "$1"`)
			p.typesMail()
			p.types("e\r")
			screen := p.sees(" [y/n/e] ")
			if !strings.Contains(screen, test.shows) || !strings.Contains(screen, "   Server: sink:Mail\r\n") {
				t.Errorf("the screen shows %q", screen)
			}
			p.types("y\r")
			p.sees("status 0\r\n")
			p.ends("exit status 0")
			if text := mail(t); !strings.Contains(text, "\n\n"+test.text+"\n--") {
				t.Errorf("the mail lacks %q:\n%s", test.text, text)
			}
			if left, _ := filepath.Glob("tmp/*"); len(left) > 0 {
				t.Errorf("left in the directory: %v", left)
			}
		})
	}
}

// The editor has the terminal as it was before, and Ctrl-C is for the editor.
func TestEditorHasTheTerminal(t *testing.T) {
	for _, test := range []struct{ name, command, editor, keys, shows, text string }{
		{
			"read", "exec mailpipe send -S sink:Mail", `echo begin; read line; echo "$line" >"$1"`, "typed\r",
			"typed\r\n\r\n     From: ", "typed\n",
		},
		{
			"in a pipeline", "mailpipe compose --interactive | mailpipe deliver -S sink:Mail",
			`echo begin; read line; echo "$line" >"$1"`, "typed\r", "typed\r\n\r\n     From: ", "typed\n",
		},
		{
			"Ctrl-C is handled", "exec mailpipe send -S sink:Mail",
			`trap 'echo got it; exit 0' INT; echo begin; while :; do sleep 0.1; done`, "\x03", "got it\r\n", "Hallo\n",
		},
		{
			"Ctrl-C ends the editor", "exec mailpipe send -S sink:Mail", `echo begin; exec sleep 30`, "\x03",
			"signal: interrupt; the text was not changed\r\n", "Hallo\n",
		},
		{
			"Ctrl-\\ ends the editor", "exec mailpipe send -S sink:Mail", `ulimit -c 0; echo begin; exec sleep 30`, "\x1c",
			"signal: quit; the text was not changed\r\n", "Hallo\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startAtTerminal(t, "EDITOR=editor; export EDITOR; "+test.command)
			writeEditor(t, "editor", test.editor)
			p.typesMail()
			p.types("e\r")
			p.sees("begin\r\n")
			if !p.cooked() {
				t.Error("the terminal is raw")
			}
			p.types(test.keys)
			if screen := p.sees(" [y/n/e] "); !strings.Contains(screen, test.shows) {
				t.Errorf("the screen shows %q", screen)
			}
			if p.cooked() {
				t.Error("the terminal is not raw")
			}
			p.types("y\r")
			p.ends("exit status 0")
			if text := mail(t); !strings.Contains(text, "\n\n"+test.text+"\n--") {
				t.Errorf("the mail lacks %q:\n%s", test.text, text)
			}
		})
	}
}

// saved returns the text that was saved in the only file that only the user can read.
func saved(t *testing.T) string {
	t.Helper()
	names, _ := filepath.Glob("mailpipe-unsent-*")
	if len(names) != 1 {
		t.Fatalf("saved: %v", names)
	}
	info, err := os.Stat(names[0])
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s has the mode %o", names[0], info.Mode().Perm())
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTextIsSaved checks that a typed text is not lost.
func TestTextIsSaved(t *testing.T) {
	for _, test := range []struct{ name, command, keys, shows, status string }{
		{"no", "mailpipe send", "n\r", "send: nothing was sent\r\nthe text was saved in ", "exit status 64"},
		{"Ctrl-D", "mailpipe send", "\x04", "send: nothing was sent\r\nthe text was saved in ", "exit status 64"},
		{"Ctrl-C", "mailpipe send", "\x03", "send: nothing was sent\r\nthe text was saved in ", "signal: interrupt"},
		{
			"Ctrl-C after a wrong answer", "mailpipe send", "x\r\x03", "send: nothing was sent\r\nthe text was saved in ",
			"signal: interrupt",
		},
		{
			"Ctrl-C is ignored", "trap '' INT; mailpipe send", "\x03", "send: nothing was sent\r\nthe text was saved in ",
			"exit status 64",
		},
		{
			"compose", "mailpipe compose --interactive >mail", "n\r",
			"compose: nothing was written\r\nthe text was saved in ", "exit status 64",
		},
		{
			"a mail that cannot be composed", "echo x >page; EDITOR='rm page; :' mailpipe send --html page", "e\ry\r",
			"mailpipe: send: page: no such file or directory\r\nthe text was saved in ", "exit status 66",
		},
		{"no server", "mailpipe send -S 127.0.0.1:1 -q", "y\r", "the mail was saved; this sends it: ", "exit status 75"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startAtTerminal(t, test.command)
			p.typesMail()
			p.types(test.keys)
			screen := p.sees("\r\n")
			for !strings.Contains(screen, "saved") {
				screen += p.sees("\r\n")
			}
			if !strings.Contains(screen, test.shows) {
				t.Errorf("the screen shows %q", screen)
			}
			p.ends(test.status)
			text := saved(t)
			isMail := strings.Contains(test.shows, "the mail")
			if isMail && !strings.Contains(text, "\r\nHallo\r\n") || !isMail && text != "Hallo\n" {
				t.Errorf("saved %q", text)
			}
		})
	}
}

// Lines of a text that is not complete are saved too. Before the text, there is
// nothing to save.
func TestHalfATextIsSaved(t *testing.T) {
	for _, test := range []struct {
		keys, echo string // without an echo, the last key ends the program
		signal     syscall.Signal
		text       string
	}{
		{"one\rtwo\rthr\x03", "", syscall.SIGINT, "one\ntwo\nthr\n"},
		{"é\x03", "", syscall.SIGINT, "é\n"},
		{"one\rtwo\x7f\x7f\x03", "", syscall.SIGINT, "one\nt\n"},
		{"one\rt\x7f\x03", "", syscall.SIGINT, "one\n"},
		{"one\rtwo\x1b[D3", "two\x1b[D3o\x1b[D", syscall.SIGTERM, "one\ntw3o\n"},
		{"on", "on", syscall.SIGHUP, "on\n"},
	} {
		p := startAtTerminal(t, "exec mailpipe send -S sink:Mail -f a@example.org -t b@example.org --interactive")
		for _, question := range []string{"Cc: ", "Subject: ", attachFile} {
			p.sees(question)
			p.types("\r")
		}
		p.sees("ends it):\r\n")
		p.types(test.keys)
		if test.echo != "" {
			p.sees(test.echo)
			p.cmd.Process.Signal(test.signal)
		}
		p.sees(".txt\r\n")
		p.ends("signal: " + test.signal.String())
		if text := saved(t); text != test.text {
			t.Errorf("%q: saved %q", test.keys, text)
		}
	}
	p := startAtTerminal(t, "exec mailpipe send -S sink:Mail")
	p.sees("From [alice@example.org]: ")
	p.types("\r\x03")
	p.sees("send: nothing was sent\r\n")
	p.ends("signal: interrupt")
	if names, _ := filepath.Glob("mailpipe-unsent-*"); len(names) > 0 {
		t.Errorf("saved: %v", names)
	}
}

// A signal saves the text that was typed, also as the editor has written it.
func TestSignalSavesTheText(t *testing.T) {
	for signal, status := range map[syscall.Signal]string{
		syscall.SIGTERM: "signal: terminated",
		syscall.SIGHUP:  "signal: hangup",
		syscall.SIGINT:  "signal: interrupt",
	} {
		p := startAtTerminal(t, "exec mailpipe send -S sink:Mail")
		p.typesMail()
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		want := "mailpipe: send: " + strings.TrimPrefix(status, "signal: ") + "\r\nthe text was saved in "
		if screen := p.sees(".txt\r\n"); !strings.HasPrefix(screen, want) {
			t.Errorf("%s: the screen shows %q", status, screen)
		}
		p.ends(status)
		if text := saved(t); text != "Hallo\n" {
			t.Errorf("%s: saved %q", status, text)
		}
	}
	for editor, want := range map[string]string{
		`echo half >"$1"`: "half\n",
		`: >"$1"`:         "Hallo\n",
		`rm "$1"`:         "Hallo\n",
	} {
		p := startAtTerminal(t, "mkdir tmp; export TMPDIR=$PWD/tmp EDITOR=editor; exec mailpipe send -S sink:Mail")
		writeEditor(t, "editor", editor+"; echo begin; exec sleep 30")
		p.typesMail()
		p.types("e\r")
		p.sees("begin\r\n")
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		p.sees(".txt\r\n")
		p.ends("signal: terminated")
		if text := saved(t); text != want {
			t.Errorf("%s: saved %q", editor, text)
		}
		if left, _ := filepath.Glob("tmp/*"); len(left) > 0 {
			t.Errorf("%s: left in the directory: %v", editor, left)
		}
	}
}

// A terminal that goes away ends the questions. The text is saved once.
func TestTerminalGoesAway(t *testing.T) {
	p := startAtTerminal(t, "exec mailpipe send -S sink:Mail")
	p.typesMail()
	p.pty.Close()
	p.cmd.Wait()
	if text := saved(t); text != "Hallo\n" {
		t.Errorf("saved %q", text)
	}
}

// A text that cannot be saved in the home directory is saved elsewhere.
func TestTextIsSavedElsewhere(t *testing.T) {
	for _, home := range []string{"", "/nowhere"} {
		p := startAtTerminal(t, "HOME="+home+" mailpipe send -S sink:Mail; echo status $?")
		p.typesMail()
		p.types("n\r")
		dir, _ := os.Getwd()
		if screen := p.sees("status 64\r\n"); !strings.Contains(screen, "the text was saved in "+dir+"/mailpipe-unsent-") {
			t.Errorf("the screen shows %q", screen)
		}
		p.ends("exit status 0")
		if text := saved(t); text != "Hallo\n" {
			t.Errorf("saved %q", text)
		}
	}
}

func TestTextCannotBeSaved(t *testing.T) {
	const nowhere = "mkdir gone; cd gone; rmdir ../gone; export TMPDIR=/nowhere; "
	for home, reason := range map[string]string{"": "$HOME is not set", "/nowhere": "no such file or directory"} {
		p := startAtTerminal(t, nowhere+"HOME="+home+" mailpipe send -S sink:Mail; echo status $?")
		p.typesMail()
		p.types("n\r")
		screen := p.sees("status 64\r\n")
		if !strings.Contains(screen, "nothing was sent\r\nthe text could not be saved: "+reason+"\r\n") {
			t.Errorf("the screen shows %q", screen)
		}
		p.ends("exit status 0")
	}
}

// The reader of compose may be gone. The text is saved all the same.
func TestReaderOfComposeIsGone(t *testing.T) {
	p := startAtTerminal(t, "mailpipe compose --interactive | true; cat mailpipe-unsent-*; echo end")
	p.typesMail()
	p.types("y\r")
	if screen := p.sees("end\r\n"); !strings.Contains(screen, "mailpipe: compose: the text was saved in ") ||
		!strings.Contains(screen, "\r\nHallo\r\n") {
		t.Errorf("the screen shows %q", screen)
	}
	p.ends("exit status 0")
}

// A mail that is too large to be held in memory needs a directory for its file.
func TestTextOfALargeMailIsSaved(t *testing.T) {
	const send = "TMPDIR=/no mailpipe send -S sink:Mail big; echo status $?"
	p := startAtTerminal(t, "head -c 2000000 /dev/zero >big; "+send)
	p.typesMail(attachFile)
	p.types("y\r")
	const want = "no such file or directory\r\nthe text was saved in "
	if screen := p.sees("status 74\r\n"); !strings.Contains(screen, want) {
		t.Errorf("the screen shows %q", screen)
	}
	p.ends("exit status 0")
	if text := saved(t); text != "Hallo\n" {
		t.Errorf("saved %q", text)
	}
}

// openFIFO begins to open the file named fifo for writing, which waits until mailpipe
// reads it. opened returns the file, which is closed after the test.
func openFIFO(t *testing.T) (opened func() *os.File) {
	file := make(chan *os.File, 1)
	go func() {
		f, _ := os.OpenFile("fifo", os.O_WRONLY, 0)
		file <- f
	}()
	return func() *os.File {
		t.Helper()
		select {
		case f := <-file:
			t.Cleanup(func() { f.Close() })
			return f
		case <-time.After(2 * time.Minute):
			t.Fatal("the FIFO is not read")
			return nil
		}
	}
}

// After the questions, until the mail is complete, a signal saves the text too.
func TestSignalWhileAFileIsRead(t *testing.T) {
	p := startAtTerminal(t, "mkfifo fifo; exec mailpipe send -S sink:Mail fifo")
	p.typesMail(attachFile)
	p.types("y\r")
	openFIFO(t)()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.sees(".txt\r\n")
	p.ends("signal: terminated")
	if text := saved(t); text != "Hallo\n" {
		t.Errorf("saved %q", text)
	}
}

// If the text cannot be saved, the file of the editor stays.
func TestEditedFileStays(t *testing.T) {
	p := startAtTerminal(t, "mkdir tmp; export TMPDIR=$PWD/tmp EDITOR=editor; exec mailpipe send -S sink:Mail")
	writeEditor(t, "editor", `echo half >"$1"; echo begin; exec sleep 30`)
	p.typesMail()
	p.types("e\r")
	p.sees("begin\r\n")
	full := unix.Rlimit{} // from now on, every file system is full for mailpipe
	if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &full, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.sees("the text could not be saved: file too large\r\n")
	p.ends("signal: terminated")
	left, _ := filepath.Glob("tmp/*")
	if len(left) != 1 {
		t.Fatalf("left in the directory: %v", left)
	}
	if text, err := os.ReadFile(left[0]); string(text) != "half\n" {
		t.Errorf("the file has %q, %v", text, err)
	}
}

// A text that is typed without questions is saved too.
func TestTextWithoutQuestionsIsSaved(t *testing.T) {
	const typing = "Ctrl-D on a line of its own ends it\r\n"
	for _, command := range []string{"send -S sink:Mail -t bob@example.org -a", "mailx -s Hi bob@example.org -a"} {
		p := startAtTerminal(t, "mkfifo fifo; echo made; exec mailpipe "+command+" fifo")
		p.sees("made\r\n")
		opened := openFIFO(t)
		p.sees(typing)
		p.types("Hallo\r\x04")
		if _, err := opened().Write(make([]byte, 1<<20)); err != nil { // is read after the text
			t.Fatal(err)
		}
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if screen := p.sees(".txt\r\n"); !strings.Contains(screen, ": terminated\r\nthe text was saved in ") {
			t.Errorf("%s: the screen shows %q", command, screen)
		}
		p.ends("signal: terminated")
		if text := saved(t); text != "Hallo\n" {
			t.Errorf("%s: saved %q", command, text)
		}
	}
	const send = "TMPDIR=/no mailpipe send -S sink:Mail -t b@x big; echo status $?"
	p := startAtTerminal(t, "head -c 2000000 /dev/zero >big; "+send)
	p.sees(typing)
	p.types("Hallo\r\x04")
	if screen := p.sees("status 74\r\n"); !strings.Contains(screen, "\r\nthe text was saved in ") {
		t.Errorf("the screen shows %q", screen)
	}
	p.ends("exit status 0")
	if text := saved(t); text != "Hallo\n" {
		t.Errorf("saved %q", text)
	}
	p = startAtTerminal(t, "mailpipe send -S sink:Mail -t b@example.org; echo status $?")
	p.sees(typing)
	p.types("Hallo\r\x04")
	if screen := p.sees("status 0\r\n"); strings.Contains(screen, "saved") {
		t.Errorf("the screen shows %q", screen)
	}
	p.ends("exit status 0")
}
