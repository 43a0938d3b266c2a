package message

import (
	"bytes"
	"math"
	"slices"

	"mailpipe/internal/octets"
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

// lines judges whole lines: p ends with a line feed, and total is its census.
// Where dst is not nil, p has no carriage return, and they are appended with
// CRLF. bare is how many have none.
func (g *guard) lines(dst, p []byte, total octets.Census) (out []byte, bare int, err error) {
	w := g.walk(dst, p, octets.LongRun)
	if w.lines != total.LF { // shorter ones were among those of a long run
		w = g.walk(dst, p, math.MaxInt)
	}
	if w.bad || total.NUL || total.CR != w.paired || w.longest > lineMax {
		return nil, 0, g.explain(p)
	}
	g.line += w.lines
	return w.out, w.lines - w.paired, nil
}

// walked is what was seen on the way through lines.
type walked struct {
	out     []byte
	lines   int
	paired  int // with CRLF
	longest int // its end not counted
	bad     bool
}

// walk goes through lines. A run of even ones that has sure octets or more is
// not looked into.
func (g *guard) walk(dst, p []byte, sure int) (w walked) {
	for i, uneven := 0, 0; i < len(p); {
		n := bytes.IndexByte(p[i:], '\n') + 1
		lines := 1
		if i >= uneven {
			lines, uneven = octets.Run(p[i:], n, [2]byte{'-', 'F'}, sure)
			uneven += i
		}
		text := n - len("\n")
		if text > 0 && p[i+text-1] == '\r' {
			text--
			w.paired += lines
		}
		if lines == 1 && text > 0 {
			if p[i] == '-' {
				g.delimiter(p[i : i+n-1])
			} else if p[i] == 'F' && g.series && isPatch(p[i:i+n-1]) {
				w.bad = true
			}
		}
		w.lines += lines
		w.longest = max(w.longest, text)
		end := i + lines*n
		if dst != nil {
			at := len(dst)
			dst = slices.Grow(dst, lines*(text+2))[:at+lines*(text+2)]
			to := dst[at:]
			if text == octets.RowColumns { // each goes behind the end of the one before
				copy(to, p[i:i+text])
				octets.CopyRows(to[text:], p[min(i+n, len(p)):], lines-1, n, "\r\n")
				copy(to[len(to)-2:], "\r\n")
				i = end
			}
			for ; i < end; i += n {
				k := copy(to, p[i:i+text])
				to[k], to[k+1] = '\r', '\n'
				to = to[k+2:]
			}
		}
		i = end
	}
	w.out = dst
	return w
}

var cr, dashes = []byte("\r"), []byte("--")

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
