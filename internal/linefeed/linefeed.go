// Package linefeed finds the LFs of large texts.
package linefeed

import (
	"bytes"
	"slices"
)

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
