package message

import (
	"bytes"
	"slices"
)

// lineMax is how many octets a line may have, its end not counted (RFC 5321 §4.5.3.1.6).
const lineMax = 998

// guard judges the lines of a message as they pass: whether SMTP can carry
// them, and whether the end of a multipart came.
type guard struct {
	line     int    // number of the next line
	boundary []byte // of the top multipart; empty: there is none
	closed   bool   // the end of the multipart came, and no other part after it
	series   bool   // more mails may follow (the input began as an mbox)
}

// lines judges whole lines: p ends with a line feed. Where dst is not nil, p has
// no carriage return, and they are appended with CRLF. bare is how many have none.
func (g *guard) lines(dst, p []byte) (out []byte, bare int, err error) {
	count, paired, longest := 0, 0, 0
	bad := bytes.IndexByte(p, 0) >= 0
	for i, uneven := 0, 0; i < len(p); {
		n := bytes.IndexByte(p[i:], '\n') + 1
		lines := 1
		if i >= uneven {
			if lines = even(p[i:], n); lines > 1 && bytes.Count(p[i:i+lines*n], lf) != lines {
				uneven, lines = i+lines*n, 1 // among them are shorter ones
			}
		}
		text := n - len("\n")
		if text > 0 && p[i+text-1] == '\r' {
			text--
			paired += lines
		}
		if lines == 1 && text > 0 {
			if p[i] == '-' {
				g.delimiter(p[i : i+n-1])
			} else if p[i] == 'F' && g.series && isPatch(p[i:i+n-1]) {
				bad = true
			}
		}
		count += lines
		longest = max(longest, text)
		end := i + lines*n
		if dst != nil {
			at := len(dst)
			dst = slices.Grow(dst, lines*(text+2))[:at+lines*(text+2)]
			for to := dst[at:]; i < end; i += n {
				if text == rowColumns {
					copyRow((*[rowColumns]byte)(to), (*[rowColumns]byte)(p[i:]))
				} else {
					copy(to, p[i:i+text])
				}
				to[text], to[text+1] = '\r', '\n'
				to = to[text+2:]
			}
		}
		i = end
	}
	if bad || longest > lineMax || dst == nil && bytes.Count(p, cr) != paired {
		return nil, 0, g.explain(p)
	}
	g.line += count
	return dst, count - paired, nil
}

// even returns how many lines p may begin with that have n octets, as those of
// base64 do, and the same line end. Those that must be looked at are not among them.
func even(p []byte, n int) (lines int) {
	crlf := n > 1 && p[n-2] == '\r'
	for ; len(p) >= n && p[n-1] == '\n'; p = p[n:] {
		if p[0] == '-' || p[0] == 'F' || n > 1 && (p[n-2] == '\r') != crlf {
			break
		}
		lines++
	}
	return max(lines, 1)
}

var cr, lf, dashes = []byte("\r"), []byte("\n"), []byte("--")

// delimiter notes whether a line opens a part or ends the multipart (RFC 2046
// §5.1.1). An inner boundary may begin like the outer one.
func (g *guard) delimiter(line []byte) {
	rest, ok := bytes.CutPrefix(line, dashes)
	if !ok || len(g.boundary) == 0 {
		return
	}
	if rest, ok = bytes.CutPrefix(rest, g.boundary); !ok {
		return
	}
	switch rest = bytes.TrimRight(rest, " \t\r"); {
	case len(rest) == 0:
		g.closed = false
	case string(rest) == "--":
		g.closed = true
	}
}

// explain names the first line of p that cannot be sent.
func (g *guard) explain(p []byte) error {
	for line := range bytes.Lines(p) {
		if g.series && isPatch(bytes.TrimSuffix(line, []byte("\n"))) {
			return &Error{Kind: ErrSeries, Line: g.line, Why: "another one begins there"}
		}
		if err := g.partial(line); err != nil {
			return err
		}
		g.line++
	}
	return &Error{Kind: ErrContent, Line: g.line}
}

// partial judges the beginning of a line, or a whole one with its line feed.
// What is first in it is what is said, so that it is the same however much of it is there.
func (g *guard) partial(line []byte) error {
	for i, c := range line {
		switch {
		case c == 0:
			return &Error{Kind: ErrContent, Line: g.line, Why: "a NUL octet"}
		case c == '\r' && i+1 < len(line) && line[i+1] != '\n':
			return &Error{Kind: ErrContent, Line: g.line, Why: "a carriage return without a line feed"}
		case i == lineMax && c != '\r' && c != '\n':
			return &Error{Kind: ErrContent, Line: g.line, Why: "longer than 998 octets"}
		}
	}
	return nil
}

// last judges a line that the end of input cut off its line end.
func (g *guard) last(line []byte) error {
	if g.series && isPatch(line) {
		return &Error{Kind: ErrSeries, Line: g.line, Why: "another one begins there"}
	}
	g.delimiter(line)
	if err := g.partial(line); err != nil {
		return err
	}
	if line[len(line)-1] != '\r' {
		return nil
	}
	if err := g.end(); err != nil {
		return err // the cut went through a line end
	}
	return g.partial(append(bytes.Clone(line), '.')) // no line feed follows
}

// end tells whether the message may end here.
func (g *guard) end() error {
	if len(g.boundary) > 0 && !g.closed {
		return &Error{Kind: ErrCutOff, Line: g.line, Why: "its last boundary line never came"}
	}
	return nil
}

// rowColumns is the length of a full line of base64 (RFC 2045 §6.8).
const rowColumns = 76

// copyRow copies one in pieces of a register's size, the last of them over the
// end of the one before. As one assignment it would be a call of memmove.
func copyRow(dst, src *[rowColumns]byte) {
	*(*[16]byte)(dst[0:]) = *(*[16]byte)(src[0:])
	*(*[16]byte)(dst[16:]) = *(*[16]byte)(src[16:])
	*(*[16]byte)(dst[32:]) = *(*[16]byte)(src[32:])
	*(*[16]byte)(dst[48:]) = *(*[16]byte)(src[48:])
	*(*[16]byte)(dst[60:]) = *(*[16]byte)(src[60:])
}
