// Package buffer keeps a stream that must be read again: in memory up to
// 1 MiB, then in a temporary file that has no name.
package buffer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// memoryMax is how many octets stay in memory.
const memoryMax = 1 << 20

// ErrFile is in every error of Write: the temporary file cannot be made or written.
var ErrFile = errors.New("temporary file")

// Store keeps what is written to it. The zero value is empty and ready. The
// caller calls Close, which frees the file. All methods may be called at once:
// a writer may hang in its source when the caller has had enough.
type Store struct {
	mu     sync.RWMutex
	memory []byte
	file   *os.File // what came after memoryMax octets; nil: nothing yet
	size   int64
	err    error // of the file, or closed; later writes return it too
}

// Write appends p. An error is one of the temporary file's, and final.
func (s *Store) Write(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	n = min(len(p), memoryMax-len(s.memory))
	s.memory = append(s.memory, p[:n]...)
	if n < len(p) {
		var more int
		more, s.err = s.spill(p[n:])
		n += more
	}
	s.size += int64(n)
	return n, s.err
}

// spill writes to the file, whose name is gone before anything is in it: no
// text is left behind, however the program ends.
func (s *Store) spill(p []byte) (n int, err error) {
	if s.file == nil {
		f, err := os.CreateTemp("", "mailpipe-*") // mode 0600
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrFile, err)
		}
		if err := os.Remove(f.Name()); err != nil {
			f.Close()
			return 0, fmt.Errorf("%w: %w", ErrFile, err)
		}
		s.file = f
	}
	if n, err = s.file.Write(p); err != nil {
		err = fmt.Errorf("%w: %w", ErrFile, err)
	}
	return n, err
}

// Size is the number of octets kept.
func (s *Store) Size() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.size
}

// ReadAt reads what is kept; any number of readers may do so at once.
func (s *Store) ReadAt(p []byte, off int64) (n int, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if off < int64(len(s.memory)) {
		if n = copy(p, s.memory[off:]); n == len(p) {
			return n, nil
		}
	}
	if s.file == nil {
		return n, io.EOF
	}
	more, err := s.file.ReadAt(p[n:], off+int64(n)-int64(len(s.memory)))
	return n + more, err
}

// Reader returns a new reader of all that is kept, from the start.
func (s *Store) Reader() *io.SectionReader { return io.NewSectionReader(s, 0, s.Size()) }

// Reset empties the store, which keeps its memory for what comes next.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		s.file.Close()
	}
	s.memory, s.file, s.size, s.err = s.memory[:0], nil, 0, nil
}

// Close frees the memory and the file. It may be called twice.
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
