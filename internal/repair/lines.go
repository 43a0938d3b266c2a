package repair

import (
	"bytes"
	"io"

	"mailpipe/internal/buffer"
)

// blockSize is how many octets are read and written at once.
const blockSize = 128 << 10

// lines reads the lines of content that is held, and of what follows it, which it
// keeps.
type lines struct {
	store   *buffer.Store
	rest    io.Reader // what follows the content of the store; nil if nothing does
	keep    io.Writer // writes to the store, as that of writebehind.Run does
	keeping bool      // the store may not have the last block yet
	kept    int64     // octets that were given to keep or are in the store
	pos     int64     // of what comes next
	buf     []byte
	next    []byte // the part of buf that was not read yet
	inLine  bool   // the octet before pos is not a line ending
	failure error  // of rest or store; it ends the content
}

func newLines(store *buffer.Store, rest io.Reader, keep io.Writer) *lines {
	return &lines{store: store, rest: rest, keep: keep, kept: store.Size(), buf: make([]byte, blockSize)}
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
	held := l.held() // buf may be changed now
	n := copy(l.buf, l.next)
	if at := l.pos + int64(n); at < l.kept {
		more, err := io.ReadFull(io.NewSectionReader(held, at, l.kept-at), l.buf[n:])
		l.note(err)
		n += more
	}
	if l.rest != nil && l.pos+int64(n) == l.kept {
		more, err := io.ReadFull(l.rest, l.buf[n:])
		if err != nil { // at the end of a terminal, another Read would wait for more
			l.rest = nil
		}
		l.note(err)
		l.keep.Write(l.buf[n : n+more]) // Run returns its error
		l.keeping = true
		l.kept += int64(more)
		n += more
	}
	l.next = l.buf[:n]
}

// note notes an error other than the end of the content.
func (l *lines) note(err error) {
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		l.failure = err
	}
}

// skip moves over n octets.
func (l *lines) skip(n int) {
	if n > 0 {
		l.inLine = l.next[n-1] != '\n'
	}
	l.next = l.next[n:]
	l.pos += int64(n)
}

// held returns the store, with all that was read.
func (l *lines) held() *buffer.Store {
	if l.keeping {
		l.keep.Write(nil) // which returns when the last block is written
		l.keeping = false
	}
	return l.store
}

// section returns a reader of a part of what was read.
func (l *lines) section(from, to int64) io.Reader {
	return io.NewSectionReader(l.held(), from, to-from)
}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	if len(l.line()) == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.next)
	l.skip(n)
	return n, nil
}

// withoutEOL returns a line without its line ending.
func withoutEOL(line []byte) []byte {
	text, found := bytes.CutSuffix(line, []byte("\n"))
	if found {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	return text
}

var crlf = []byte("\r\n")
