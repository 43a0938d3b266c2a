package compose

import (
	"bytes"

	"github.com/segmentio/asm/base64"
)

const (
	rowColumns = 76                 // length of a full line, its line ending not counted (RFC 2045 §6.8)
	rowOctets  = rowColumns / 4 * 3 // octets that one line carries
	groupRows  = 448                // encoded at once: with their ends they fit into outputMin
)

// base64Encoder encodes in groups of lines and copies them apart, which is far
// faster than line by line. Its last line has no end: that belongs to the boundary.
type base64Encoder struct {
	out     *output
	eol     string
	begun   bool
	row     [rowOctets]byte
	n       int // octets waiting in row
	scratch []byte
}

func (e *base64Encoder) Write(p []byte) error {
	if e.n > 0 {
		n := copy(e.row[e.n:], p)
		e.n += n
		p = p[n:]
		if e.n < rowOctets {
			return e.out.err
		}
		e.flushRow()
	}
	if !e.begun && len(p) >= rowOctets {
		e.n = copy(e.row[:], p)
		p = p[e.n:]
		e.flushRow()
	}
	for rows := len(p) / rowOctets; rows > 0; {
		group := min(rows, groupRows)
		e.encodeRows(p[:group*rowOctets], group)
		p = p[group*rowOctets:]
		rows -= group
	}
	e.n = copy(e.row[:], p)
	return e.out.err
}

// encodeRows writes full lines, each after the end of the one before.
func (e *base64Encoder) encodeRows(p []byte, rows int) {
	if e.scratch == nil {
		e.scratch = make([]byte, groupRows*rowColumns)
	}
	src := e.scratch[:rows*rowColumns]
	base64.StdEncoding.Encode(src, p)
	width := len(e.eol) + rowColumns
	dst := e.out.room(rows * width)
	for ; len(src) > 0; src, dst = src[rowColumns:], dst[width:] {
		n := copy(dst, e.eol)
		copy(dst[n:], src[:rowColumns])
	}
}

// flushRow writes the line that waits in row.
func (e *base64Encoder) flushRow() {
	if e.begun {
		e.out.writeString(e.eol)
	}
	e.begun = true
	base64.StdEncoding.Encode(e.out.room(base64.StdEncoding.EncodedLen(e.n)), e.row[:e.n])
	e.n = 0
}

func (e *base64Encoder) Close() error {
	if e.n > 0 {
		e.flushRow()
	}
	return e.out.err
}

// base64Size is the length of size octets in base64 with their line ends.
func base64Size(size int64, eol string) int64 {
	if size == 0 {
		return 0
	}
	rows := (size + rowOctets - 1) / rowOctets
	return (size+2)/3*4 + (rows-1)*int64(len(eol))
}

// canonicalBlock is how much text is gathered before it is encoded.
const canonicalBlock = 32 << 10

// canonicalBase64 encodes text, whose lines end with CRLF before they are
// encoded (RFC 2045 §6.8). A bare CR is kept.
type canonicalBase64 struct {
	base64Encoder
	cr  bool // the last octet was CR
	buf []byte
}

func (e *canonicalBase64) Write(p []byte) error {
	for len(p) > 0 {
		n := bytes.IndexByte(p, '\n')
		line := p
		if n >= 0 {
			line = p[:n]
		}
		if len(line) > 0 {
			e.cr = line[len(line)-1] == '\r'
			e.buf = append(e.buf, line...)
		}
		p = p[len(line):]
		if n >= 0 {
			if !e.cr {
				e.buf = append(e.buf, '\r')
			}
			e.buf = append(e.buf, '\n')
			e.cr = false
			p = p[1:]
		}
		if len(e.buf) >= canonicalBlock {
			e.pass()
		}
	}
	return e.pass()
}

// pass hands on what was gathered, so that lines are not encoded one by one.
func (e *canonicalBase64) pass() error {
	err := e.base64Encoder.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}
