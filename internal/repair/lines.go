package repair

import (
	"bytes"
	"io"

	"mailpipe/internal/buffer"
)

// blockSize is how many octets are read and written at once.
const blockSize = 64 << 10

// lines reads the lines of content that is held.
type lines struct {
	store   *buffer.Store
	end     int64 // of the content
	pos     int64 // of what comes next
	buf     []byte
	next    []byte // the part of buf that was not read yet
	inLine  bool   // the octet before pos is not a line ending
	failure error  // of store
}

func newLines(in *buffer.Store) *lines {
	return &lines{store: in, end: in.Size(), buf: make([]byte, blockSize)}
}

// seek continues at the beginning of a line.
func (l *lines) seek(pos int64) { l.pos, l.next, l.inLine = pos, nil, false }

// line returns the next line with its line ending, without moving over it. A line of
// more than a block is cut, but not in a CRLF. It returns nil at the end of the
// content.
func (l *lines) line() []byte {
	n := bytes.IndexByte(l.next, '\n') + 1
	if n == 0 {
		l.fill()
		n = bytes.IndexByte(l.next, '\n') + 1
	}
	if n > 0 {
		return l.next[:n]
	}
	if len(l.next) == len(l.buf) {
		return bytes.TrimSuffix(l.next, []byte("\r"))
	}
	return l.next
}

// block returns the next line, and those after it in the buffer before one that begins
// with two dashes.
func (l *lines) block() []byte {
	n := beforeDashes(l.next)
	if n == 0 {
		n = bytes.LastIndexByte(l.next, '\n') + 1
	}
	if n == 0 {
		return l.line()
	}
	return l.next[:n]
}

// beforeDashes returns the offset of the second or a later line that begins with two
// dashes, or 0. Dashes are rare, so it looks for them and not for line endings.
func beforeDashes(p []byte) int {
	for at := 1; at < len(p); at++ {
		n := bytes.Index(p[at:], []byte("--"))
		if n < 0 {
			break
		}
		at += n
		if p[at-1] == '\n' {
			return at
		}
	}
	return 0
}

// fill reads until a block is ahead, or all that is left.
func (l *lines) fill() {
	n := copy(l.buf, l.next)
	room := l.buf[n:min(int64(len(l.buf)), l.end-l.pos)]
	if _, err := l.store.ReadAt(room, l.pos+int64(n)); err != nil && err != io.EOF {
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

// section returns a reader of a part of the content.
func (l *lines) section(from, to int64) io.Reader { return io.NewSectionReader(l.store, from, to-from) }

// withoutEOL returns a line without its line ending.
func withoutEOL(line []byte) []byte {
	text, found := bytes.CutSuffix(line, []byte("\n"))
	if found {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	return text
}

var crlf = []byte("\r\n")
