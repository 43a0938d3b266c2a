package compose

import (
	"strings"

	"mailpipe/internal/ascii"
)

const (
	foldColumns = 76  // of a header line: RFC 5322 §2.1.1 allows 78, RFC 2047 §2 76 with an encoded word
	tokenLimit  = 900 // of what cannot be folded, so that its line keeps under 998
	blankLimit  = 40  // of blanks in a row: a line of nothing but blanks would end a header for some
)

// header builds header fields: ASCII, folded, nothing in them that could begin
// another field.
type header struct {
	buf  []byte
	eol  string
	line int // where the line that is being written begins
	name int // length of the field's name with its colon, while nothing follows it
	tail int // columns to leave free for what is appended to a piece
}

func (h *header) begin(name string) {
	h.line = len(h.buf)
	h.buf = append(append(h.buf, name...), ':')
	h.name = len(name) + 1
}

func (h *header) end() { h.buf = append(h.buf, h.eol...) }

func (h *header) col() int { return len(h.buf) - h.line }

// bare reports whether the line holds the name of the field only.
func (h *header) bare() bool { return h.col() == h.name && h.name > 0 }

// fold begins a continuation line, whose first blank comes with what follows.
func (h *header) fold() {
	h.buf = append(h.buf, h.eol...)
	h.line = len(h.buf)
	h.name = 0
}

// put writes a piece that cannot be cut, after the blanks that part it from
// the one before, on the next line when it is too long for this one.
func (h *header) put(blanks, piece string) {
	limit := foldColumns - h.tail
	if col := h.col(); col > 0 && col+len(blanks)+len(piece) > limit && (!h.bare() || len(blanks)+len(piece) <= limit) {
		h.fold()
	}
	h.buf = append(append(h.buf, blanks...), piece...)
}

// add writes a whole field of tokens that are ASCII and checked.
func (h *header) add(name string, pieces ...string) {
	h.begin(name)
	for _, piece := range pieces {
		h.put(" ", piece)
	}
	h.end()
}

// text writes an unstructured field (RFC 5322 §3.2.5): words that are ASCII as
// they are, the others as encoded words.
func (h *header) text(name, value string, wordLimit int) {
	h.begin(name)
	h.words(value, wordLimit)
	h.end()
}

// words writes text with as few encoded words as it needs. Blanks between two
// encoded words are lost to readers (RFC 2047 §6.2): they go into them.
func (h *header) words(s string, wordLimit int) {
	if s == "" {
		return
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' || strings.Contains(s, strings.Repeat(" ", blankLimit)) {
		h.encoded(s)
		return
	}
	blanks := " "
	for s != "" {
		n := wordEnd(s)
		if !needsEncoding(s[:n], wordLimit) {
			h.put(blanks, s[:n])
			blanks, s = cutBlanks(s[n:])
			continue
		}
		for {
			next := n + blankEnd(s[n:])
			end := next + wordEnd(s[next:])
			if end == next || !needsEncoding(s[next:end], wordLimit) {
				break
			}
			n = end
		}
		h.encoded(blanks[1:] + s[:n])
		blanks, s = cutBlanks(s[n:])
	}
}

func wordEnd(s string) int {
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return i
	}
	return len(s)
}

func blankEnd(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

func cutBlanks(s string) (blanks, rest string) {
	n := blankEnd(s)
	return s[:n], s[n:]
}

// needsEncoding tells the words that readers would not show as they are.
func needsEncoding(word string, limit int) bool {
	return len(word) > limit || strings.Contains(word, "=?") || !ascii.OnlyString(word)
}
