// Package header writes the fields of a header: folded (RFC 5322 §2.2.3), and in
// ASCII by encoded words (RFC 2047) and parameters in the form of RFC 2231.
package header

import "io"

// Limits of a line.
const (
	FoldColumns = 76  // RFC 5322 §2.1.1 allows 78, RFC 2047 §2 76 with an encoded word
	TokenLimit  = 900 // octets of what cannot be folded, so that its line stays below 998
	spaceLimit  = 40  // spaces in a row: some readers end a header at a line of spaces only
)

// A Writer collects header fields: in ASCII, folded, and without anything that
// could begin another field.
type Writer struct {
	EOL  string    // the line ending
	Tail int       // columns to leave free for what is appended to a piece
	Out  io.Writer // if not nil, gets each line when it is complete; its errors are ignored

	buf  []byte
	line int // offset in buf of the line that is being written
	name int // length of the field name with its colon, if the line begins with it
}

// String returns the fields.
func (h *Writer) String() string { return string(h.buf) }

// Len returns the length of the fields in octets.
func (h *Writer) Len() int { return len(h.buf) }

// Begin begins a field.
func (h *Writer) Begin(name string) {
	h.line = len(h.buf)
	h.buf = append(append(h.buf, name...), ':')
	h.name = len(name) + 1
}

// End ends a field.
func (h *Writer) End() { h.fold() }

// column returns the length of the line so far.
func (h *Writer) column() int { return len(h.buf) - h.line }

// afterName reports whether the line contains only the field name.
func (h *Writer) afterName() bool { return h.name > 0 && h.column() == h.name }

// fold begins a continuation line. What follows must begin with a space.
func (h *Writer) fold() {
	h.buf = append(h.buf, h.EOL...)
	if h.Out != nil {
		h.Out.Write(h.buf)
		h.buf = h.buf[:0]
	}
	h.line = len(h.buf)
	h.name = 0
}

// Put writes a piece that cannot be folded, with the spaces before it. If it is
// too long for this line, it goes on the next one.
func (h *Writer) Put(piece string) {
	limit := FoldColumns - h.Tail
	isTooLong := h.column()+len(piece) > limit
	fitsAlone := len(piece) <= limit
	if isTooLong && h.column() > 0 && (fitsAlone || !h.afterName()) {
		h.fold()
	}
	h.buf = append(h.buf, piece...)
}

// Add writes a field whose value cannot be folded. It must be ASCII and checked.
func (h *Writer) Add(name, value string) {
	h.Begin(name)
	h.Put(" " + value)
	h.End()
}
