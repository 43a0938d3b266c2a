package transfer

import (
	"bytes"
	"encoding/base64"
	"slices"

	fast "github.com/segmentio/asm/base64"
)

const (
	rowColumns = 76                 // of a full line without its line ending (RFC 2045 §6.8)
	rowOctets  = rowColumns / 4 * 3 // octets that a full line carries
	groupRows  = 448                // lines encoded at once: they stay in the first-level cache
)

// A base64Encoder writes lines of base64. The last line has no line ending,
// because the line ending before a boundary belongs to the boundary.
type base64Encoder struct {
	out     *Output
	eol     string
	begun   bool            // a line was written
	pending [rowOctets]byte // the beginning of a line
	n       int             // octets in pending
}

func (e *base64Encoder) Write(p []byte) (int, error) {
	size := len(p)
	// A line that began in the last Write is filled up in pending. So is the
	// first line, which alone has no line ending before it.
	if e.n > 0 || !e.begun {
		n := copy(e.pending[e.n:], p)
		e.n += n
		p = p[n:]
		if e.n < rowOctets {
			return size, e.out.err
		}
		e.writePending()
	}
	for len(p) >= rowOctets {
		n := e.writeRows(p)
		p = p[n:]
	}
	e.n = copy(e.pending[:], p)
	return size, e.out.err
}

// writeRows writes full lines, each after a line ending, and returns the number
// of octets of p that they carry.
//
// The fast encoder is fast only if it encodes many lines at once. So it writes
// them without line endings to the end of the room that they need. Then each
// line is moved forward to its place, here with lines of 4 columns and | as the
// line ending:
//
//	...AAAABBBBCCCC
//	|AAAA..BBBBCCCC
//	|AAAA|BBBB.CCCC
//	|AAAA|BBBB|CCCC
func (e *base64Encoder) writeRows(p []byte) int {
	width := len(e.eol) + rowColumns
	e.out.reserve(width)
	start := len(e.out.buf)
	rows := min(len(p)/rowOctets, e.out.free()/width, groupRows)
	e.out.buf = e.out.buf[:start+rows*width]

	to := e.out.buf[start:]
	from := to[rows*len(e.eol):]
	fast.StdEncoding.Encode(from, p[:rows*rowOctets])
	n := len(e.eol)
	for len(from) > 0 {
		to[0], to[n-1] = e.eol[0], '\n' // faster than a copy of one or two octets
		copy(to[n:], from[:rowColumns])
		to, from = to[width:], from[rowColumns:]
	}
	return rows * rowOctets
}

// writePending writes a line of what is pending.
func (e *base64Encoder) writePending() {
	e.out.reserve(len(e.eol) + rowColumns)
	if e.begun {
		e.out.buf = append(e.out.buf, e.eol...)
	}
	e.out.buf = base64.StdEncoding.AppendEncode(e.out.buf, e.pending[:e.n])
	e.begun = true
	e.n = 0
}

func (e *base64Encoder) Close() error {
	if e.n > 0 {
		e.writePending()
	}
	return e.out.err
}

// Base64Size returns the length of size octets in lines of base64.
func Base64Size(size int64, eol string) int64 {
	if size == 0 {
		return 0
	}
	rows := (size + rowOctets - 1) / rowOctets
	return (size+2)/3*4 + (rows-1)*int64(len(eol))
}

// textChunk is the number of octets of a text that are encoded at once.
const textChunk = 32 << 10

// A canonicalBase64 encodes a text in base64. Before that, it converts line
// endings to CRLF (RFC 2045 §6.8). A bare CR is kept.
type canonicalBase64 struct {
	base64Encoder
	lastCR bool   // the last octet was a CR
	buf    []byte // converted text
}

func (e *canonicalBase64) Write(p []byte) (int, error) {
	for chunk := range slices.Chunk(p, textChunk) {
		e.convert(chunk)
		e.base64Encoder.Write(e.buf)
	}
	return len(p), e.out.err
}

// convert fills buf with p in canonical form.
func (e *canonicalBase64) convert(p []byte) {
	e.buf = e.buf[:0]
	for len(p) > 0 {
		line, rest, ended := bytes.Cut(p, []byte("\n"))
		if len(line) > 0 {
			e.buf = append(e.buf, line...)
			e.lastCR = line[len(line)-1] == '\r'
		}
		if ended && !e.lastCR {
			e.buf = append(e.buf, '\r')
		}
		if ended {
			e.buf = append(e.buf, '\n')
			e.lastCR = false
		}
		p = rest
	}
}
