package prompt

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/term"

	"mailpipe/compose"
)

// A typist is a terminal at which all answers are typed ahead.
type typist struct {
	io.Reader
	bytes.Buffer
}

func (p *typist) Read(b []byte) (int, error)  { return p.Reader.Read(b) }
func (p *typist) Write(b []byte) (int, error) { return p.Buffer.Write(b) }

// describe is in place of detect.
func describe(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("cannot read %s", path)
	}
	return fmt.Sprintf("text/plain, %d octets", info.Size()), nil
}

// newForm returns a form without answers.
func newForm() Form {
	return Form{Message: new(compose.Message), Describe: describe, Confirm: "Send it?"}
}

// alice is the sender of some tests.
var alice = compose.Address{Local: "alice", Domain: "example.org"}

// play types the keys and returns the screen, without the movements of the editor.
func play(f *Form, typed string) (screen string, err error) {
	p := &typist{Reader: strings.NewReader(typed)}
	err = f.fill(newScreen(p))
	return strings.ReplaceAll(p.String(), "\r\n", "\n"), err
}

// newScreen returns a screen of constant size.
func newScreen(p *typist) screen {
	return screen{p, p, func(*term.Terminal) {}, func(use func()) { use() }}
}

// lines returns what is typed: each answer and Enter.
func lines(answers ...string) string { return strings.Join(answers, "\r") + "\r" }

func TestAllQuestions(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	os.WriteFile("chart.png", []byte("12345"), 0o600)
	f := newForm()
	f.Message.From = alice
	screen, err := play(&f, lines(
		"",
		" bob@example.org, dave@example.org ",
		" erin@example.org ",
		"Rapport été",
		"chart.png", "",
		"Bonjour", "..", "\tx", ".",
		"y",
	))
	if err != nil {
		t.Fatal(err)
	}
	checkMessage(t, f, "alice@example.org", "bob@example.org, dave@example.org", "Rapport été")
	checkFiles(t, f, "chart.png")
	checkText(t, f, "Bonjour\n..\n        x\n")
	if diff := cmp.Diff(`From [alice@example.org]: 
To:  bob@example.org, dave@example.org 
Cc:  erin@example.org 
Subject: Rapport été
Attach file (Tab completes, Enter ends): chart.png
  text/plain, 5 octets
Attach file (Tab completes, Enter ends): 
Text (a line with a single . or Ctrl-D ends it):
Bonjour
..
        x
.

     From: alice@example.org
       To: bob@example.org, dave@example.org
       Cc: erin@example.org
  Subject: Rapport été
     File: chart.png (text/plain, 5 octets)
     Text: 3 lines, 21 octets
Send it? [y/n] y
`, screen); diff != "" {
		t.Errorf("screen (-want +got):\n%s", diff)
	}
}

// checkMessage compares the answers that are fields of the message.
func checkMessage(t *testing.T, f Form, from, to, subject string) {
	t.Helper()
	got := []string{f.Message.From.String(), list(f.Message.To), f.Message.Subject}
	if diff := cmp.Diff([]string{from, to, subject}, got); diff != "" {
		t.Errorf("from, to and subject (-want +got):\n%s", diff)
	}
}

func checkFiles(t *testing.T, f Form, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, f.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func checkText(t *testing.T, f Form, want string) {
	t.Helper()
	if diff := cmp.Diff(want, f.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestWrongAnswersAreAskedAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	f := newForm()
	screen, err := play(&f, lines(
		"", "alice", "alice@example.org",
		"", "bob", "bob@example.org",
		"carol", "",
		"a\u009bb", "",
		"missing", "",
		".", "x", ".",
		"maybe", "", "YES",
	))
	if err != nil {
		t.Fatal(err)
	}
	checkMessage(t, f, "alice@example.org", "bob@example.org", "")
	checkFiles(t, f)
	checkText(t, f, "x\n")
	for _, want := range []string{
		"From: \nmissing sender, such as you@example.org\nFrom: alice\n",
		"\nmissing @\nalice\n     ^\nFrom: alice@",
		"To: \nmissing recipient; separate several by commas\nTo: bob\nmissing @\nbob\n   ^\nTo: ",
		"\nCc: carol\nmissing @\ncarol\n     ^\nCc: \n",
		"\na subject must not contain control characters\nSubject: \n",
		"missing\ncannot read missing\nAttach file",
		".\nmissing text or file; Ctrl-C aborts\nx\n.\n",
		"     Text: 1 line, 2 octets\n",
		"[y/n] maybe\nanswer y or n\nSend it? [y/n] \nanswer y or n\nSend it? [y/n] YES\n",
	} {
		if !strings.Contains(screen, want) {
			t.Errorf("the screen lacks %q:\n%s", want, screen)
		}
	}
}

// Up brings back an answer that was refused, only at the same question.
func TestUp(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("one.txt", nil, 0o600)
	f := newForm()
	const up = "\x1b[A"
	_, err := play(&f, lines(
		up+"alice", up+"@example.org",
		"bob", up+"@x",
		up+"carol", up+"@x",
		up+"Hi",
		"one.tx", up+"t", up+"",
		up+"text", up+".",
		"y",
	))
	if err != nil {
		t.Fatal(err)
	}
	checkMessage(t, f, "alice@example.org", "bob@x", "Hi")
	checkFiles(t, f, "one.txt")
	checkText(t, f, "text\n")
}

// A terminal puts quotes around the name of a file that is dropped on it. A name
// may also contain quotes itself.
func TestQuotedFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"one two.txt", "'own'"} {
		os.WriteFile(name, nil, 0o600)
	}
	f := newForm()
	screen, err := play(&f, lines(
		"a@b", "c@d", "", "",
		"'one two.txt' ", "\"one two.txt\"", "'own'", "'", "'missing'", "",
		"x", ".", "y",
	))
	if err != nil {
		t.Fatal(err)
	}
	checkFiles(t, f, "one two.txt", "one two.txt", "'own'")
	if !strings.Contains(screen, "cannot read '\n") || !strings.Contains(screen, "cannot read 'missing'\n") {
		t.Errorf("%s", screen)
	}
}

func TestOnlyWhatIsMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("a.txt", nil, 0o600)
	f := newForm()
	f.Message.From, f.Message.Subject, f.Files = alice, "Hi", []string{"a.txt"}
	f.KeepFrom, f.KeepFiles, f.KeepText = true, true, true
	screen, err := play(&f, lines("bob@example.org", "", "y"))
	if err != nil {
		t.Fatal(err)
	}
	want := `To: bob@example.org
Cc: 

     From: alice@example.org
       To: bob@example.org
  Subject: Hi
     File: a.txt (text/plain, 0 octets)
Send it? [y/n] y
`
	if screen != want {
		t.Errorf("got %q, want %q", screen, want)
	}
	f = newForm()
	f.Message.From, f.Message.To, f.Message.Subject = alice, []compose.Address{alice}, "Hi"
	f.KeepFrom, f.KeepCc, f.KeepFiles, f.KeepText = true, true, true, true
	screen, err = play(&f, lines("y"))
	if err != nil || strings.Contains(screen, "Cc: ") {
		t.Errorf("%v; the screen shows %q", err, screen)
	}
	f = newForm()
	f.Files, f.KeepFiles, f.Message.From = []string{"gone"}, true, alice
	if _, err := play(&f, lines("", "a@b", "", "")); err == nil || err.Error() != "cannot read gone" {
		t.Errorf("a missing file that the form names: %v", err)
	}
}

func TestAllowEmpty(t *testing.T) {
	t.Chdir(t.TempDir())
	f := newForm()
	f.AllowEmpty = true
	screen, err := play(&f, lines("a@b", "c@d", "", "", "", ".", "y"))
	if err != nil || f.Text != "" || !strings.Contains(screen, "     Text: 0 lines, 0 octets\n") {
		t.Errorf("%v, text %q:\n%s", err, f.Text, screen)
	}
}

func TestAborts(t *testing.T) {
	for _, test := range []struct {
		name, typed string
		want        error
	}{
		{"Ctrl-C at once", "\x03", ErrInterrupted},
		{"Ctrl-C in a line", "ali\x03", ErrInterrupted},
		{"Ctrl-C in the text", "a@b\rc@d\r\r\r\rtext\r\x03", ErrInterrupted},
		{"Ctrl-C after Esc", "\x1b\x03", ErrInterrupted},
		{"Ctrl-C after Alt-[", "ali\x1b[\x03", ErrInterrupted},
		{"Ctrl-C after Esc and a digit", "\x1b1é\x03", ErrInterrupted},
		{"Ctrl-C after two Esc", "\x1b\x1b\x03", ErrInterrupted},
		{"Ctrl-D after Esc", "a@b\r\x1b\x04", ErrAborted},
		{"Enter after Esc", "a@b\x1b\rc@d\r\r\r\rtext\r.\rn\r", ErrAborted},
		{"Ctrl-D at From", "\x04", ErrAborted},
		{"Ctrl-D at To", "a@b\r\x04", ErrAborted},
		{"Ctrl-D at Cc", "a@b\rc@d\r\x04", ErrAborted},
		{"Ctrl-D at Subject", "a@b\rc@d\r\r\x04", ErrAborted},
		{"Ctrl-D at the end", "a@b\rc@d\r\r\r\rtext\r.\r\x04", ErrAborted},
		{"no", "a@b\rc@d\r\r\r\rtext\r.\rN\r", ErrAborted},
		{"closed terminal", "a@b\rc@d\r\r\r\rtext\r", io.ErrUnexpectedEOF},
		{"Ctrl-D ends the text", "a@b\rc@d\r\r\r\rtext\r\x04y\r", nil},
		{"Ctrl-D ends the files", "a@b\rc@d\r\r\r\x04text\r.\ry\r", nil},
	} {
		f := newForm()
		if _, err := play(&f, test.typed); err != test.want {
			t.Errorf("%s: %#v, want %#v", test.name, err, test.want)
		}
	}
}

func TestNamesAreEscaped(t *testing.T) {
	f := newForm()
	f.Message.From, f.Message.Subject, f.Files = alice, "\x1b[31m\u202e", []string{"x\x1b]0;y\a"}
	f.KeepFrom, f.KeepFiles, f.KeepText = true, true, true
	f.Describe = func(string) (string, error) { return "a\x1bb", nil }
	f.Server = func() string { return "s\x1b[0m" }
	screen, err := play(&f, lines("c@d", "", "y"))
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"\x1b[31m", "\x1b]0", "a\x1bb", "\x1b[0m", "\u202e"} {
		if strings.Contains(screen, raw) {
			t.Errorf("%q is not escaped: %q", raw, screen)
		}
	}
	for _, escaped := range []string{`\x1b[31m`, `x\x1b]0`, `a\x1bb`} {
		if !strings.Contains(screen, escaped) {
			t.Errorf("missing %s: %q", escaped, screen)
		}
	}
}

func TestLongLine(t *testing.T) {
	f := newForm()
	screen, err := play(&f, lines("a@b", "c@d", "", "", "", strings.Repeat("x", 5000), "short", ".", "y"))
	if err != nil || f.Text != "short\n" || !strings.Contains(screen, "too long to be typed") {
		t.Errorf("%v, text %q", err, f.Text)
	}
}

// Home and End as the Linux console, tmux, rxvt and xterm send them.
func TestHomeAndEnd(t *testing.T) {
	for _, keys := range []struct{ home, end string }{
		{"\x1b[H", "\x1b[F"}, {"\x1b[1~", "\x1b[4~"}, {"\x1b[7~", "\x1b[8~"}, {"\x1bOH", "\x1bOF"}, {"\x01", "\x05"},
	} {
		f := newForm()
		_, err := play(&f, lines("a@b", "c@d", "", "middle"+keys.home+"start "+keys.end+" end", "", "x", ".", "y"))
		if err != nil || f.Message.Subject != "start middle end" {
			t.Errorf("%q: %q, %v", keys, f.Message.Subject, err)
		}
	}
	f := newForm() // any other key does nothing
	_, err := play(&f, lines("a@b", "c@d", "", "middle\x1b[5~ end", "", "x", ".", "y"))
	if err != nil || f.Message.Subject != "middle end" {
		t.Errorf("%q, %v", f.Message.Subject, err)
	}
}

// If the window is resized while a line is typed, the next key draws the line again.
func TestResize(t *testing.T) {
	f := newForm()
	p := &typist{Reader: strings.NewReader(lines("a@b", "c@d", "", "", "", strings.Repeat("x", 50)+"y", ".", "y"))}
	s := newScreen(p)
	s.resize = func(t *term.Terminal) {
		if strings.Contains(p.String(), strings.Repeat("x", 50)) {
			t.SetSize(40, 25)
		}
	}
	if err := f.fill(s); err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("x", 40) + "\r\n" + strings.Repeat("x", 10); !strings.Contains(p.String(), want) {
		t.Errorf("the screen lacks %q: %q", want, p.String())
	}
}

func TestComplete(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	f := Form{Home: filepath.Join(dir, "home")}
	for _, name := range []string{
		"home/deep/down.txt", "report-été.pdf", "report-étude.pdf", ".hidden", "dir/one two.txt", "bad\nname",
	} {
		os.MkdirAll(filepath.Dir(name), 0o700)
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ typed, want, listed string }{
		{"r", "report-ét", ""},
		{"report-ét", "report-ét", "report-étude.pdf  report-été.pdf\n"},
		{"report-étu", "report-étude.pdf", ""},
		{"d", "dir/", ""},
		{"dir/", "dir/one two.txt", ""},
		{"~/d", "~/deep/", ""},
		{"~/deep/", "~/deep/down.txt", ""},
		{".", ".hidden", ""},
		{"b", "b", ""},
		{"nowhere/x", "nowhere/x", ""},
		{"", "", "dir/  home/  report-étude.pdf  report-été.pdf\n"},
	} {
		screen := &typist{Reader: strings.NewReader("")}
		got, pos := f.completeFile(newTerminal(newScreen(screen)), test.typed, len(test.typed))
		listed := strings.ReplaceAll(screen.String(), "\r\n", "\n")
		if got != test.want || pos != len(test.want) || listed != test.listed {
			t.Errorf("%q: %q, %q; want %q, %q", test.typed, got, listed, test.want, test.listed)
		}
	}
	term := newTerminal(newScreen(&typist{Reader: strings.NewReader("")}))
	if got, pos := f.completeFile(term, "dir/onx", 6); got != "dir/one two.txtx" || pos != len("dir/one two.txt") {
		t.Errorf("in the middle: %q, %d", got, pos)
	}
}
