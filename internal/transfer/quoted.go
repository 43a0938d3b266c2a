package transfer

import (
	"bytes"
	"slices"

	"mailpipe/internal/ascii"
	"mailpipe/internal/linefeed"
)

const qpColumns = 76 // of a line with its soft line break (RFC 2045 §6.7)

// A quotedEncoder writes quoted-printable (RFC 2045 §6.7). LF and CRLF are line
// endings, and a bare CR is encoded. If binary is true, all of them are encoded.
//
// What programs on the way may change is encoded too: whitespace at the end of
// a line, and a dot or `From ` at its beginning.
type quotedEncoder struct {
	out     *Output
	eol     string
	binary  bool
	dashes  bool   // encode the first of two dashes at the beginning of a line
	pending []byte // the end of the input, if it may be less than a line of output
	isPlain bool   // pending has only plain octets and line endings
	ends    []int  // of the lines of pending
}

// maxPending is the most that may still fit in one line of output: 76 octets
// and a CR, which may be half of a line ending.
const maxPending = qpColumns + 1

func (e *quotedEncoder) Write(p []byte) (int, error) {
	for chunk := range slices.Chunk(p, textChunk) {
		e.pending = append(e.pending, chunk...)
		e.isPlain = !e.binary && isPlainText(e.pending)
		rest := e.writeLines(e.pending)
		for len(rest) > maxPending {
			n := e.writeRow(rest)
			rest = rest[n:]
		}
		e.pending = append(e.pending[:0], rest...)
	}
	return len(p), e.out.err
}

func (e *quotedEncoder) Close() error {
	e.isPlain = false
	e.writeLine(e.pending)
	e.pending = nil
	return e.out.err
}

// writeLines writes the lines of p that have a line ending, and returns the rest.
func (e *quotedEncoder) writeLines(p []byte) []byte {
	if e.binary {
		return p
	}
	e.ends = linefeed.AppendOffsets(e.ends[:0], p)
	start := 0
	for _, end := range e.ends {
		line := p[start:end]
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		e.writeLine(line)
		e.out.reserve(len(e.eol))
		e.out.buf = append(e.out.buf, e.eol...)
		start = end + 1
	}
	return p[start:]
}

// writeLine writes a line of input without its line ending.
func (e *quotedEncoder) writeLine(line []byte) {
	last := len(line) - 1
	if e.isPlain && 0 < last && last <= qpColumns-len("=XX") && !e.isChangedAtStart(line) { // as most lines are
		e.out.reserve(qpColumns)
		e.out.buf = e.appendLast(append(e.out.buf, line[:last]...), line)
		return
	}
	for len(line) > 0 {
		n := e.writeRow(line)
		line = line[n:]
	}
}

// writeRow writes one line of output and returns how many octets of the line of
// input it carries. If these are not all, it ends with a soft line break.
//
// A soft line break needs the last of the 76 columns. So only the last octet of
// a line of input can be in that column. With 6 columns instead of 76:
//
//	input    output
//	abcdef   abcdef
//	abcdefg  abcde=
//	         fg
//	abcdé    abcd=
//	         =C3=A9
func (e *quotedEncoder) writeRow(line []byte) (n int) {
	e.out.reserve(qpColumns + len("=XX"))
	row := e.out.buf
	limit := len(row) + qpColumns - 1
	last := len(line) - 1
	if last > 0 && e.isChangedAtStart(line) {
		row = ascii.AppendHex(row, '=', line[0])
		n = 1
	}
	start := n
	if e.isPlain { // faster than octet by octet
		n = min(last, n+limit-len(row))
		row = append(row, line[start:n]...)
	}
	for n < last {
		c := line[n]
		if isPlain[c] && len(row) < limit {
			row = append(row, c)
		} else if !isPlain[c] && len(row)+len("=XX") <= limit {
			row = ascii.AppendHex(row, '=', c)
		} else {
			break
		}
		n++
	}
	if n == last {
		longer := e.appendLast(row, line)
		if len(longer) <= limit+1 {
			e.out.buf = longer
			return len(line)
		}
	}
	e.out.buf = append(append(row, '='), e.eol...)
	return n
}

// appendLast appends the last octet of a line of input.
func (e *quotedEncoder) appendLast(row, line []byte) []byte {
	c := line[len(line)-1]
	isWhitespace := c == ' ' || c == '\t'
	if !isPlain[c] || isWhitespace || len(line) == 1 && e.isChangedAtStart(line) {
		return ascii.AppendHex(row, '=', c)
	}
	return append(row, c)
}

// isChangedAtStart reports whether programs may change a line with this
// beginning: SMTP doubles a dot, and mbox puts > before From. Two dashes may be a
// boundary.
func (e *quotedEncoder) isChangedAtStart(line []byte) bool {
	switch line[0] {
	case '.':
		return true
	case 'F':
		return bytes.HasPrefix(line, []byte("From "))
	case '-':
		return e.dashes && bytes.HasPrefix(line, []byte("--"))
	}
	return false
}

// isPlainText reports whether p has only plain octets, but no tabs, and line endings.
func isPlainText(p []byte) bool {
	eols := bytes.Count(p, []byte("\n")) + bytes.Count(p, []byte("\r\n"))
	return ascii.Printable(p)+eols == len(p) && bytes.IndexByte(p, '=') < 0 && bytes.IndexByte(p, '\x7F') < 0
}

// isPlain is true for the octets that may stay as they are (RFC 2045 §6.7, rules
// 2 and 3).
var isPlain = func() (table [256]bool) {
	for c := ' '; c <= '~'; c++ {
		table[c] = c != '='
	}
	table['\t'] = true
	return table
}()
