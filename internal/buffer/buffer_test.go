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

// pattern has no two equal stretches where they could be mixed up.
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
					t.Fatal(n, err)
				}
			}
			if s.Size() != int64(size) {
				t.Errorf("size %d, want %d", s.Size(), size)
			}
			if inFile := s.file != nil; inFile != (size > memoryMax) {
				t.Errorf("%d octets in a file: %v", size, inFile)
			}
			for off := max(0, min(size, memoryMax)-3); off < size; off++ { // over the border
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
				t.Error("closed twice:", err)
			}
			if _, err := s.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
				t.Error("written after Close:", err)
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
			t.Errorf("%d octets in a file: %v", size, inFile)
		}
	}
}

// The file is in $TMPDIR, has no name and is for nobody else.
//
// O08: a crash leaves no text behind.
func TestNoName(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var s Store
	defer s.Close()
	if _, err := s.Write(pattern(memoryMax + 1)); err != nil {
		t.Fatal(err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 0 {
		t.Errorf("left in the folder: %v", names)
	}
	if filepath.Dir(s.file.Name()) != dir {
		t.Errorf("the file was at %s", s.file.Name())
	}
	if info, err := s.file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
}

// An error of the file is final: what comes later must not follow a gap.
func TestNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	t.Setenv("TMPDIR", dir)
	var s Store
	defer s.Close()
	for range 2 {
		n, err := s.Write(pattern(memoryMax + 1 - int(s.Size())))
		if !errors.Is(err, ErrFile) || !errors.Is(err, os.ErrNotExist) {
			t.Error(n, err)
		}
		os.Mkdir(dir, 0o700) // too late
	}
	if s.Size() != memoryMax {
		t.Error(s.Size())
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
			t.Error(n, err)
		}
	}
	if s.Size() != memoryMax+1 {
		t.Error(s.Size())
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
				t.Errorf("%d at %d: %d, %v", size, off, n, err)
			}
		}
		s.Close()
	}
}
