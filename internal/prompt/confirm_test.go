package prompt

import (
	"errors"
	"strings"
	"testing"
)

// The summary names the server that is in force for the author who was typed.
func TestServerInTheSummary(t *testing.T) {
	f := newForm()
	f.Server = func() string { return "smtp://" + f.Message.From.Domain }
	screen, err := play(&f, lines("a@b.example", "c@d", "", "", "", "x", ".", "y"))
	const want = `
     From: a@b.example
       To: c@d
  Subject: 
     Text: 1 line, 2 octets
   Server: smtp://b.example
Send it? [y/n] y
`
	if err != nil || !strings.HasSuffix(screen, want) {
		t.Errorf("%v:\n%s", err, screen)
	}
}

func TestEdit(t *testing.T) {
	broken := errors.New("editor \x1b: exit status 1")
	for _, test := range []struct {
		name       string
		allowEmpty bool
		edited     []string // what the editor writes; "fails": it fails
		answers    []string
		text       string
		want       error
		shows      string
	}{
		{
			"once", false, []string{"ONE\nTWO\n"}, []string{"e", "y"}, "ONE\nTWO\n", nil,
			"[y/n/e] e\n\n     From: a@b\n       To: c@d\n  Subject: \n     Text: 2 lines, 8 octets\nSend it? [y/n/e] y\n",
		},
		{"twice", false, []string{"one\n", "two\n"}, []string{"E", " edit ", "yes"}, "two\n", nil, ""},
		{
			"failure", false, []string{"fails"}, []string{"e", "y"}, "one\n", nil,
			"e\neditor \\x1b: exit status 1; the text was not changed\n\n     From",
		},
		{
			"empty", false, []string{""}, []string{"e", "y"}, "one\n", nil,
			"e\nmissing text or file; the text was not changed\n\n     From",
		},
		{"empty is allowed", true, []string{""}, []string{"e", "y"}, "", nil, "     Text: 0 lines, 0 octets\n"},
		{"then no", false, []string{"two\n"}, []string{"e", "n"}, "two\n", ErrAborted, ""},
		{
			"wrong answer", false, nil, []string{"?", "y"}, "one\n", nil,
			"[y/n/e] ?\nanswer y or n, or e to edit the text\nSend it? [y/n/e] y\n",
		},
	} {
		f := newForm()
		f.AllowEmpty = test.allowEmpty
		var typed []string
		f.Typed = func(text, line string) {
			if line == "" {
				typed = append(typed, text)
			}
		}
		edited, before := test.edited, "one\n"
		f.Edit = func(text string) (string, error) {
			if text != before {
				t.Errorf("%s: the editor gets %q, want %q", test.name, text, before)
			}
			before, edited = edited[0], edited[1:]
			if before == "fails" {
				return "lost", broken
			}
			return before, nil
		}
		keys := lines("a@b", "c@d", "", "", "", "one", ".") + lines(test.answers...)
		screen, err := play(&f, keys)
		if err != test.want || f.Text != test.text || !strings.Contains(screen, test.shows) {
			t.Errorf("%s: %v, text %q:\n%s", test.name, err, f.Text, screen)
		}
		if last := typed[len(typed)-1]; typed[0] != "one\n" || last != test.text || len(edited) > 0 {
			t.Errorf("%s: typed %q, not used %q", test.name, typed, edited)
		}
	}
}

// A text that comes from elsewhere cannot be edited.
func TestNoEditor(t *testing.T) {
	f := newForm()
	screen, err := play(&f, lines("a@b", "c@d", "", "", "", "x", ".", "e", "y"))
	if err != nil || !strings.Contains(screen, "[y/n] e\nanswer y or n\nSend it? [y/n] y\n") {
		t.Errorf("%v:\n%s", err, screen)
	}
}

// Whatever ends the questions, the text that was typed is known.
func TestTyped(t *testing.T) {
	for _, test := range []struct{ name, after, line string }{
		{"no", ".\rn\r", ""},
		{"Ctrl-D", ".\r\x04", ""},
		{"Ctrl-C", ".\r\x03", ""},
		{"Ctrl-C in the text", "thr\x03", "thr"},
		{"Ctrl-C after Backspace", "thr\x7f\x03", "th"},
		{"Ctrl-C in the middle of a line", "thr\x1b[D\x03", "thr"},
		{"Ctrl-C after Ctrl-D ends the text", "\x04\x03", ""},
		{"closed terminal", "", ""},
		{"closed terminal in a line", "tr\x1b[Dhé", "thér"},
		{"closed terminal at the end", ".\r", ""},
	} {
		f := newForm()
		typed, unfinished := "", ""
		f.Typed = func(text, line string) { typed, unfinished = text, line }
		_, err := play(&f, "a@b\rc@d\r\r\r\rone\rtwo\r"+test.after)
		if err == nil || typed != "one\ntwo\n" || f.Text != typed || unfinished != test.line {
			t.Errorf("%s: %v, typed %q and %q, text %q", test.name, err, typed, unfinished, f.Text)
		}
	}
}
