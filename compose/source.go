package compose

import (
	"bytes"
	"io"
)

// source is an opened part. It gives exactly the octets it promised, or an error.
type source struct {
	label  string // for errors
	r      io.ReadCloser
	at     io.ReaderAt // nil: can be read but once
	size   int64       // negative: not known
	head   []byte      // read already, where it can be read but once
	read   int64       // octets given out
	closed bool
}

// openPart opens p; label names it where it has no name.
func openPart(p *Part, label string) (*source, error) {
	if p.Name != "" {
		label = p.Name
	}
	if p.Open == nil {
		return nil, misuse("%s: the part has no Open", label)
	}
	r, err := p.Open()
	if err != nil {
		return nil, err // says itself which file it is
	}
	if r == nil {
		return nil, misuse("%s: Open returned nil", label)
	}
	s := &source{label: label, r: r, size: -1}
	if p.Size > 0 {
		s.size = p.Size
		s.at, _ = r.(io.ReaderAt)
	}
	return s, nil
}

// peek returns the beginning of the part, at most len(buf) octets and backed by
// buf where the part can be read again. Less than that is all of it, and then its size is known.
func (s *source) peek(buf []byte) ([]byte, error) {
	if s.at != nil {
		buf = buf[:min(int64(len(buf)), s.size)]
		if err := s.fill(buf, 0); err != nil {
			return nil, err
		}
		return buf, nil
	}
	if s.head != nil {
		return s.head[:min(len(s.head), len(buf))], nil
	}
	n, err := readFull(s.r, buf)
	s.head = bytes.Clone(buf[:n])
	switch {
	case err == io.EOF:
		if s.size >= 0 && int64(n) < s.size {
			return nil, s.short(int64(n))
		}
		if s.size < 0 {
			s.size = int64(n)
		}
	case err != nil:
		return nil, err
	}
	if s.size >= 0 && int64(n) > s.size {
		s.head = s.head[:s.size]
	}
	return s.head, nil
}

// fill reads as many octets as buf has, from off, where the part can be read at will.
func (s *source) fill(buf []byte, off int64) error {
	n, err := s.at.ReadAt(buf, off)
	switch {
	case n == len(buf):
		return nil
	case err == nil || err == io.EOF:
		return s.short(off + int64(n))
	}
	return err
}

// readFull reads till buf is full or r ends. io.ReadFull would give one error for
// that and for a source that was cut off, such as what HTTP or gzip brings.
func readFull(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var k int
		k, err = r.Read(buf[n:])
		n += k
	}
	return n, err
}

// whole reports whether the head is all of the part.
func (s *source) whole(head []byte) bool { return s.size == int64(len(head)) }

func (s *source) short(n int64) error {
	return changed(s.label, "it ends after %d of %d octets", n, s.size)
}

// Read gives the part from its beginning, and io.EOF only after Size octets.
func (s *source) Read(p []byte) (int, error) {
	if s.size >= 0 {
		left := s.size - s.read
		if left == 0 {
			return 0, io.EOF // what a file gained since is not read
		}
		p = p[:min(int64(len(p)), left)]
	}
	if int64(len(s.head)) > s.read {
		n := copy(p, s.head[s.read:])
		s.read += int64(n)
		return n, nil
	}
	s.head = nil
	n, err := s.r.Read(p)
	s.read += int64(n)
	switch {
	case err == io.EOF && s.size >= 0 && s.read < s.size:
		return n, s.short(s.read)
	case err == io.EOF && s.size < 0:
		s.size = s.read
	}
	return n, err
}

// close may be called twice.
func (s *source) close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return s.r.Close()
}
