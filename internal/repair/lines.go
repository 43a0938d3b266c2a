package repair

import (
	"bytes"
	"io"
)

// blockSize is how many octets are read and written at once.
const blockSize = 128 << 10

// lines reads content that is held, from any offset.
type lines struct {
	r       io.ReaderAt
	end     int64 // of the content
	pos     int64 // of what comes next
	buf     []byte
	next    []byte // the part of buf that was not read yet
	inLine  bool   // the octet before pos is not a line ending
	failure error  // of r
}

func newLines(r io.ReaderAt, size int64) *lines {
	return &lines{r: r, end: size, buf: make([]byte, blockSize)}
}

// seek continues at the beginning of a line.
func (l *lines) seek(pos int64) { l.pos, l.next, l.inLine = pos, nil, false }

// fill reads until a block is ahead, or all that is left.
func (l *lines) fill() {
	n := copy(l.buf, l.next)
	room := l.buf[n:min(int64(len(l.buf)), l.end-l.pos)]
	if _, err := l.r.ReadAt(room, l.pos+int64(n)); err != nil && err != io.EOF {
		l.failure, l.end = err, l.pos // as if the content ended here
		room = nil
	}
	l.next = l.buf[:n+len(room)]
}

// skip moves over n octets.
func (l *lines) skip(n int) {
	if n > 0 {
		l.inLine = l.next[n-1] != '\n'
	}
	l.next = l.next[n:]
	l.pos += int64(n)
}

// line returns the next line with its line ending, without moving over it. A line of
// more than a block is cut. It returns nil at the end of the content.
func (l *lines) line() []byte {
	n := bytes.IndexByte(l.next, '\n') + 1
	if n == 0 {
		l.fill()
		n = bytes.IndexByte(l.next, '\n') + 1
	}
	if n == 0 {
		n = len(l.next)
	}
	return l.next[:n]
}

// ordinary returns the octets before the next line that begins with two dashes, as
// far as they are in the buffer, without moving over them. It returns nil at such a
// line and at the end of the content.
func (l *lines) ordinary() []byte {
	const dashes = "\n--"
	if len(l.next) < len(dashes) {
		l.fill()
	}
	if !l.inLine && bytes.HasPrefix(l.next, []byte(dashes[1:])) {
		return nil
	}
	if n := bytes.Index(l.next, []byte(dashes)); n >= 0 {
		return l.next[:n+1]
	}
	n := len(l.next)
	if l.pos+int64(n) < l.end && n >= len(dashes) { // the dashes may be in the next block
		n -= len(dashes) - 1
	}
	return l.next[:n]
}

// reader returns a reader of what comes next.
func (l *lines) reader() io.Reader { return l.section(l.pos, l.end) }

// section returns a reader of a part of the content.
func (l *lines) section(from, to int64) io.Reader { return io.NewSectionReader(l.r, from, to-from) }
