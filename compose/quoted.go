package compose

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

const (
	qpColumns = 76             // of a line with its soft break, RFC 2045 §6.7
	qpFull    = qpColumns - 1  // of a line that goes on: the last column is the break's
	lookahead = 2 * wordSize   // octets that are read, or decide, beyond the one that is encoded
	qpRun     = 4 << 10        // input that is given room at once,
	qpRoom    = 4*qpRun + 1024 // and how much: three octets for one, and the breaks
	hexDigits = "0123456789ABCDEF"
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
		n := min(len(p), 2*lookahead) // enough to decide all that waits
		e.held = append(e.held, p[:n]...)
		done := e.encode(e.held)
		if done < waiting { // p was that short
			e.held = append(e.held[:0], e.held[done:]...)
			return e.out.err
		}
		e.held = e.held[:0]
		p = p[done-waiting:]
	}
	done := e.encode(p)
	e.held = append(e.held, p[done:]...)
	return e.out.err
}

func (e *quotedEncoder) Close() error {
	dst := e.out.room(qpRoom)
	at := 0
	for i := 0; i < len(e.held); {
		n := 0
		i, n = e.octet(dst[at:], e.held, i)
		at += n
	}
	e.out.giveBack(len(dst) - at)
	e.held = e.held[:0]
	return e.out.err
}

// encode writes as much of p as can be decided and returns its length.
func (e *quotedEncoder) encode(p []byte) int {
	i := 0
	for i < len(p)-lookahead {
		i = e.run(p, i, min(i+qpRun, len(p)-lookahead))
	}
	return i
}

// run encodes from p[i] to about end, and returns where it came to. Words of
// plain octets, octets over 127 and line ends are fast; octet knows the rest.
func (e *quotedEncoder) run(p []byte, i, end int) int {
	dst := e.out.room(qpRoom)
	at, col := 0, e.col
	eol := uint64('\n')
	if e.eol == "\r\n" {
		eol = '\r' | '\n'<<8
	}
	soft := '=' | eol<<8
	for i < end {
		if col > 0 || p[i] != '.' && p[i] != 'F' {
			w := word(p[i:])
			putWord(dst[at:], w)
			changes := notPlain(w)
			if changes == 0 && col <= qpFull-wordSize {
				i, at, col = i+wordSize, at+wordSize, col+wordSize
				continue
			}
			n := min(bits.TrailingZeros64(changes)/8, qpFull-col)
			i, at, col = i+n, at+n, col+n
		}
		from := i
		for i < end && p[i] >= 0x80 && col <= qpFull-len("=XX") {
			putWord32(dst[at:], quoted[p[i]])
			i, at, col = i+1, at+len("=XX"), col+len("=XX")
		}
		if i > from {
			continue
		}
		if col == qpFull && p[i] > '\r' && p[i+1] > '\r' { // no line end
			putWord(dst[at:], soft)
			at, col = at+len(e.soft), 0
			continue
		}
		if n := e.lineEnd(p, i); n > 0 {
			if at > 0 && isWSP(dst[at-1]) {
				i, at, col = i-1, at-1, col-1 // it is encoded
			} else {
				putWord(dst[at:], eol)
				i, at, col = i+n, at+len(e.eol), 0
				continue
			}
		}
		n := 0
		e.col = col
		i, n = e.octet(dst[at:], p, i)
		at, col = at+n, e.col
	}
	if at > 0 && isWSP(dst[at-1]) && e.lineEnd(p, i) > 0 {
		i, at, col = i-1, at-1, col-1 // for the next run
	}
	e.out.giveBack(len(dst) - at)
	e.col = col
	return i
}

// octet encodes p[i], a line end there, or a soft break before it. It returns
// where p goes on, and how many octets of dst it filled.
func (e *quotedEncoder) octet(dst, p []byte, i int) (next, n int) {
	if n := e.lineEnd(p, i); n > 0 {
		e.col = 0
		return i + n, copy(dst, e.eol)
	}
	c := p[i]
	ends := e.endsAt(p, i+1)
	plain := isPlain(c) || c == '\t'
	switch {
	case isWSP(c) && ends, e.col == 0 && (c == '.' || c == 'F' && bytes.HasPrefix(p[i:], []byte("From "))):
		plain = false
	}
	n = 1
	if !plain {
		n = len("=XX")
	}
	if e.col+n > qpFull && !(ends && e.col+n == qpColumns) {
		e.col = 0
		return i, copy(dst, e.soft)
	}
	e.col = min(e.col+n, qpFull) // the line ends with what is in the last column
	if plain {
		dst[0] = c
	} else {
		putHex(dst, c)
	}
	return i + 1, n
}

// endsAt tells whether a line of input ends before p[i].
func (e *quotedEncoder) endsAt(p []byte, i int) bool {
	return i == len(p) || e.lineEnd(p, i) > 0
}

// lineEnd returns the length of the line end at p[i], or 0.
func (e *quotedEncoder) lineEnd(p []byte, i int) int {
	switch {
	case e.binary:
	case p[i] == '\n':
		return 1
	case p[i] == '\r' && i+1 < len(p) && p[i+1] == '\n':
		return 2
	}
	return 0
}

// quoted holds what becomes of the octets that are always encoded, as a word.
var quoted = func() (table [256]uint32) {
	for i := range table {
		p := make([]byte, 4)
		putHex(p, byte(i))
		table[i] = binary.LittleEndian.Uint32(p)
	}
	return table
}()

func putHex(dst []byte, c byte) {
	_ = dst[2]
	dst[0], dst[1], dst[2] = '=', hexDigits[c>>4], hexDigits[c&15]
}

func isPlain(c byte) bool { return c >= ' ' && c <= '~' && c != '=' }

// isWSP tells a blank (RFC 5234 B.1).
func isWSP(c byte) bool { return c == ' ' || c == '\t' }
