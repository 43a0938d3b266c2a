package prompt

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/term"
)

// Octets that keys send in raw mode.
const (
	keyStart     = 1 // Ctrl-A
	keyInterrupt = 3 // Ctrl-C
	keyEnd       = 5 // Ctrl-E
	keyEscape    = 27
)

// maxLine is the length at which x/term silently ends a line.
const maxLine = 4096

// A terminal edits lines. It calls complete when Tab is typed, and typed with the
// unfinished line when another character is. Both may be nil.
type terminal struct {
	*term.Terminal
	screen   screen
	keys     *keyboard
	refused  history
	complete func(t *terminal, line string, pos int) (string, int)
	typed    func(line string)
}

func newTerminal(s screen) *terminal {
	t := &terminal{screen: s, keys: &keyboard{r: bufio.NewReader(s), Writer: s}}
	t.keys.typed = func() { s.resize(t.Terminal) }
	t.reset()
	return t
}

// reset starts with a new editor. One that has read Ctrl-D reads nothing more.
func (t *terminal) reset() {
	t.Terminal = term.NewTerminal(t.keys, "")
	t.History = &t.refused
	t.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' && t.typed != nil {
			t.typed(line[:pos] + string(key) + line[pos:])
		}
		if key != '\t' || t.complete == nil {
			return "", 0, false
		}
		line, pos = t.complete(t, line, pos)
		return line, pos, true
	}
}

// line reads a line. It returns io.EOF after Ctrl-D. After Ctrl-C it returns the
// unfinished line and ErrInterrupted.
func (t *terminal) line(prompt string) (string, error) { return t.read(prompt, t.ReadLine) }

// read calls readLine until the line is short enough.
func (t *terminal) read(prompt string, readLine func() (string, error)) (string, error) {
	for {
		t.screen.resize(t.Terminal)
		t.SetPrompt(prompt)
		line, err := readLine()
		if t.keys.last == keyInterrupt {
			return line, ErrInterrupted
		}
		if err != nil {
			t.reset()
			t.say("")
			return "", err
		}
		if utf8.RuneCountInString(line) < maxLine {
			return line, nil
		}
		t.say("the line is too long to be typed here; put it into a file")
	}
}

// say writes a line.
func (t *terminal) say(text string) { io.WriteString(t, text+"\n") }

// A keyboard gives the editor one octet at a time, so that no input is lost
// when the editor is replaced. It gives Enter for Ctrl-C, so that the editor returns
// the line; its last octet tells them apart.
type keyboard struct {
	io.Writer
	r          *bufio.Reader
	typed      func() // called before the editor gets a key
	last       byte
	inSequence bool // after Esc, until the octet that ends its sequence
}

func (k *keyboard) Read(p []byte) (int, error) {
	b, err := k.r.ReadByte()
	if err == nil && b == '\n' && k.last == '\r' { // in pasted text
		b, err = k.r.ReadByte()
	}
	if err == io.EOF { // the terminal was closed, which ends no text
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return 0, err
	}
	k.typed()
	if b < ' ' && k.inSequence {
		// The editor would take it for a part of the sequence. To the editor, ~
		// is the end of an unknown key.
		k.r.UnreadByte()
		b = '~'
	}
	if b == keyEscape {
		b = k.escape()
	}
	k.inSequence = b == keyEscape || k.inSequence && !endsSequence(b)
	k.last, p[0] = b, b
	if b == keyInterrupt {
		p[0] = '\r'
	}
	return 1, nil
}

// endsSequence reports whether the editor takes b for the end of a sequence.
func endsSequence(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '~'
}

// escape returns the key for an escape sequence that the editor does not know:
// Home and End of some terminals. It returns keyEscape for any other. A
// terminal sends the whole sequence at once.
func (k *keyboard) escape() byte {
	next, _ := k.r.Peek(min(k.r.Buffered(), len("[1~")))
	for _, key := range []struct {
		sequence string
		octet    byte
	}{
		{"[1~", keyStart}, {"[7~", keyStart}, {"OH", keyStart},
		{"[4~", keyEnd}, {"[8~", keyEnd}, {"OF", keyEnd},
	} {
		if bytes.HasPrefix(next, []byte(key.sequence)) {
			k.r.Discard(len(key.sequence))
			return key.octet
		}
	}
	return keyEscape
}

// A history is the answer that the Up key brings back: the last one, if it was
// refused.
type history string

func (h *history) Add(string)    {}
func (h *history) At(int) string { return string(*h) }

func (h *history) Len() int {
	if *h == "" {
		return 0
	}
	return 1
}
