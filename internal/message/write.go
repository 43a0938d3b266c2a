package message

import (
	"bytes"
	"io"

	"mailpipe/internal/ascii"
)

const (
	// blockSize is how much of a stream is judged and written at once.
	blockSize = 480 << 10
	// lineSize has room for a block with CRLF, whose lines are not short.
	lineSize = blockSize + blockSize/16
)

// WriteTo writes the message with CRLF line ends, the last one included,
// without Bcc, Resent-Bcc and Return-Path, with Date and Message-ID. Its error
// says that the message is not whole: an *Error, the reader's or w's. It may
// be called again, but not at the same time, when all was read or Keep was called.
func (m *Message) WriteTo(w io.Writer) (int64, error) {
	written := &counted{w: w}
	err := m.write(&copier{guard: m.start, w: written})
	return written.n, err
}

func (m *Message) write(c *copier) error {
	var r io.Reader
	if m.rest != nil {
		var err error
		if r, err = m.rest.reader(); err != nil {
			return err
		}
	}
	if err := c.write(m.head); err != nil {
		return err
	}
	tail, err := c.block(m.body)
	if err != nil {
		return err
	}
	if r != nil {
		if tail, err = c.stream(r, tail, m.blocks()); err != nil {
			return err
		}
	}
	if m.opt.AllowTruncated && c.end() != nil {
		tail = bytes.TrimSuffix(tail, cr) // the cut went through a line end
	}
	if err := c.finish(tail); err != nil {
		return err
	}
	if m.opt.AllowTruncated {
		return nil
	}
	return c.end()
}

// blocks gives memory for the blocks of the rest: that of the body, once it is
// written, unless it is written again.
func (m *Message) blocks() []byte {
	if p := m.body[:cap(m.body)]; m.rest.kept == nil && len(p) >= 2*blockSize {
		return p
	}
	return make([]byte, 2*blockSize)
}

// survey judges what is there already, and finds out its size and its octets.
func (m *Message) survey() error {
	var t tally
	c := copier{guard: m.start, tally: &t}
	if m.whole {
		if err := m.write(&c); err != nil {
			return err
		}
		m.size, m.sizeKnown = t.n, true
	} else {
		tail, err := c.block(m.body)
		if err != nil {
			return err
		}
		if err := c.partial(tail); err != nil {
			return err
		}
		t.add(len(m.head), !ascii.Only(m.head))
	}
	m.eight = t.eight
	return nil
}

// copier writes lines that were judged, with CRLF.
type copier struct {
	guard
	w     io.Writer
	tally *tally  // what would be written is counted; nil: it is written
	out   buffers // lines whose ends were changed
	lent  bool    // lines were written from where they lie
}

// buffers are for what is written, and for the write before, which may go on.
type buffers [2][]byte

// tally is what a message amounts to.
type tally struct {
	n     int64
	eight bool // an octet over 127 is in it
}

// add counts n octets.
func (t *tally) add(n int, high bool) {
	t.n += int64(n)
	t.eight = t.eight || high
}

func (c *copier) write(p []byte) error {
	if c.tally != nil {
		c.tally.add(len(p), !ascii.Only(p))
		return nil
	}
	n, err := c.w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}

// stream writes what comes from r behind tail, and returns the last line when
// it has no end. One block is written while the next is read and judged, in two
// blocks of memory; tail may lie there.
func (c *copier) stream(r io.Reader, tail, memory []byte) (rest []byte, err error) {
	b := newBehind(c.w)
	w := c.w
	c.w = b
	defer func() {
		c.w = w
		if first := b.close(); first != nil {
			err = first
		}
	}()
	buf, spare := memory[:blockSize], memory[blockSize:2*blockSize]
	for n := copy(buf, tail); ; {
		k, readErr := r.Read(buf[n:])
		c.lent = false
		tail, err := c.block(buf[:n+k])
		if err != nil {
			return nil, err
		}
		if c.lent {
			buf, spare = spare, buf
		}
		n = copy(buf, tail)
		if readErr == io.EOF {
			return buf[:n], nil
		}
		if readErr != nil {
			return nil, readErr
		}
	}
}

// block writes the whole lines of p and returns the rest of it, which is no
// longer than a line may be.
func (c *copier) block(p []byte) (tail []byte, err error) {
	n := bytes.LastIndexByte(p, '\n') + 1
	p, tail = p[:n], p[n:]
	for len(p) > 0 {
		n := len(p)
		if n > blockSize {
			n = bytes.LastIndexByte(p[:blockSize], '\n') + 1
		}
		if n == 0 { // a line of that length
			return nil, c.explain(p)
		}
		if err := c.whole(p[:n]); err != nil {
			return nil, err
		}
		p = p[n:]
	}
	if len(tail) > lineMax {
		err = c.partial(tail)
	}
	return tail, err
}

// whole writes whole lines, at most blockSize octets.
func (c *copier) whole(p []byte) error {
	var dst []byte
	if c.tally == nil && bytes.IndexByte(p, '\r') < 0 { // LF is changed on the way
		dst = c.lineBuffer(len(p))
	}
	out, bare, err := c.lines(dst, p)
	switch {
	case err != nil:
		return err
	case c.tally != nil:
		c.tally.add(len(p)+bare, !ascii.Only(p))
		return nil
	case dst == nil && bare == 0:
		c.lent = true
		return c.write(p)
	case dst == nil: // both kinds of line ends
		out = appendCRLF(c.lineBuffer(len(p)), p)
	}
	c.out[0] = out[:0] // it may have grown
	return c.write(out)
}

// lineBuffer is empty and has room for n octets in lines that are not short.
func (c *copier) lineBuffer(n int) []byte {
	c.out[0], c.out[1] = c.out[1], c.out[0]
	if room := n + n/16; cap(c.out[0]) < room {
		c.out[0] = make([]byte, 0, max(room, 2*cap(c.out[0])))
	}
	return c.out[0]
}

// finish writes a last line that has no end.
func (c *copier) finish(tail []byte) error {
	if len(tail) == 0 {
		return nil
	}
	if err := c.last(tail); err != nil {
		return err
	}
	if err := c.write(tail); err != nil {
		return err
	}
	return c.write([]byte("\r\n"))
}

// appendCRLF appends whole lines to dst.
func appendCRLF(dst, p []byte) []byte {
	for len(p) > 0 {
		n := bytes.IndexByte(p, '\n')
		line := p[:n]
		if n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		dst = append(dst, line...)
		dst = append(dst, '\r', '\n')
		p = p[n+1:]
	}
	return dst
}

// counted counts what is written.
type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
