// Package linefeed finds the lines of large texts, and checks them for what SMTP
// cannot carry.
package linefeed

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// The errors of Scan.
var (
	ErrBareCR = errors.New("bare CR in the content")
	ErrNUL    = errors.New("NUL in the content")
)

// A Block is text that Scan has checked.
type Block struct {
	Text    []byte
	Last    byte  // the octet before Text; '\n' if Text is the beginning
	Ends    []int // the offset of each LF
	BareLFs int   // how many LFs have no CR before them
	Longest int   // octets of the longest line that ends in Text, without its LF
	Dots    bool  // a line begins with a dot
	Hyphens bool  // a line begins with a hyphen
}

// A BlockWriter checks what Write writes, but a Block need not be checked again.
// Code outside this module cannot make a Block.
type BlockWriter interface {
	io.Writer
	WriteBlock(Block) error
}

// Scan finds the lines of p and checks them. It returns ErrNUL or ErrBareCR for
// what SMTP cannot carry (RFC 5321 §2.3.8). A CR at the end of p is not an error
// until the next block begins with another octet than LF. last is the octet before
// p. The offsets of the LFs overwrite ends.
func Scan(p []byte, last byte, ends []int) (Block, error) {
	b := Block{Text: p, Last: last, Ends: AppendOffsets(ends[:0], p)}
	if len(p) == 0 {
		return b, nil
	}
	if last == '\n' {
		b.noteStart(0)
	}
	crlfs, longest, start := 0, 0, 0
	for _, end := range b.Ends {
		if b.Before(end) == '\r' {
			crlfs++
		}
		longest = max(longest, end-start)
		start = end + 1
		b.noteStart(start)
	}
	b.Longest = longest
	b.BareLFs = len(b.Ends) - crlfs
	crs := bytes.Count(p, []byte("\r"))
	if last == '\r' { // the CR of the block before counts here
		crs++
	}
	if p[len(p)-1] == '\r' { // its LF may be in the next block
		crs--
	}
	switch {
	case crs != crlfs:
		return b, ErrBareCR
	case bytes.IndexByte(p, 0) >= 0:
		return b, ErrNUL
	}
	return b, nil
}

// noteStart notes whether the line that begins at Text[at] has a dot or a hyphen there.
func (b *Block) noteStart(at int) {
	if at == len(b.Text) {
		return
	}
	switch b.Text[at] {
	case '.':
		b.Dots = true
	case '-':
		b.Hyphens = true
	}
}

// Before returns the octet before Text[at].
func (b *Block) Before(at int) byte {
	if at == 0 {
		return b.Last
	}
	return b.Text[at-1]
}

// HasDot reports whether a line begins at Text[at], with a dot.
func (b *Block) HasDot(at int) bool {
	return at < len(b.Text) && b.Text[at] == '.' && b.Before(at) == '\n'
}

// WriteTo implements io.WriterTo.
func (b Block) WriteTo(w io.Writer) (int64, error) {
	if w, ok := w.(BlockWriter); ok {
		return int64(len(b.Text)), w.WriteBlock(b)
	}
	n, err := w.Write(b.Text)
	if err == nil && n < len(b.Text) {
		err = io.ErrShortWrite
	}
	return int64(n), err
}

// AppendOffsets appends the offset of each LF of p to offsets.
//
// The lines of an encoded attachment have the same length, so AppendOffsets first
// expects each line to be as long as the one before it. That is several times
// faster than a search in each line. It may step over a LF within a line, but
// then it finds fewer than there are, and AppendOffsets searches after all.
func AppendOffsets(offsets []int, p []byte) []int {
	n := bytes.Count(p, []byte("\n"))
	offsets = slices.Grow(offsets, n)
	found := expect(offsets, p)
	if len(found) < len(offsets)+n {
		found = search(offsets, p)
	}
	return found
}

// expect is AppendOffsets for lines of the same length.
func expect(offsets []int, p []byte) []int {
	size := 0 // of a line, with its LF
	for start := 0; start < len(p); start += size {
		if end := start + size - 1; size == 0 || end >= len(p) || p[end] != '\n' {
			size = bytes.IndexByte(p[start:], '\n') + 1
			if size == 0 {
				break
			}
		}
		offsets = append(offsets, start+size-1)
	}
	return offsets
}

// search is AppendOffsets for lines of any length.
func search(offsets []int, p []byte) []int {
	for start := 0; ; {
		n := bytes.IndexByte(p[start:], '\n')
		if n < 0 {
			return offsets
		}
		offsets = append(offsets, start+n)
		start += n + 1
	}
}
