package inspect

import "io"

// A tap passes lines on to a writer, except the last line ending, which may belong to
// the delimiter that follows (RFC 2046 §5.1.1).
type tap struct {
	w   io.Writer
	eol []byte // of the last line
}

// newTap returns a tap for a writer, or nil.
func newTap(w io.Writer) *tap {
	if w == nil {
		return nil
	}
	return &tap{w: w}
}

// write passes a line on, or a piece of one. isInside reports whether what follows
// cannot be a delimiter.
func (t *tap) write(line []byte, isInside bool) error {
	if err := t.flush(); err != nil {
		return err
	}
	text := line
	if !isInside {
		text = withoutEOL(line)
	}
	t.eol = append(t.eol, line[len(text):]...)
	if len(text) == 0 {
		return nil
	}
	_, err := t.w.Write(text)
	return err
}

func (t *tap) flush() error {
	if len(t.eol) == 0 {
		return nil
	}
	_, err := t.w.Write(t.eol)
	t.eol = t.eol[:0]
	return err
}

// close ends the content. isEnd reports whether the mail ends here.
func (t *tap) close(isEnd bool) error {
	if isEnd {
		return t.flush()
	}
	return nil
}
