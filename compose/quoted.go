package compose

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

const (
	qpColumns   = 76                                 // of a line with its soft break, RFC 2045 §6.7
	lookahead   = 8                                  // octets that can decide how one before them is encoded
	encodedLine = qpColumns + len("=") + len("\r\n") // the room that a line is given
	hexDigits   = "0123456789ABCDEF"
)

// quotedEncoder writes quoted-printable (RFC 2045 §6.7). LF and CRLF are line
// ends, a bare CR is encoded; with binary they are all encoded. So is what
// might be changed on the way: blanks at a line's end, `From ` and a dot at its
// beginning.
type quotedEncoder struct {
	out    *output
	eol    string
	soft   string // a soft break
	binary bool
	col    int
	held   []byte // input that is not decided yet
}

// Write encodes all but the last few octets: what follows may decide them.
func (e *quotedEncoder) Write(p []byte) error {
	if waiting := len(e.held); waiting > 0 {
		n := min(len(p), lookahead) // enough to decide all that waits
		e.held = append(e.held, p[:n]...)
		done := e.encode(e.held, false)
		if done < waiting {
			e.held = append(e.held[:0], e.held[done:]...)
			return e.out.err
		}
		e.held = e.held[:0]
		p = p[done-waiting:]
	}
	done := e.encode(p, false)
	e.held = append(e.held, p[done:]...)
	return e.out.err
}

func (e *quotedEncoder) Close() error {
	e.encode(e.held, true)
	e.held = e.held[:0]
	return e.out.err
}

// encode writes as much of p as can be decided and returns its length: all of
// it when it is the last.
func (e *quotedEncoder) encode(p []byte, last bool) int {
	end := len(p)
	if !last {
		end -= lookahead
	}
	i := 0
	for i < end {
		if e.col == 0 && !e.binary {
			if n := e.plainLines(p[i:]); n > 0 {
				i += n
				continue
			}
		}
		if n := lineEnd(p[i:]); n > 0 && !e.binary {
			e.out.writeString(e.eol)
			e.col = 0
			i += n
			continue
		}
		i = e.line(p, i, end)
	}
	return i
}

// plainLines copies lines that need no change but soft breaks.
func (e *quotedEncoder) plainLines(p []byte) (done int) {
	copied := 0
	for {
		line := p[done:]
		n := bytes.IndexByte(line[:min(len(line), qpColumns+2)], '\n')
		if n < 0 {
			// Even with CRLF after it, what is on this line goes on.
			const most = qpColumns - 1
			if len(line) < qpColumns+2 || line[0] == '.' || line[0] == 'F' || plainPrefix(line, most) < most {
				break
			}
			e.out.write(p[copied : done+most])
			e.out.writeString(e.soft)
			done += most
			copied = done
			continue
		}
		k := n // without a CR
		if k > 0 && line[k-1] == '\r' {
			k--
		}
		if k > qpColumns || k > 0 && (line[k-1] == ' ' || line[0] == '.' || line[0] == 'F') || plainPrefix(line, k) < k {
			break
		}
		if n+1 != k+len(e.eol) { // another line end: no longer one piece
			e.out.write(p[copied : done+k])
			e.out.writeString(e.eol)
			copied = done + n + 1
		}
		done += n + 1
	}
	e.out.write(p[copied:done])
	return done
}

// endsAt tells whether a line of input ends before p[i].
func (e *quotedEncoder) endsAt(p []byte, i int) bool {
	return i == len(p) || !e.binary && lineEnd(p[i:]) > 0
}

// quoted holds what each octet becomes, and in the top eight bits how long that
// is; 0 for CR and LF, on which what follows decides.
var quoted = func() (table [256]uint32) {
	for i := range table {
		switch c := byte(i); {
		case c == '\r', c == '\n':
		case isPlain(c), c == '\t':
			table[i] = 1<<24 | uint32(c)
		default:
			p := []byte{3: 3}
			putHex(p, c)
			table[i] = binary.LittleEndian.Uint32(p)
		}
	}
	return table
}()

// copyQuoted encodes p up to a CR or LF, as much as columns hold, and returns
// how much that was and how many octets of dst it filled. It may write a word more.
func copyQuoted(dst, p []byte, columns int) (n, used int) {
	for len(p)-n >= wordSize && used+wordSize <= columns {
		w := word(p[n:])
		putWord(dst[used:], w)
		changes := notPlain(w)
		if changes == 0 {
			n, used = n+wordSize, used+wordSize
			continue
		}
		from, plain := n, bits.TrailingZeros64(changes)/8
		n, used = n+plain, used+plain
		for n < len(p) && p[n] >= 0x80 && used+len("=XX") <= columns {
			putWord32(dst[used:], quoted[p[n]])
			n, used = n+1, used+len("=XX")
		}
		if n == from { // a sign that is not so easy
			break
		}
	}
	for n < len(p) {
		q := quoted[p[n]]
		width := int(q >> 24)
		if q == 0 || used+width > columns {
			break
		}
		putWord32(dst[used:], q)
		n, used = n+1, used+width
	}
	return n, used
}

// line encodes from p[i] on to the end of an encoded line, a line end or end,
// whichever comes first, and returns where that is. p has what follows end.
func (e *quotedEncoder) line(p []byte, i, end int) int {
	dst := e.out.room(encodedLine + wordSize)
	at, col := 0, e.col
	for i < end {
		begin := i
		if col > 0 || p[i] != '.' && p[i] != 'F' {
			// The last column is left to a soft break, unless the line ends.
			n, used := copyQuoted(dst[at:], p[i:end], qpColumns-len("=")-col)
			at, col, i = at+used, col+used, i+n
			if n > 0 && (p[i-1] == ' ' || p[i-1] == '\t') && e.endsAt(p, i) {
				at, col, i = at-1, col-1, i-1 // it is encoded
			}
		}
		if i > begin {
			continue
		}
		if !e.binary && lineEnd(p[i:]) > 0 {
			break
		}
		ends := e.endsAt(p, i+1)
		c := p[i]
		width := 3
		if isPlain(c) || c == '\t' {
			width = 1
			if ends && (c == ' ' || c == '\t') || col == 0 && (c == '.' || c == 'F' && bytes.HasPrefix(p[i:], []byte("From "))) {
				width = 3
			}
		}
		if col+width >= qpColumns && !(ends && col+width == qpColumns) {
			at += copy(dst[at:], e.soft)
			col = 0
			break
		}
		if width == 1 {
			dst[at] = c
		} else {
			putHex(dst[at:], c)
		}
		at += width
		col += width
		i++
	}
	e.out.giveBack(len(dst) - at)
	e.col = col
	return i
}

func putHex(dst []byte, c byte) {
	_ = dst[2]
	dst[0], dst[1], dst[2] = '=', hexDigits[c>>4], hexDigits[c&15]
}

// plainPrefix returns how many of the first limit octets of p are plain.
func plainPrefix(p []byte, limit int) int {
	n := 0
	for n < limit && len(p)-n >= wordSize {
		if changes := notPlain(word(p[n:])); changes != 0 {
			return min(limit, n+bits.TrailingZeros64(changes)/8)
		}
		n += wordSize
	}
	for n < limit && isPlain(p[n]) {
		n++
	}
	return min(limit, n)
}

func isPlain(c byte) bool { return c >= ' ' && c <= '~' && c != '=' }

// lineEnd returns the length of the line end that p begins with, or 0.
func lineEnd(p []byte) int {
	switch {
	case p[0] == '\n':
		return 1
	case p[0] == '\r' && len(p) > 1 && p[1] == '\n':
		return 2
	}
	return 0
}
