package inspect

import (
	"bytes"
	"io"

	"mailpipe/internal/message"
)

// blockSize is how many octets are read at once.
const blockSize = 128 << 10

// lines reads a stream line by line.
type lines struct {
	r       io.Reader
	buf     []byte
	next    []byte // the part of buf that was not read yet
	number  int    // of the line that comes next or has begun, from 1
	inLine  bool   // a part of the line was read
	atEnd   bool   // nothing follows next
	stopped bool   // next does not count either
	failure error  // of r
	hasNUL  bool   // somewhere in buf

	isMbox     bool // the input began with an mbox line
	afterEmpty bool // the line before was empty
	series     int  // number of the line that begins another message, or 0
}

func newLines(r io.Reader) *lines {
	return &lines{r: r, buf: make([]byte, blockSize), number: 1}
}

// fill reads until a block is ahead, or all that is left.
func (l *lines) fill() {
	n := copy(l.buf, l.next)
	for n < len(l.buf) && !l.atEnd {
		read, err := l.r.Read(l.buf[n:])
		n += read
		if err != nil {
			l.atEnd = true
			if err != io.EOF {
				l.failure = err
			}
		}
		if read > 0 && bytes.IndexByte(l.buf[n-read:n], '\n') >= 0 {
			break // a person may be typing
		}
	}
	l.next = l.buf[:n]
	l.hasNUL = bytes.IndexByte(l.next, 0) >= 0 // faster than a search in each line
}

// stop ends the input here.
func (l *lines) stop() { l.stopped = true }

// line returns the next line with its line ending, without moving over it. A line of
// more than a block comes in pieces. It returns nil at the end.
func (l *lines) line() []byte {
	if l.stopped {
		return nil
	}
	n := l.length(0)
	if l.isMbox && l.afterEmpty && !l.inLine && message.IsSeparator(l.next[:n]) {
		m := l.length(n)
		if m == 0 || message.FieldName(l.next[n:n+m]) != "" {
			l.series = l.number
			l.stop()
			return nil
		}
	}
	return l.next[:n]
}

// length returns the length of the line that begins at an offset of next.
func (l *lines) length(from int) int {
	n := bytes.IndexByte(l.next[from:], '\n') + 1
	for n == 0 && !l.atEnd && len(l.next) < len(l.buf) {
		l.fill()
		n = bytes.IndexByte(l.next[from:], '\n') + 1
	}
	if n == 0 {
		n = len(l.next) - from
	}
	return n
}

// alike returns the line that comes next, and the lines of the same length after it that
// are in the buffer and not followed by a delimiter. eol is the length of their line
// endings. It returns nil if there is no such line.
func (l *lines) alike(line []byte) (block []byte, eol int) {
	size := len(line)
	eol = size - len(withoutEOL(line))
	n := 0
	for end := size; end < len(l.next) && l.next[end-1] == '\n' && l.next[end] != '-'; end += size {
		if eol == 2 && l.next[end-2] != '\r' {
			break
		}
		n = end
	}
	return l.next[:n], eol
}

// skipLines moves over whole lines.
func (l *lines) skipLines(block []byte, size int) {
	l.number += len(block) / size
	l.afterEmpty = false
	l.next = l.next[len(block):]
}

// skip moves over a line, or over a piece of one.
func (l *lines) skip(line []byte) {
	l.afterEmpty = !l.inLine && len(withoutEOL(line)) == 0
	l.inLine = line[len(line)-1] != '\n'
	if !l.inLine {
		l.number++
	}
	l.next = l.next[len(line):]
}

// goesOn reports whether what follows line, which comes next, cannot be a delimiter.
func (l *lines) goesOn(line []byte) bool {
	rest := l.next[len(line):]
	return line[len(line)-1] != '\n' && len(rest) > 0 || len(rest) >= 2 && (rest[0] != '-' || rest[1] != '-')
}

// withoutEOL returns a line without its line ending.
func withoutEOL(line []byte) []byte {
	n := len(line)
	if n > 0 && line[n-1] == '\n' {
		n--
	}
	if n > 0 && line[n-1] == '\r' {
		n--
	}
	return line[:n]
}
