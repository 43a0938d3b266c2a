package wire

import (
	"bytes"
	"errors"
	"fmt"

	"mailpipe/internal/ascii"
)

const (
	heldContent   = 64 << 10  // what waits for the next write, so that a small mail and its dot are one
	directContent = 32 << 10  // from here on a block that needs no change is written as it is
	maxBlock      = 1 << 20   // what is judged at once
	maxPiece      = 256 << 10 // what the server has one wait for
)

// What a message may need that this server does not give: in its error, for errors.Is.
var (
	ErrTooBig   = errors.New("the message is too big for the server")
	ErrEightBit = errors.New("the server does not offer 8BITMIME")
)

var (
	errBareCR = errors.New("a CR without LF in the content")
	errNUL    = errors.New("a NUL in the content")
	errEmpty  = errors.New("the content is empty")
)

// contentWriter turns content into lines that end with CRLF and, for DATA, dots
// at their beginning doubled (RFC 5321 §4.5.2). It judges each block before an
// octet of it goes out, so nothing it refuses reaches a server. A block that
// needs no change is written from the caller's memory.
type contentWriter struct {
	out     func([]byte) error
	stuff   bool  // double the dots
	limit   int64 // of the size; 0: none
	sevenly bool  // an octet over 127 is an error

	held []byte // not yet written
	last byte   // the octet before; a line begins after '\n'
	size int64  // with CRLF, without stuffing (RFC 1870 §3)
	bad  error  // what is wrong with the content
	lost error  // why it could not be written
}

func newContentWriter(out func([]byte) error) *contentWriter {
	return &contentWriter{out: out, last: '\n', held: make([]byte, 0, heldContent)}
}

// Write implements io.Writer. After an error every call returns it.
func (w *contentWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		block := p[:min(len(p), maxBlock)]
		if err := w.block(block); err != nil {
			return n, err
		}
		n += len(block)
		p = p[len(block):]
	}
	return n, w.err()
}

func (w *contentWriter) err() error {
	if w.bad != nil {
		return w.bad
	}
	return w.lost
}

func (w *contentWriter) block(p []byte) error {
	if err := w.err(); err != nil {
		return err
	}
	missing, dots, err := w.judge(p)
	if w.size += int64(len(p) + missing); err == nil && w.limit > 0 && w.size > w.limit {
		err = w.tooBig()
	}
	if err != nil {
		w.bad = err
		return err
	}
	switch same := missing == 0 && !(dots && w.stuff); {
	case same && len(p) >= directContent:
		if w.flush(); w.lost == nil {
			w.lost = w.out(p)
		}
	case same:
		w.hold(p)
	default:
		w.rewrite(p)
	}
	w.last = p[len(p)-1]
	return w.lost
}

func (w *contentWriter) tooBig() error {
	return fmt.Errorf("%w: it passed the %d octets that are the limit", ErrTooBig, w.limit)
}

// judge counts the line feeds of p that lack a CR, reports whether a line of p
// begins with a dot, and refuses what no server may be sent: a CR without LF,
// a NUL, and octets over 127 if the server has no 8BITMIME. It looks at the last
// octet of the block before, so that the result is the same for any split.
func (w *contentWriter) judge(p []byte) (missing int, dots bool, err error) {
	crlf := bytes.Count(p, crlf)
	if w.last == '\r' && p[0] == '\n' {
		crlf++
	}
	returns := bytes.Count(p, []byte{'\r'})
	if w.last == '\r' {
		returns++
	}
	if p[len(p)-1] == '\r' {
		returns-- // its LF may follow in the next block
	}
	dots = bytes.Contains(p, []byte("\n.")) || w.last == '\n' && p[0] == '.'
	switch {
	case returns != crlf:
		err = errBareCR
	case bytes.IndexByte(p, 0) >= 0:
		err = errNUL
	case w.sevenly && !ascii.Only(p):
		err = fmt.Errorf("an octet over 127 in the content and %w", ErrEightBit)
	}
	return bytes.Count(p, []byte{'\n'}) - crlf, dots, err
}

// rewrite holds p line by line, with the CR and the dots that are missing.
func (w *contentWriter) rewrite(p []byte) {
	last := w.last
	for len(p) > 0 && w.lost == nil {
		if w.stuff && last == '\n' && p[0] == '.' {
			w.hold(dot)
		}
		n := bytes.IndexByte(p, '\n')
		if n < 0 {
			w.hold(p)
			return
		}
		if n > 0 {
			last = p[n-1]
		}
		if last == '\r' {
			w.hold(p[:n+1])
		} else {
			w.hold(p[:n])
			w.hold(crlf)
		}
		last = '\n'
		p = p[n+1:]
	}
}

var (
	dot  = []byte(".")
	crlf = []byte("\r\n")
)

// hold keeps p for the next write, which comes when there is no room.
func (w *contentWriter) hold(p []byte) {
	for len(p) > cap(w.held)-len(w.held) {
		n := cap(w.held) - len(w.held)
		w.held = append(w.held, p[:n]...)
		p = p[n:]
		if w.flush(); w.lost != nil {
			return
		}
	}
	w.held = append(w.held, p...)
}

func (w *contentWriter) flush() {
	if len(w.held) > 0 && w.lost == nil {
		w.lost = w.out(w.held)
		w.held = w.held[:0]
	}
}

// end judges the content as a whole and gives what is still to be written
// before the end of data: its last line has an end in any case. It writes
// nothing itself, since a chunk may wait for the reply to the one before.
func (w *contentWriter) end() ([]byte, error) {
	switch {
	case w.err() != nil:
		return nil, w.err()
	case w.size == 0:
		w.bad = errEmpty
	case w.last == '\r':
		w.bad = errBareCR
	case w.last != '\n':
		w.held = append(w.held, crlf...)
		w.last = '\n'
		if w.size += 2; w.limit > 0 && w.size > w.limit {
			w.bad = w.tooBig()
		}
	}
	return w.held, w.err()
}
