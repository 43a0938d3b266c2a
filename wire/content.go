package wire

import (
	"errors"
	"fmt"
	"slices"

	"mailpipe/internal/ascii"
	"mailpipe/internal/linefeed"
)

// Sizes in octets.
const (
	bufferSize       = 256 << 10 // what is kept for the next write, so that a small message and its dot are one write
	directSize       = 32 << 10  // a block of at least this size that needs no change is written without a copy
	blockSize        = 512 << 10 // what is checked at once
	octetsPerTimeout = 256 << 10 // the server must read this much within one timeout (RFC 5321 §4.5.3.2.5)
)

var errEmpty = errors.New("empty content")

var (
	dot  = []byte(".")
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

	ends       []int  // of the lines of the block that Write writes
	buf        []byte // not written yet
	last       byte   // the octet before the next block; '\n' at the beginning of a line
	size       int64  // octets so far, with CRLF and without doubled dots (RFC 1870 §5)
	contentErr error  // what is wrong with the content
	writeErr   error  // why it could not be written
}

func newContentWriter(out func([]byte) error) *contentWriter {
	return &contentWriter{out: out, last: '\n'}
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
	for piece := range slices.Chunk(p, blockSize) {
		if err := w.err(); err != nil {
			return n, err
		}
		var block linefeed.Block
		block, w.contentErr = linefeed.Scan(piece, w.last, w.ends)
		w.ends = block.Ends
		if err := w.WriteBlock(block); err != nil {
			return n, err
		}
		n += len(piece)
	}
	return n, w.err()
}

// WriteBlock implements linefeed.BlockWriter.
func (w *contentWriter) WriteBlock(b linefeed.Block) error {
	if err := w.err(); err != nil || len(b.Text) == 0 {
		return err
	}
	if b.Last != w.last { // it was checked after other content than this
		_, err := w.Write(b.Text)
		return err
	}
	w.contentErr = w.count(len(b.Text) + b.BareLFs)
	if w.sevenBitOnly && !ascii.Only(b.Text) {
		w.contentErr = fmt.Errorf("octet over 127 in the content: %w", ErrEightBit)
	}
	if w.contentErr != nil {
		return w.contentErr
	}
	switch {
	case b.BareLFs > 0 || b.Dots && w.stuff:
		w.convert(b)
	case len(b.Text) >= directSize:
		w.flush()
		w.output(b.Text)
	default:
		w.add(b.Text)
	}
	w.last = b.Text[len(b.Text)-1]
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

// convert adds b to the buffer line by line, with the CRs and dots that are
// missing.
func (w *contentWriter) convert(b linefeed.Block) {
	dots := w.stuff && b.Dots
	added := len("\r\n") // to a line, at most
	if dots {
		added = len(".\r\n")
	}
	buf, start := w.buf, 0 // faster than w.buf in the loop
	for _, end := range b.Ends {
		if len(buf)+end-start+added > bufferSize {
			w.buf = buf
			w.flush()
			buf = w.buf
		}
		if dots && b.HasDot(start) {
			buf = append(buf, '.')
		}
		buf = append(buf, b.Text[start:end]...)
		if b.Before(end) != '\r' {
			buf = append(buf, '\r')
		}
		buf = append(buf, '\n')
		start = end + 1
	}
	w.buf = buf
	if dots && b.HasDot(start) {
		w.add(dot)
	}
	w.add(b.Text[start:])
}

// add appends p to the buffer, and before that writes the buffer if p does not fit.
func (w *contentWriter) add(p []byte) {
	if len(w.buf)+len(p) > bufferSize {
		w.flush()
	}
	w.buf = append(w.buf, p...)
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
		w.contentErr = linefeed.ErrBareCR
	case w.last != '\n':
		w.buf = append(w.buf, crlf...)
		w.last = '\n'
		w.contentErr = w.count(len(crlf))
	}
	return w.buf, w.contentErr
}
