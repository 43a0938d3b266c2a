package message

import (
	"bytes"
	"slices"

	"mailpipe/internal/linefeed"
)

// pieceSize is how many octets are checked at once, so that they stay in the
// first-level cache.
const pieceSize = 32 << 10

// lineMax is the maximum length of a line without its line ending (RFC 5321
// §4.5.3.1.6).
const lineMax = 998

// A checker checks a message that arrives in blocks of any size. It refuses
// lines that SMTP cannot carry, and checks that a multipart is closed.
type checker struct {
	delimiter []byte // "--" and the boundary of the top multipart; nil if there is none
	mbox      *mbox  // nil if the input did not begin with an mbox line

	line   int    // number of the line that comes next or has begun
	begun  []byte // what was read of that line
	hasNUL bool   // in the piece that is checked
	ends   []int  // of the lines of that piece
	closed bool   // the closing delimiter came, and no other part after it
	size   int64  // of the lines so far, with CRLF (RFC 1870 §5)
}

// clone returns a copy of c, which can check another reading of what follows.
func (c *checker) clone() checker {
	other := *c
	other.begun, other.ends = bytes.Clone(c.begun), nil
	if c.mbox != nil {
		mbox := *c.mbox
		other.mbox = &mbox
	}
	return other
}

// check checks the octets that come next. It returns an *Error for the first
// line that cannot be sent. The result does not depend on the size of the blocks.
func (c *checker) check(p []byte) error {
	for piece := range slices.Chunk(p, pieceSize) {
		if err := c.checkPiece(piece); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) checkPiece(p []byte) error {
	c.hasNUL = bytes.IndexByte(p, 0) >= 0 // faster than a search in each line
	c.ends = linefeed.AppendOffsets(c.ends[:0], p)
	ends, start := c.ends, 0
	if len(ends) > 0 && len(c.begun) > 0 {
		c.keep(p[:ends[0]])
		if err := c.checkLine(c.begun); err != nil {
			return err
		}
		c.begun = c.begun[:0]
		ends, start = ends[1:], ends[0]+1
	}
	if c.passOrdinary(p, start, ends) {
		ends, start = nil, c.ends[len(c.ends)-1]+1
	}
	for _, end := range ends {
		if err := c.checkLine(p[start:end]); err != nil {
			return err
		}
		start = end + 1
	}
	c.keep(p[start:])
	return c.checkText(withoutCR(c.begun))
}

// passOrdinary checks the lines of p that begin at start and end at ends, if none
// of them needs a closer look. That is true of most pieces of a large message.
// Otherwise passOrdinary returns false.
func (c *checker) passOrdinary(p []byte, start int, ends []int) bool {
	if len(ends) == 0 || c.hasNUL || c.mbox != nil {
		return false
	}
	first, crs := start, 0
	for _, end := range ends {
		line := withoutCR(p[start:end])
		if len(line) > lineMax {
			return false
		}
		if len(line) > 0 && line[0] == '-' {
			c.noteDelimiter(line)
		}
		crs += end - start - len(line)
		start = end + 1
	}
	if bytes.Count(p[first:start], []byte("\r")) != crs { // a line has a CR elsewhere
		return false
	}
	c.line += len(ends)
	c.size += int64(start - first + len(ends) - crs)
	return true
}

// keep adds p to the line that has begun, as far as it matters: a line longer
// than lineMax is an error, whatever follows.
func (c *checker) keep(p []byte) {
	room := lineMax + len("x\r") - len(c.begun)
	c.begun = append(c.begun, p[:min(len(p), room)]...)
}

// checkLine checks a line, given without its LF.
func (c *checker) checkLine(line []byte) error {
	text := withoutCR(line)
	if err := c.checkText(text); err != nil {
		return err
	}
	if c.mbox != nil {
		if err := c.mbox.next(c.line, text); err != nil {
			return err
		}
	}
	c.noteDelimiter(text)
	c.size += int64(len(text) + len("\r\n"))
	c.line++
	return nil
}

// withoutCR returns a line, given without its LF, without its CR.
func withoutCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// checkText returns an error if SMTP cannot carry text, which is a line without
// its line ending, or the beginning of one.
func (c *checker) checkText(text []byte) error {
	if len(text) <= lineMax && !c.hasNUL && bytes.IndexByte(text, '\r') < 0 {
		return nil
	}
	for i, octet := range text { // the first wrong octet decides
		switch {
		case octet == 0:
			return c.refuse("NUL octet")
		case octet == '\r':
			return c.refuse(bareCR)
		case i == lineMax:
			return c.refuse("longer than 998 octets")
		}
	}
	return nil
}

const bareCR = "CR without LF"

func (c *checker) refuse(why string) error { return &Error{Kind: ErrContent, Line: c.line, Why: why} }

// noteDelimiter notes whether a line opens a part or closes the multipart (RFC
// 2046 §5.1.1). A line that continues after the delimiter may be one of an inner
// multipart, whose boundary begins in the same way.
func (c *checker) noteDelimiter(line []byte) {
	if c.delimiter == nil || !bytes.HasPrefix(line, c.delimiter) {
		return
	}
	switch string(bytes.TrimRight(line[len(c.delimiter):], " \t\r")) {
	case "":
		c.closed = false
	case "--":
		c.closed = true
	}
}

// checkEnd checks the end of the input. The last line may lack its line ending.
func (c *checker) checkEnd() error {
	line := c.line
	if len(c.begun) > 0 {
		if err := c.checkLine(c.begun); err != nil {
			return err
		}
	}
	if c.mbox != nil {
		if err := c.mbox.end(); err != nil {
			return err
		}
	}
	switch {
	case c.delimiter != nil && !c.closed:
		return &Error{Kind: ErrCutOff, Line: line, Why: "missing closing boundary"}
	case c.endsWithCR():
		return &Error{Kind: ErrContent, Line: line, Why: bareCR}
	}
	return nil
}

// endsWithCR reports whether the input so far ends with a CR.
func (c *checker) endsWithCR() bool { return len(withoutCR(c.begun)) < len(c.begun) }
