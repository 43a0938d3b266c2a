package prompt

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/term"
)

// What keys send in raw mode.
const (
	keyStart     = 1 // Ctrl-A
	keyInterrupt = 3 // Ctrl-C
	keyEnd       = 5 // Ctrl-E
	keyEscape    = 27
)

// lineMax is where x/term ends a line without a word.
const lineMax = 4096

// terminal edits lines. A Tab calls complete.
type terminal struct {
	*term.Terminal
	keys     *keyboard
	refused  history
	resize   func(*term.Terminal)
	complete func(t *terminal, line string, pos int) (string, int)
}

func newTerminal(rw io.ReadWriter, resize func(*term.Terminal)) *terminal {
	t := &terminal{keys: &keyboard{r: bufio.NewReader(rw), Writer: rw}, resize: resize}
	t.keys.typed = func() { t.resize(t.Terminal) }
	t.begin()
	return t
}

// begin makes a new editor: one that met Ctrl-D would meet it again for ever.
func (t *terminal) begin() {
	t.Terminal = term.NewTerminal(t.keys, "")
	t.History = &t.refused
	t.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' || t.complete == nil {
			return "", 0, false
		}
		line, pos = t.complete(t, line, pos)
		return line, pos, true
	}
}

// line reads one. Its error is io.EOF after Ctrl-D, ErrInterrupted after Ctrl-C.
func (t *terminal) line(prompt string) (string, error) {
	for {
		t.resize(t.Terminal)
		t.SetPrompt(prompt)
		line, err := t.ReadLine()
		if t.keys.last == keyInterrupt {
			err = ErrInterrupted
		}
		if err != nil {
			t.begin()
			t.say("")
			return "", err
		}
		if utf8.RuneCountInString(line) < lineMax {
			return line, nil
		}
		t.say("that line is too long to be typed here; put it in a file")
	}
}

// say writes a line.
func (t *terminal) say(text string) { io.WriteString(t, text+"\n") }

// keyboard hands the editor one octet at a time, so that none is lost with an
// editor, and the last one tells Ctrl-C from Ctrl-D.
type keyboard struct {
	io.Writer
	r     *bufio.Reader
	typed func() // called before the editor sees a key
	last  byte
}

func (k *keyboard) Read(p []byte) (int, error) {
	b, err := k.r.ReadByte()
	if err == nil && b == '\n' && k.last == '\r' { // of a text that was pasted
		b, err = k.r.ReadByte()
	}
	if err == io.EOF { // a terminal that is gone has ended no text
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return 0, err
	}
	k.typed()
	if b == keyEscape {
		b = k.other(b)
	}
	k.last, p[0] = b, b
	return 1, nil
}

// other is the key that the editor knows for one that some terminals send for
// Home and End. An escape sequence comes whole.
func (k *keyboard) other(escape byte) byte {
	next, _ := k.r.Peek(min(k.r.Buffered(), len("[1~")))
	for _, key := range []struct {
		sequence string
		same     byte
	}{
		{"[1~", keyStart}, {"[7~", keyStart}, {"OH", keyStart}, {"[4~", keyEnd}, {"[8~", keyEnd}, {"OF", keyEnd},
	} {
		if bytes.HasPrefix(next, []byte(key.sequence)) {
			k.r.Discard(len(key.sequence))
			return key.same
		}
	}
	return escape
}

// history is what Up brings back: an answer that was refused, for it to be
// mended. One that was taken is no answer to the next question.
type history string

func (h *history) Add(string)    {}
func (h *history) At(int) string { return string(*h) }

func (h *history) Len() int {
	if *h == "" {
		return 0
	}
	return 1
}
