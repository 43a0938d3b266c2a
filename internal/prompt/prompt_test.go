package prompt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/term"
)

// typist is a terminal at which all answers were typed ahead.
type typist struct {
	io.Reader
	bytes.Buffer
}

func (p *typist) Read(b []byte) (int, error)  { return p.Reader.Read(b) }
func (p *typist) Write(b []byte) (int, error) { return p.Buffer.Write(b) }

// needsAt stands for the parser of addresses.
func needsAt(answer string) error {
	if !strings.Contains(answer, "@") {
		return fmt.Errorf("not an address: %s\n                ^", answer)
	}
	return nil
}

// look stands for detect.
func look(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("cannot read %s", path)
	}
	return fmt.Sprintf("text/plain, %d octets", info.Size()), nil
}

func blank() Form {
	return Form{CheckFrom: needsAt, CheckTo: needsAt, Describe: look, Confirm: "Send it?"}
}

// play types and returns what the screen showed, without the line editor's movements.
func play(f *Form, typed string) (screen string, err error) {
	p := &typist{Reader: strings.NewReader(typed)}
	err = f.fill(p, func(*term.Terminal) {})
	return strings.ReplaceAll(p.String(), "\r\n", "\n"), err
}

func TestAllQuestions(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	os.WriteFile("chart.png", []byte("12345"), 0o600)
	f := blank()
	f.From = "alice@example.org"
	f.Cc = "carol@example.org"
	screen, err := play(&f, "\r bob@example.org, dave@example.org \rRapport été\rchart.png\r\rBonjour\r..\r\tx\r.\ry\r")
	if err != nil {
		t.Fatal(err)
	}
	want := blank()
	want.From, want.To, want.Cc = "alice@example.org", "bob@example.org, dave@example.org", "carol@example.org"
	want.Subject, want.Files, want.Text = "Rapport été", []string{"chart.png"}, "Bonjour\n..\n        x\n"
	same(t, f, want)
	if diff := cmp.Diff(`From [alice@example.org]: 
To:  bob@example.org, dave@example.org 
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
       Cc: carol@example.org
  Subject: Rapport été
     File: chart.png (text/plain, 5 octets)
     Text: 3 lines, 21 octets
Send it? [y/n] y
`, screen); diff != "" {
		t.Errorf("screen (-want +got):\n%s", diff)
	}
}

// same compares what was answered.
func same(t *testing.T, got, want Form) {
	t.Helper()
	ignore := cmp.FilterPath(func(p cmp.Path) bool {
		switch p.Last().String() {
		case ".CheckFrom", ".CheckTo", ".Describe":
			return true
		}
		return false
	}, cmp.Ignore())
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestWrongAnswersAreAskedAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	f := blank()
	screen, err := play(&f, "\ralice\ralice@example.org\r\rbob\rbob@example.org\r\rmissing\r\r.\rx\r.\rmaybe\r\rYES\r")
	if err != nil {
		t.Fatal(err)
	}
	if f.From != "alice@example.org" || f.To != "bob@example.org" || f.Subject != "" || f.Files != nil || f.Text != "x\n" {
		t.Errorf("answers: %+v", f)
	}
	for _, want := range []string{
		"From: \nmissing sender, such as you@example.org\nFrom: alice\nnot an address: alice\n                ^\nFrom: alice@",
		"To: \nmissing recipient; separate several by commas\nTo: bob\nnot an address: bob\n",
		"missing\ncannot read missing\nAttach file",
		".\nmissing text or file; Ctrl-C aborts\nx\n.\n",
		"     Text: 1 line, 2 octets\n",
		"[y/n] maybe\nplease answer y or n\nSend it? [y/n] \nplease answer y or n\nSend it? [y/n] YES\n",
	} {
		if !strings.Contains(screen, want) {
			t.Errorf("the screen lacks %q:\n%s", want, screen)
		}
	}
}

// Up brings back what was refused, at the same question alone.
func TestUp(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("one.txt", nil, 0o600)
	f := blank()
	const up = "\x1b[A"
	_, err := play(&f, up+"alice\r"+up+"@example.org\rbob\r"+up+"@x\r"+up+"Hi\rone.tx\r"+up+"t\r"+up+"\r"+up+"text\r"+up+".\ry\r")
	if err != nil || f.From != "alice@example.org" || f.To != "bob@x" || f.Subject != "Hi" || len(f.Files) != 1 || f.Files[0] != "one.txt" || f.Text != "text\n" {
		t.Errorf("%v, answers: %+v", err, f)
	}
}

// A file that is dropped into a terminal comes in quotes, if it has not them itself.
func TestQuotedFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"one two.txt", "'own'"} {
		os.WriteFile(name, nil, 0o600)
	}
	f := blank()
	screen, err := play(&f, "a@b\rc@d\r\r'one two.txt' \r\"one two.txt\"\r'own'\r'\r'missing'\r\rx\r.\ry\r")
	if diff := cmp.Diff([]string{"one two.txt", "one two.txt", "'own'"}, f.Files); err != nil || diff != "" {
		t.Errorf("%v, files (-want +got):\n%s", err, diff)
	}
	if !strings.Contains(screen, "cannot read '\n") || !strings.Contains(screen, "cannot read 'missing'\n") {
		t.Errorf("%s", screen)
	}
}

func TestOnlyWhatIsMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("a.txt", nil, 0o600)
	f := blank()
	f.From, f.Subject, f.Files = "alice@example.org", "Hi", []string{"a.txt"}
	f.Skip = Fields{From: true, Subject: true, Files: true, Text: true}
	screen, err := play(&f, "bob@example.org\ry\r")
	if err != nil {
		t.Fatal(err)
	}
	want := "To: bob@example.org\n\n     From: alice@example.org\n       To: bob@example.org\n  Subject: Hi\n     File: a.txt (text/plain, 0 octets)\nSend it? [y/n] y\n"
	if screen != want {
		t.Errorf("got %q, want %q", screen, want)
	}
	f = blank()
	f.Files, f.Skip.Files, f.From = []string{"gone"}, true, "a@b"
	if _, err := play(&f, "\ra@b\r\r"); err == nil || err.Error() != "cannot read gone" {
		t.Errorf("a given file that is missing: %v", err)
	}
}

func TestTextThatMayBeEmpty(t *testing.T) {
	t.Chdir(t.TempDir())
	f := blank()
	f.AllowEmpty = true
	screen, err := play(&f, "a@b\rc@d\r\r\r.\ry\r")
	if err != nil || f.Text != "" || !strings.Contains(screen, "     Text: 0 lines, 0 octets\n") {
		t.Errorf("%v, text %q:\n%s", err, f.Text, screen)
	}
}

func TestAborts(t *testing.T) {
	errReal := io.ErrUnexpectedEOF
	for _, test := range []struct {
		name, typed string
		want        error
	}{
		{"Ctrl-C at once", "\x03", ErrInterrupted},
		{"Ctrl-C in a line", "ali\x03", ErrInterrupted},
		{"Ctrl-C in the text", "a@b\rc@d\r\r\rtext\r\x03", ErrInterrupted},
		{"Ctrl-D at From", "\x04", ErrAborted},
		{"Ctrl-D at To", "a@b\r\x04", ErrAborted},
		{"Ctrl-D at Subject", "a@b\rc@d\r\x04", ErrAborted},
		{"Ctrl-D at the end", "a@b\rc@d\r\r\rtext\r.\r\x04", ErrAborted},
		{"no", "a@b\rc@d\r\r\rtext\r.\rN\r", ErrAborted},
		{"the terminal went away", "a@b\rc@d\r\r\rtext\r", errReal},
		{"Ctrl-D ends the text", "a@b\rc@d\r\r\rtext\r\x04y\r", nil},
		{"Ctrl-D ends the files", "a@b\rc@d\r\r\x04text\r.\ry\r", nil},
	} {
		f := blank()
		if _, err := play(&f, test.typed); !errors.Is(err, test.want) || err != nil && test.want == nil {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		} else if (err == ErrInterrupted) != (test.want == ErrInterrupted) {
			t.Errorf("%s: %#v, want %#v", test.name, err, test.want)
		}
	}
}

func TestUntrustedNamesAreEscaped(t *testing.T) {
	f := blank()
	f.From, f.Subject, f.Files = "a@b", "\x1b[31m\u202e", []string{"x\x1b]0;y\a"}
	f.Skip = Fields{From: true, Subject: true, Files: true, Text: true}
	f.Describe = func(string) (string, error) { return "a\x1bb", nil }
	screen, err := play(&f, "c@d\ry\r")
	if err != nil || strings.Contains(screen, "\x1b[31m") || strings.Contains(screen, "\x1b]0") || strings.Contains(screen, "a\x1bb") || strings.Contains(screen, "\u202e") {
		t.Errorf("%v %q", err, screen)
	}
}

func TestLineThatTheEditorWouldCut(t *testing.T) {
	f := blank()
	screen, err := play(&f, "a@b\rc@d\r\r\r"+strings.Repeat("x", 5000)+"\rshort\r.\ry\r")
	if err != nil || f.Text != "short\n" || !strings.Contains(screen, "too long to be typed") {
		t.Errorf("%v, text %q", err, f.Text)
	}
}

// Home and End as Linux's console, tmux, rxvt and xterm send them.
func TestHomeAndEnd(t *testing.T) {
	for _, keys := range [][2]string{{"\x1b[H", "\x1b[F"}, {"\x1b[1~", "\x1b[4~"}, {"\x1b[7~", "\x1b[8~"}, {"\x1bOH", "\x1bOF"}, {"\x01", "\x05"}} {
		f := blank()
		_, err := play(&f, "a@b\rc@d\rmiddle"+keys[0]+"start "+keys[1]+" end\r\rx\r.\ry\r")
		if err != nil || f.Subject != "start middle end" {
			t.Errorf("%q: %q, %v", keys, f.Subject, err)
		}
	}
	f := blank() // another key is none
	if _, err := play(&f, "a@b\rc@d\rmiddle\x1b[5~ end\r\rx\r.\ry\r"); err != nil || f.Subject != "middle end" {
		t.Errorf("%q, %v", f.Subject, err)
	}
}

// A window that is resized while a line is typed: the next key draws it anew.
func TestResize(t *testing.T) {
	f := blank()
	p := &typist{Reader: strings.NewReader("a@b\rc@d\r\r\r" + strings.Repeat("x", 50) + "y\r.\ry\r")}
	if err := f.fill(p, func(t *term.Terminal) {
		if strings.Contains(p.String(), strings.Repeat("x", 50)) {
			t.SetSize(40, 25)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("x", 40) + "\r\n" + strings.Repeat("x", 10); !strings.Contains(p.String(), want) {
		t.Errorf("the screen lacks %q: %q", want, p.String())
	}
}

func TestComplete(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", filepath.Join(dir, "home"))
	for _, name := range []string{"home/deep/down.txt", "report-été.pdf", "report-étude.pdf", ".hidden", "dir/one two.txt", "bad\nname"} {
		os.MkdirAll(filepath.Dir(name), 0o700)
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ typed, want, said string }{
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
		got, pos := completeFile(newTerminal(screen, nil), test.typed, len(test.typed))
		said := strings.ReplaceAll(screen.String(), "\r\n", "\n")
		if got != test.want || pos != len(test.want) || said != test.said {
			t.Errorf("%q: %q, %q; want %q, %q", test.typed, got, said, test.want, test.said)
		}
	}
	term := newTerminal(&typist{Reader: strings.NewReader("")}, nil)
	if got, pos := completeFile(term, "dir/onx", 6); got != "dir/one two.txtx" || pos != len("dir/one two.txt") {
		t.Errorf("in the middle: %q, %d", got, pos)
	}
}
