// Package buffer keeps content that must be read more than once: up to 1 MiB in
// memory, and the rest in a temporary file that has no name.
package buffer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// memoryMax is how many octets are kept in memory.
const memoryMax = 1 << 20

// ErrFile is in every error of Write, except os.ErrClosed: the temporary file
// cannot be created or written.
var ErrFile = errors.New("temporary file")

// A Store keeps what is written to it. The zero value is empty and ready for
// use. The caller must call Close, which removes the temporary file.
//
// All methods may be called concurrently. In particular, a Store may be closed
// while a goroutine that writes to it waits for its source.
type Store struct {
	mu     sync.RWMutex
	memory []byte   // the first memoryMax octets
	file   *os.File // the octets after them; nil if there are none
	size   int64
	err    error // of the file, or os.ErrClosed; every later Write returns it
}

// Write appends p. After an error, every later Write returns it.
func (s *Store) Write(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	n = min(len(p), memoryMax-len(s.memory))
	s.grow(n)
	s.memory = append(s.memory, p[:n]...)
	if n < len(p) {
		var more int
		more, s.err = s.writeFile(p[n:])
		n += more
	}
	s.size += int64(n)
	return n, s.err
}

// grow makes room for n more octets in memory. It grows in few steps, each of which
// leaves garbage.
func (s *Store) grow(n int) {
	if need := len(s.memory) + n; need > cap(s.memory) {
		larger := min(max(need, 8*cap(s.memory)), memoryMax)
		s.memory = append(make([]byte, 0, larger), s.memory...)
	}
}

// writeFile appends p to the temporary file.
func (s *Store) writeFile(p []byte) (n int, err error) {
	if s.file == nil {
		s.file, err = newFile()
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrFile, err)
		}
	}
	n, err = s.file.Write(p)
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrFile, err)
	}
	return n, err
}

// newFile creates a temporary file and removes its name before anything is
// written to it, so that no content is left when the program is killed.
func newFile() (*os.File, error) {
	f, err := os.CreateTemp("", "mailpipe-*") // mode 0600
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Size returns the number of octets that were written.
func (s *Store) Size() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.size
}

// ReadAt implements io.ReaderAt.
func (s *Store) ReadAt(p []byte, off int64) (n int, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if off < int64(len(s.memory)) {
		n = copy(p, s.memory[off:])
		if n == len(p) {
			return n, nil
		}
	}
	if s.file == nil {
		return n, io.EOF
	}
	more, err := s.file.ReadAt(p[n:], off+int64(n)-int64(len(s.memory)))
	return n + more, err
}

// Bytes returns a part of what has been written, without a copy if it is in memory. It
// must not be changed.
func (s *Store) Bytes(from, to int64) ([]byte, error) {
	s.mu.RLock()
	memory := s.memory
	s.mu.RUnlock()
	if to <= int64(len(memory)) {
		return memory[from:to:to], nil
	}
	p := make([]byte, to-from)
	_, err := s.ReadAt(p, from)
	return p, err
}

// Reader returns a new reader of what has been written so far.
func (s *Store) Reader() *io.SectionReader { return io.NewSectionReader(s, 0, s.Size()) }

// Reset empties the store, so that it can be written again. It removes the
// temporary file and keeps the memory.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		s.file.Close()
	}
	s.memory, s.file, s.size, s.err = s.memory[:0], nil, 0, nil
}

// Close frees the memory and removes the temporary file. It may be called
// twice. A later Write returns os.ErrClosed.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.file
	s.memory, s.file, s.size, s.err = nil, nil, 0, os.ErrClosed
	if f == nil {
		return nil
	}
	return f.Close()
}
