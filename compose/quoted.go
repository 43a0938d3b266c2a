package compose

import (
	"bytes"
)

const (
	qpColumns = 76 // of a line with its soft break, RFC 2045 §6.7
	lookahead = 8  // octets that can decide how one before them is encoded
	hexDigits = "0123456789ABCDEF"
)

// quotedEncoder writes quoted-printable (RFC 2045 §6.7). LF and CRLF are line
// ends, a bare CR is encoded; with binary they are all encoded. So is what
// might be changed on the way: blanks at a line's end, `From ` and a dot at its
// beginning.
type quotedEncoder struct {
	out    *output
	eol    string
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
		if n := e.lineEnd(p[i:]); n > 0 && !e.binary {
			e.out.writeString(e.eol)
			e.col = 0
			i += n
			continue
		}
		if run := e.plainRun(p[i:end]); run > 0 {
			copy(e.out.room(run), p[i:])
			e.col += run
			i += run
			continue
		}
		e.octet(p[i:])
		i++
	}
	return i
}

// plainLines copies whole lines that need no change.
func (e *quotedEncoder) plainLines(p []byte) (done int) {
	for {
		line := p[done:]
		n := bytes.IndexByte(line[:min(len(line), qpColumns+2)], '\n')
		if n < 0 {
			return done
		}
		text := bytes.TrimSuffix(line[:n], []byte("\r"))
		k := len(text)
		if k > qpColumns || k > 0 && (text[k-1] == ' ' || text[0] == '.' || text[0] == 'F') || plainPrefix(text) < k {
			return done
		}
		dst := e.out.room(k + len(e.eol))
		copy(dst, text)
		copy(dst[k:], e.eol)
		done += n + 1
	}
}

// plainRun returns how many octets at the beginning of p can be copied onto
// this line, whatever follows them.
func (e *quotedEncoder) plainRun(p []byte) int {
	if e.col == 0 && (p[0] == '.' || p[0] == 'F') {
		return 0
	}
	room := qpColumns - 1 - e.col // the last column may be a soft break: it depends on what follows
	if room <= 0 {
		return 0
	}
	n := plainPrefix(p[:min(len(p), room)])
	for n > 0 && p[n-1] == ' ' {
		n-- // a blank may turn out to be the line's last
	}
	return n
}

// plainPrefix returns how many octets at the beginning of p are plain.
func plainPrefix(p []byte) int {
	n := 0
	for len(p)-n >= 8 && plainWord(word(p[n:])) {
		n += 8
	}
	for n < len(p) && isPlain(p[n]) {
		n++
	}
	return n
}

func isPlain(c byte) bool { return c >= ' ' && c <= '~' && c != '=' }

// octet encodes the first octet of p, which has all that follows and matters.
func (e *quotedEncoder) octet(p []byte) {
	c := p[0]
	ends := len(p) == 1 || !e.binary && e.lineEnd(p[1:]) > 0
	width := 3
	switch {
	case c == ' ' || c == '\t':
		if !ends {
			width = 1
		}
	case isPlain(c):
		width = 1
	}
	limit := qpColumns - 1
	if ends {
		limit = qpColumns
	}
	if e.col+width > limit {
		e.out.writeString("=")
		e.out.writeString(e.eol)
		e.col = 0
	}
	if e.col == 0 && (c == '.' || c == 'F' && (bytes.HasPrefix(p, []byte("From ")))) {
		width = 3
	}
	dst := e.out.room(width)
	if width == 1 {
		dst[0] = c
	} else {
		dst[0], dst[1], dst[2] = '=', hexDigits[c>>4], hexDigits[c&15]
	}
	e.col += width
}

// lineEnd returns the length of the line end that p begins with, or 0.
func (e *quotedEncoder) lineEnd(p []byte) int {
	switch {
	case p[0] == '\n':
		return 1
	case p[0] == '\r' && len(p) > 1 && p[1] == '\n':
		return 2
	}
	return 0
}
