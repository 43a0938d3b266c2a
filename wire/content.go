package wire

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"mailpipe/internal/octets"
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
	lone, dots, err := w.judge(p)
	if w.size += int64(len(p) + lone); err == nil && w.limit > 0 && w.size > w.limit {
		err = w.tooBig()
	}
	if err != nil {
		w.bad = err
		return err
	}
	switch same := lone == 0 && !(dots && w.stuff); {
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

// judge counts the LF that have no CR before them, looks for dots that begin a
// line, and refuses what no server must see: a CR without LF and NUL.
func (w *contentWriter) judge(p []byte) (lone int, dots bool, err error) {
	total := octets.Count(p)
	ends, pairs, dots := w.walk(p, octets.LongRun)
	if ends != total.LF { // shorter lines were among those of a long run
		ends, pairs, dots = w.walk(p, math.MaxInt)
	}
	lone = ends - pairs
	if w.last == '\r' && p[0] == '\n' {
		lone-- // its CR went before
	}
	if p[len(p)-1] == '\r' { // its LF may follow
		total.CR--
	}
	switch {
	case total.CR != pairs, w.last == '\r' && p[0] != '\n':
		err = errBareCR
	case total.NUL:
		err = errNUL
	case w.sevenly && total.High:
		err = fmt.Errorf("an octet over 127 in the content and %w", ErrEightBit)
	}
	return lone, dots, err
}

// walk counts the line ends of p and those of them that are CR and LF, both in
// p. A run of even lines that has sure octets or more is not looked into.
func (w *contentWriter) walk(p []byte, sure int) (ends, pairs int, dots bool) {
	dots = w.last == '\n' && p[0] == '.'
	for i, uneven := 0, 0; i < len(p); {
		n := bytes.IndexByte(p[i:], '\n') + 1
		if n == 0 {
			break
		}
		lines := 1
		if n > 1 && i >= uneven { // of an empty line, the CR may be in the block before
			lines, uneven = octets.Run(p[i:], n, [2]byte{'.', '.'}, sure)
			uneven += i
		}
		ends += lines
		if n > 1 && p[i+n-2] == '\r' {
			pairs += lines
		}
		if i += lines * n; i < len(p) && p[i] == '.' {
			dots = true
		}
	}
	return ends, pairs, dots
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
