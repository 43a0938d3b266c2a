package repair

import (
	"io"

	"mailpipe/internal/charset"
	"mailpipe/internal/transfer"
)

// A content is what is between a header and the next delimiter, or the end: where it
// is in the input, and what decides how it is encoded.
type content struct {
	from, to int64
	transfer.Measure
	utf8 charset.Mixed
}

// Write adds octets to the content.
func (c *content) Write(p []byte) (int, error) {
	if c.isUTF8() { // so far
		c.utf8.Decode(p, false)
	}
	return c.Measure.Write(p)
}

// End ends the content.
func (c *content) End() {
	c.utf8.Decode(nil, true)
	c.Measure.End()
}

// isUTF8 reports whether all octets are UTF-8.
func (c *content) isUTF8() bool { return c.utf8.Invalid() == 0 }

// scan reads the content that comes next. The line ending before a delimiter belongs
// to the delimiter.
func (w *walker) scan() *content {
	c := &content{from: w.in.pos}
	eol := 0
	for {
		line := w.in.line()
		if len(line) == 0 || !w.in.inLine && w.isDelimiter(line) {
			break
		}
		block := w.in.block()
		c.Write(block)
		eol = len(block) - len(withoutEOL(block))
		w.in.skip(len(block))
	}
	c.End()
	c.to = w.in.pos
	if len(w.in.line()) > 0 { // at a delimiter
		c.to -= int64(eol)
	}
	return c
}

// encode writes content in an encoding.
func (w *walker) encode(encoding string, hasLines bool, content io.Reader) error {
	enc := transfer.NewEncoder(encoding, w.out, transfer.Options{EOL: "\r\n", Lines: hasLines, Dashes: true})
	w.unended = true
	_, err := io.CopyBuffer(struct{ io.Writer }{enc}, content, w.block)
	if err != nil {
		return err
	}
	return enc.Close()
}

// copy writes content with CRLF as line endings.
func (w *walker) copy(c *content) error {
	w.unended = w.in.pos > c.from
	_, err := io.CopyBuffer(&transfer.LineWriter{Out: w.out}, w.in.section(c.from, c.to), w.block)
	return err
}
