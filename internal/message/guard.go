package message

import (
	"bytes"
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

// lines checks whole lines: p ends with a line feed. If dst is not nil, it
// appends them to dst with CRLF. It returns how many lines of p end with LF alone.
func (g *guard) lines(dst, p []byte) (out []byte, bare int, err error) {
	whole, count := p, 0
	for len(p) > 0 {
		n := bytes.IndexByte(p, '\n')
		line := p[:n]
		text := bytes.TrimSuffix(line, cr)
		p = p[n+1:]
		if len(text) == n {
			bare++
		}
		count++
		if len(text) > lineMax || bytes.IndexByte(text, '\r') >= 0 || bytes.IndexByte(text, 0) >= 0 ||
			g.series && isPatch(line) {
			return nil, 0, g.explain(whole)
		}
		g.delimiter(line)
		if dst != nil {
			dst = append(append(dst, text...), "\r\n"...)
		}
	}
	g.line += count
	return dst, bare, nil
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
