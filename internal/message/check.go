package message

import (
	"bytes"
	"slices"

	"mailpipe/internal/linefeed"
)

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
	ends   []int  // of the lines of the block that is checked
	closed bool   // the closing delimiter came, and no other part after it
	size   int64  // octets so far, with CRLF (RFC 1870 §5)
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
	for block := range slices.Chunk(p, blockSize) {
		if _, err := c.checkBlock(block); err != nil {
			return err
		}
	}
	return nil
}

// checkBlock is check for up to blockSize octets. The Block is valid until the
// next call.
func (c *checker) checkBlock(p []byte) (linefeed.Block, error) {
	block, err := linefeed.Scan(p, c.last(), c.ends)
	c.ends = block.Ends
	c.size += int64(len(p) + block.BareLFs)
	ends, start := block.Ends, 0
	if len(ends) > 0 && len(c.begun) > 0 {
		c.keep(p[:ends[0]])
		if err := c.checkLine(c.begun); err != nil {
			return block, err
		}
		c.begun = c.begun[:0]
		ends, start = ends[1:], ends[0]+1
	}
	isOrdinary := err == nil && c.mbox == nil && !block.Hyphens && block.Longest <= lineMax
	if isOrdinary && len(ends) > 0 { // no line needs a closer look
		c.line += len(ends)
		ends, start = nil, ends[len(ends)-1]+1
	}
	for _, end := range ends {
		if err := c.checkLine(p[start:end]); err != nil {
			return block, err
		}
		start = end + 1
	}
	c.keep(p[start:])
	return block, c.checkText(withoutCR(c.begun))
}

// last returns the last octet that was checked, or '\n' at the beginning.
func (c *checker) last() byte {
	if n := len(c.begun); n > 0 {
		return c.begun[n-1]
	}
	return '\n'
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
	if len(text) <= lineMax && bytes.IndexByte(text, 0) < 0 && bytes.IndexByte(text, '\r') < 0 {
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
		c.size += int64(len(withoutCR(c.begun)) + len("\r\n") - len(c.begun))
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
func (c *checker) endsWithCR() bool { return c.last() == '\r' }
