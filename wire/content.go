package wire

import (
	"bytes"
	"errors"
	"fmt"

	"mailpipe/internal/ascii"
	"mailpipe/internal/linefeed"
)

// Sizes in octets.
const (
	bufferSize       = 64 << 10  // what is kept for the next write, so that a small message and its dot are one write
	directSize       = 32 << 10  // a block of at least this size that needs no change is written without a copy
	blockSize        = 512 << 10 // what is checked at once
	octetsPerTimeout = 256 << 10 // the server must read this much within one timeout (RFC 5321 §4.5.3.2.5)
)

var (
	errBareCR = errors.New("bare CR in the content")
	errNUL    = errors.New("NUL in the content")
	errEmpty  = errors.New("empty content")
)

var (
	dot  = []byte(".")
	cr   = []byte("\r")
	lf   = []byte("\n")
	crlf = []byte("\r\n")
)

// A contentWriter converts content for SMTP: every line ends with CRLF, and for
// DATA a dot at the beginning of a line is doubled (RFC 5321 §4.5.2). It checks
// each block before it writes any of it, so nothing that it rejects reaches the
// server.
type contentWriter struct {
	out          func([]byte) error
	stuff        bool  // double the dots
	sizeLimit    int64 // of the server, in octets; 0 means none
	sevenBitOnly bool  // reject octets over 127

	ends       []int  // of the lines of the block that is written
	buf        []byte // not written yet
	last       byte   // the octet before the next block; '\n' at the beginning of a line
	size       int64  // octets so far, with CRLF and without doubled dots (RFC 1870 §5)
	contentErr error  // what is wrong with the content
	writeErr   error  // why it could not be written
}

func newContentWriter(out func([]byte) error) *contentWriter {
	return &contentWriter{out: out, last: '\n', buf: make([]byte, 0, bufferSize)}
}

// err returns the first error. It is permanent.
func (w *contentWriter) err() error {
	if w.contentErr != nil {
		return w.contentErr
	}
	return w.writeErr
}

// Write implements io.Writer.
func (w *contentWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		block := p[:min(len(p), blockSize)]
		if err := w.writeBlock(block); err != nil {
			return n, err
		}
		n += len(block)
		p = p[len(block):]
	}
	return n, w.err()
}

func (w *contentWriter) writeBlock(p []byte) error {
	if err := w.err(); err != nil {
		return err
	}
	w.ends = linefeed.AppendOffsets(w.ends[:0], p)
	bareLFs, dots, err := w.check(p)
	if err == nil {
		err = w.count(len(p) + bareLFs)
	}
	if err != nil {
		w.contentErr = err
		return err
	}
	unchanged := bareLFs == 0 && !(dots && w.stuff)
	switch {
	case !unchanged:
		w.convert(p)
	case len(p) >= directSize:
		w.flush()
		w.output(p)
	default:
		w.add(p)
	}
	w.last = p[len(p)-1]
	return w.writeErr
}

// count adds n octets to the size.
func (w *contentWriter) count(n int) error {
	w.size += int64(n)
	if w.sizeLimit > 0 && w.size > w.sizeLimit {
		return fmt.Errorf("%w: over the limit of %d octets", ErrTooBig, w.sizeLimit)
	}
	return nil
}

// check counts the LFs of p that have no CR before them, and reports whether a
// line of p begins with a dot. It returns an error for what no server may be
// sent: a CR without LF, a NUL, and octets over 127 if the server does not offer
// 8BITMIME. The result does not depend on how the content is split into blocks.
func (w *contentWriter) check(p []byte) (bareLFs int, dots bool, err error) {
	crlfs := 0
	dots = w.last == '\n' && p[0] == '.'
	for _, end := range w.ends {
		if w.before(p, end) == '\r' {
			crlfs++
		}
		if next := end + 1; next < len(p) && p[next] == '.' {
			dots = true
		}
	}
	crs := bytes.Count(p, cr)
	if w.last == '\r' { // the CR of the block before counts here
		crs++
	}
	if p[len(p)-1] == '\r' { // its LF may be in the next block
		crs--
	}
	switch {
	case crs != crlfs:
		err = errBareCR
	case bytes.IndexByte(p, 0) >= 0:
		err = errNUL
	case w.sevenBitOnly && !ascii.Only(p):
		err = fmt.Errorf("octet over 127 in the content: %w", ErrEightBit)
	}
	return len(w.ends) - crlfs, dots, err
}

// before returns the octet before p[at].
func (w *contentWriter) before(p []byte, at int) byte {
	if at == 0 {
		return w.last
	}
	return p[at-1]
}

// convert adds p to the buffer line by line, with the CRs and dots that are
// missing.
func (w *contentWriter) convert(p []byte) {
	start := 0
	for _, end := range w.ends {
		w.addDot(p, start)
		line := p[start:end]
		switch {
		case w.before(p, end) == '\r':
			w.add(p[start : end+1])
		case len(w.buf)+len(line)+len(crlf) <= cap(w.buf): // as add does, but without a call
			w.buf = append(append(w.buf, line...), crlf...)
		default:
			w.add(line)
			w.add(crlf)
		}
		start = end + 1
	}
	w.addDot(p, start)
	w.add(p[start:])
}

// addDot adds the dot that is missing before p[at].
func (w *contentWriter) addDot(p []byte, at int) {
	if w.stuff && at < len(p) && p[at] == '.' && w.before(p, at) == '\n' {
		w.add(dot)
	}
}

// add appends p to the buffer, and writes the buffer each time it is full.
func (w *contentWriter) add(p []byte) {
	for {
		room := cap(w.buf) - len(w.buf)
		if len(p) <= room {
			w.buf = append(w.buf, p...)
			return
		}
		w.buf = append(w.buf, p[:room]...)
		p = p[room:]
		w.flush()
	}
}

// flush writes the buffer.
func (w *contentWriter) flush() {
	if len(w.buf) > 0 {
		w.output(w.buf)
		w.buf = w.buf[:0]
	}
}

// output writes p, unless an earlier write failed.
func (w *contentWriter) output(p []byte) {
	if w.writeErr == nil {
		w.writeErr = w.out(p)
	}
}

// end checks the content as a whole, and returns what is still to be written
// before the end of data. The last line always has a line ending. It does not
// write itself, because a chunk must not be written before the reply to the one
// before it.
func (w *contentWriter) end() ([]byte, error) {
	if err := w.err(); err != nil {
		return nil, err
	}
	switch {
	case w.size == 0:
		w.contentErr = errEmpty
	case w.last == '\r':
		w.contentErr = errBareCR
	case w.last != '\n':
		w.buf = append(w.buf, crlf...)
		w.last = '\n'
		w.contentErr = w.count(len(crlf))
	}
	return w.buf, w.contentErr
}
