// Package hold keeps a stream that must be read again: in memory up to
// 1 MiB, then in a temporary file that has no name.
package hold

import "io"

// MemoryMax is how many octets stay in memory.
const MemoryMax = 1 << 20

// Store keeps what is written to it. The zero value is empty and ready. The
// caller calls Close, which frees the file.
type Store struct{}

// Write appends p. (An error is one of the temporary file's.)
func (s *Store) Write(p []byte) (int, error) { panic("unwritten") }

// Size is the number of octets kept.
func (s *Store) Size() int64 { panic("unwritten") }

// Reader returns a new reader of all that is kept, from the start.
func (s *Store) Reader() io.ReadSeeker { panic("unwritten") }

// Close frees the memory and the file. It may be called twice.
func (s *Store) Close() error { panic("unwritten") }
