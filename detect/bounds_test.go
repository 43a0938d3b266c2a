package detect

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// A countingReaderAt counts what is read.
type countingReaderAt struct {
	io.ReaderAt
	calls, octets int
}

func (r *countingReaderAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, off)
	r.calls++
	r.octets += n
	return n, err
}

// repeatedMember returns a zip archive whose directory has the entry of its first
// member n times.
func repeatedMember(archive string, n int) string {
	le := binary.LittleEndian
	end := []byte(archive[strings.LastIndex(archive, zipEnd):])
	directory := archive[le.Uint32(end[16:]) : len(archive)-len(end)]
	entry := directory[:zipEntrySize+int(le.Uint16([]byte(directory[28:])))]
	le.PutUint32(end[12:], uint32(n*len(entry)))
	return archive[:le.Uint32(end[16:])] + strings.Repeat(entry, n) + string(end)
}

// Tables in a file may name the same content again and again, and so be far more
// work than the file has octets.
func TestWorkIsBounded(t *testing.T) {
	zeros := strings.Repeat("\x00", 10<<20)
	random := make([]byte, wholeSize) // keeps the directory out of what File reads first
	rand.NewChaCha8([32]byte{}).Read(random)

	loop := append([]byte(oleOf(oleEntry{name: "Workbook"})), random...)
	le := binary.LittleEndian
	le.PutUint16(loop[30:], 7)          // sectors of 128 octets
	le.PutUint32(loop[48:], 0)          // sector 0 is the first of the directory,
	le.PutUint32(loop[76:], 0)          // it is the first of the allocation table,
	copy(loop[128:], make([]byte, 128)) // and in that table, it follows itself

	parts := zipOf("[Content_Types].xml", zeros, "random", string(random))
	mimetype := zipOf("mimetype", zeros, "random", string(random))
	for _, c := range []struct{ name, content, want string }{
		{"a list of parts, 14,000 times", repeatedMember(parts, 14_000), "application/zip"},
		{"a mimetype, 14,000 times", repeatedMember(mimetype, 14_000), "application/zip"},
		{"a directory that follows itself", string(loop), "application/x-ole-storage"},
	} {
		r := &countingReaderAt{ReaderAt: strings.NewReader(c.content)}
		got, err := File("x", r, int64(len(c.content)))
		if err != nil || got.Type != c.want {
			t.Errorf("%s: %+v, %v, want %s", c.name, got, err, c.want)
		}
		if r.calls > 2000 || r.octets > 4<<20 {
			t.Errorf("%s: a file of %d octets takes %d reads of %d octets", c.name, len(c.content), r.calls, r.octets)
		}
	}
}
