package submit

import (
	"bufio"
	"io"
)

// A dotReader reads the content of a mail up to the final dot, which is a line of
// its own (RFC 5321 §4.5.2). The dot before a line that begins with one is removed.
// Lines end with CRLF. If the client ends its commands with a bare LF, as programs on
// Unix do, lines end with LF; in the content of another client, a bare LF ends no
// line, so that nothing in a mail that it passes on can end the mail.
type dotReader struct {
	r      *bufio.Reader
	lf     bool   // lines end with LF
	inside bool   // the next octet continues a line
	last   byte   // of what was read before
	rest   []byte // read from r and not yet returned
	size   int64  // octets returned
	err    error

	trace func([]byte) // gets what was read, except the final dot; may be nil
	note  func(string) // gets noteLF once, if bare LFs keep the mail from ending; may be nil
}

// noteLF helps those who write their first client, which waits for a reply.
const noteLF = "the client ends lines with LF; the end of data is CR LF . CR LF"

func (d *dotReader) Read(p []byte) (int, error) {
	for len(d.rest) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.next()
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	d.size += int64(n)
	return n, nil
}

// next reads up to the next LF, or a part of that.
func (d *dotReader) next() {
	line, err := d.r.ReadSlice('\n')
	if d.note != nil && d.meansEnd(string(line)) {
		d.note(noteLF)
		d.note = nil
	}
	isDot := !d.inside && len(line) > 0 && line[0] == '.'
	if isDot && (string(line) == ".\r\n" || d.lf && string(line) == ".\n") {
		d.err = io.EOF
		return
	}
	if d.trace != nil {
		d.trace(line)
	}
	if isDot {
		d.last, line = '.', line[1:]
	}
	if n := len(line); n > 0 {
		d.inside = !d.endsLine(line)
		d.last = line[n-1]
	}
	if err != nil && err != bufio.ErrBufferFull {
		d.err = io.ErrUnexpectedEOF
	}
	d.rest = line
}

// meansEnd reports whether a line would end the content if LF ended lines.
func (d *dotReader) meansEnd(line string) bool {
	begins := d.last == '\n' || d.last == 0
	return begins && !d.lf && (line == ".\n" || line == ".\r\n" && d.inside)
}

// endsLine reports whether a line ends with p, which follows last.
func (d *dotReader) endsLine(p []byte) bool {
	n := len(p)
	before := d.last
	if n > 1 {
		before = p[n-2]
	}
	return p[n-1] == '\n' && (d.lf || before == '\r')
}
