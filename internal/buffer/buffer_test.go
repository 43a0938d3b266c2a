package buffer

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// pattern returns n octets in which no part can be mistaken for another.
func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i*7 + i>>8 + i>>16)
	}
	return p
}

func TestStore(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, size := range []int{0, 1, memoryMax - 1, memoryMax, memoryMax + 1, 3*memoryMax + 5} {
		for _, step := range []int{9999, memoryMax - 1, memoryMax, 5 * memoryMax} {
			var s Store
			want := pattern(size)
			for i := 0; i < size; i += step {
				p := want[i:min(size, i+step)]
				if n, err := s.Write(p); n != len(p) || err != nil {
					t.Fatalf("Write returned %d, %v, want %d", n, err, len(p))
				}
			}
			if s.Size() != int64(size) {
				t.Errorf("size %d, want %d", s.Size(), size)
			}
			if inFile := s.file != nil; inFile != (size > memoryMax) {
				t.Errorf("%d octets: in a file: %v", size, inFile)
			}
			for off := max(0, min(size, memoryMax)-3); off < size; off++ { // from memory to the file
				p := make([]byte, 5)
				n, err := s.Reader().ReadAt(p, int64(off))
				if !bytes.Equal(p[:n], want[off:min(size, off+5)]) || (n < 5) != (err == io.EOF) {
					t.Fatalf("at %d: %d octets, %v", off, n, err)
				}
				if off > memoryMax+3 {
					break
				}
			}
			var wait sync.WaitGroup
			for range 3 {
				wait.Go(func() {
					if got, err := io.ReadAll(s.Reader()); err != nil || !bytes.Equal(got, want) {
						t.Errorf("%d by %d: %d octets, %v", size, step, len(got), err)
					}
				})
			}
			wait.Wait()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error("the second Close:", err)
			}
			if _, err := s.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
				t.Error("Write after Close:", err)
			}
		}
	}
}

func TestReset(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var s Store
	defer s.Close()
	for _, size := range []int{memoryMax + 5, 3, 0, 2 * memoryMax} {
		s.Reset()
		want := pattern(size)
		if _, err := s.Write(want); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(s.Reader()); err != nil || !bytes.Equal(got, want) || s.Size() != int64(size) {
			t.Errorf("%d octets: got %d, size %d, %v", size, len(got), s.Size(), err)
		}
		if inFile := s.file != nil; inFile != (size > memoryMax) {
			t.Errorf("%d octets: in a file: %v", size, inFile)
		}
	}
}

// A program that is killed leaves no text. The file is in $TMPDIR, has no
// name, and may not be read by other users.
func TestNoName(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var s Store
	defer s.Close()
	if _, err := s.Write(pattern(memoryMax + 1)); err != nil {
		t.Fatal(err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 0 {
		t.Errorf("left in $TMPDIR: %v", names)
	}
	if filepath.Dir(s.file.Name()) != dir {
		t.Errorf("the file was at %s", s.file.Name())
	}
	info, err := s.file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
}

// After an error nothing is written any more, because there would be a gap.
func TestNoDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	t.Setenv("TMPDIR", dir)
	var s Store
	defer s.Close()
	for range 2 {
		n, err := s.Write(pattern(memoryMax + 1 - int(s.Size())))
		if !errors.Is(err, ErrFile) || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("Write returned %d, %v", n, err)
		}
		os.Mkdir(dir, 0o700) // too late
	}
	if s.Size() != memoryMax {
		t.Errorf("size %d, want %d", s.Size(), memoryMax)
	}
}

func TestFileThatFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var s Store
	if _, err := s.Write(pattern(memoryMax + 1)); err != nil {
		t.Fatal(err)
	}
	s.file.Close()
	for range 2 {
		if n, err := s.Write([]byte("x")); n != 0 || !errors.Is(err, ErrFile) || !errors.Is(err, os.ErrClosed) {
			t.Errorf("Write returned %d, %v", n, err)
		}
	}
	if s.Size() != memoryMax+1 {
		t.Errorf("size %d, want %d", s.Size(), memoryMax+1)
	}
}

func TestReadAtTheEnd(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, size := range []int{0, 5, memoryMax, memoryMax + 5} {
		var s Store
		if _, err := s.Write(pattern(size)); err != nil {
			t.Fatal(err)
		}
		for _, off := range []int{max(size-3, 0), size, size + 1} {
			n, err := s.ReadAt(make([]byte, 4), int64(off))
			if n != max(size-off, 0) || err != io.EOF {
				t.Errorf("%d octets, ReadAt %d: %d, %v, want %d, EOF", size, off, n, err, max(size-off, 0))
			}
		}
		s.Close()
	}
}
