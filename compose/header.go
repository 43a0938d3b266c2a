package compose

const (
	foldColumns = 76  // of a line: RFC 5322 §2.1.1 allows 78, RFC 2047 §2 76 with an encoded word
	tokenLimit  = 900 // octets of what cannot be folded, so that its line stays below 998
	spaceLimit  = 40  // spaces in a row: some readers end a header at a line of spaces only
)

// A headerWriter writes header fields to buf: in ASCII, folded, and without
// anything that could begin another field.
type headerWriter struct {
	buf  []byte
	eol  string
	line int // offset in buf of the line that is being written
	name int // length of the field name with its colon, if the line begins with it
	tail int // columns to leave free for what is appended to a piece
}

// begin begins a field.
func (h *headerWriter) begin(name string) {
	h.line = len(h.buf)
	h.buf = append(append(h.buf, name...), ':')
	h.name = len(name) + 1
}

// end ends a field.
func (h *headerWriter) end() { h.buf = append(h.buf, h.eol...) }

// column returns the length of the line so far.
func (h *headerWriter) column() int { return len(h.buf) - h.line }

// afterName reports whether the line contains only the field name.
func (h *headerWriter) afterName() bool { return h.name > 0 && h.column() == h.name }

// fold begins a continuation line. What follows must begin with a space.
func (h *headerWriter) fold() {
	h.buf = append(h.buf, h.eol...)
	h.line = len(h.buf)
	h.name = 0
}

// put writes a piece that cannot be folded, with the spaces before it. If it is
// too long for this line, it goes on the next one.
func (h *headerWriter) put(piece string) {
	limit := foldColumns - h.tail
	isTooLong := h.column()+len(piece) > limit
	fitsAlone := len(piece) <= limit
	if isTooLong && h.column() > 0 && (fitsAlone || !h.afterName()) {
		h.fold()
	}
	h.buf = append(h.buf, piece...)
}

// add writes a field whose value cannot be folded. It must be ASCII and checked.
func (h *headerWriter) add(name, value string) {
	h.begin(name)
	h.put(" " + value)
	h.end()
}
