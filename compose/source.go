package compose

import (
	"fmt"
	"io"
)

// A source is an opened part. Reading it returns exactly the octets of the part,
// or an error.
type source struct {
	label  string // of the part, for errors and notes
	r      io.ReadCloser
	at     io.ReaderAt // nil if the part can be read only once
	size   int64       // in octets; -1 if not known
	head   []byte      // octets that were read ahead of Read
	read   int64       // octets that Read returned
	closed bool
}

// open opens a part. Its label is its name, or the given one.
func (b *builder) open(p *Part, label string) (*source, error) {
	if p.Name != "" {
		label = p.Name
	}
	if p.Open == nil {
		return nil, invalid("%s: the part has no Open", label)
	}
	r, err := p.Open()
	if err != nil {
		return nil, err // which names the file
	}
	if r == nil {
		return nil, invalid("%s: Open returned nil", label)
	}
	s := &source{label: label, r: r, size: -1}
	if p.Size > 0 {
		s.size = p.Size
		s.at, _ = r.(io.ReaderAt)
	}
	b.closers = append(b.closers, s)
	return s, nil
}

// peek returns the first octets of the part, at most len(buf), before Read was
// called. If there are fewer, they are the whole part, and its size is known
// from then on. The octets may be in buf.
func (s *source) peek(buf []byte) ([]byte, error) {
	if s.at != nil {
		buf = buf[:min(int64(len(buf)), s.size)]
		return buf, s.readAt(buf, 0)
	}
	head, err := io.ReadAll(io.LimitReader(s.r, int64(len(buf))))
	if err != nil {
		return nil, err
	}
	n := int64(len(head))
	ended := len(head) < len(buf)
	switch {
	case s.size >= 0 && n > s.size:
		head = head[:s.size] // what a file gained is not part of it
	case s.size < 0 && ended:
		s.size = n
	case n < s.size && ended:
		return nil, s.tooShort(n)
	}
	s.head = head
	return head, nil
}

// readAt fills buf with the octets from off on. It may be called only if at is
// not nil.
func (s *source) readAt(buf []byte, off int64) error {
	n, err := s.at.ReadAt(buf, off)
	switch {
	case n == len(buf):
		return nil
	case err == nil || err == io.EOF:
		return s.tooShort(off + int64(n))
	}
	return err
}

// scan writes the whole part to w, whatever was read of it. It may be called
// only if at is not nil.
func (s *source) scan(w io.Writer) error {
	n, err := io.Copy(w, io.NewSectionReader(s.at, 0, s.size))
	if err == nil && n < s.size {
		err = s.tooShort(n)
	}
	return err
}

func (s *source) tooShort(n int64) error {
	return changed(s.label, "it ends after %d of %d octets", n, s.size)
}

// Read reads the part from its beginning. It returns io.EOF only at the size of
// the part, if that is known.
func (s *source) Read(p []byte) (int, error) {
	if s.size >= 0 {
		p = p[:min(int64(len(p)), s.size-s.read)]
		if s.read == s.size {
			return 0, io.EOF
		}
	}
	var n int
	var err error
	if int64(len(s.head)) > s.read {
		n = copy(p, s.head[s.read:])
	} else {
		s.head = nil
		n, err = s.r.Read(p)
	}
	s.read += int64(n)
	if err == io.EOF && s.size < 0 {
		s.size = s.read
	}
	if err == io.EOF && s.read < s.size {
		err = s.tooShort(s.read)
	}
	return n, err
}

// copyTo writes the part, through buf, and closes it.
func (s *source) copyTo(w io.Writer, buf []byte) error {
	if _, err := io.CopyBuffer(w, s, buf); err != nil {
		return err
	}
	return s.Close()
}

// Close closes the part, once.
func (s *source) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	if err := s.r.Close(); err != nil {
		return fmt.Errorf("%s: %w", s.label, err)
	}
	return nil
}
