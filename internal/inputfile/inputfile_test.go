package inputfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"testing/iotest"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRegular(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 1000)
	var set Set
	f, err := set.Open(write(t, "a", string(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Size != int64(len(content)) {
		t.Errorf("size %d", f.Size)
	}
	head := make([]byte, 7)
	if n, err := f.Reader().(io.ReaderAt).ReadAt(head, 9995); n != 5 || err != io.EOF || string(head[:n]) != "56789" {
		t.Errorf("ReadAt: %d, %v, %q", n, err, head)
	}
	if err := iotest.TestReader(f.Reader(), content); err != nil {
		t.Error(err)
	}
}

// The size of a file that the system generates is wrong: it claims to be empty
// or fills a page. Such a file stays open, because it is read only once.
func TestFileOfTheSystem(t *testing.T) {
	for _, path := range []string{"/proc/self/status", "/sys/devices/system/cpu/online"} {
		want, err := os.ReadFile(path)
		if err != nil || len(want) == 0 {
			t.Logf("cannot read %s: %v", path, err)
			continue
		}
		var set Set
		set.open.Store(maxOpen)
		f, err := set.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, at := f.Reader().(io.ReaderAt); f.Size >= 0 || at || f.f == nil {
			t.Errorf("%s: size %d, an io.ReaderAt: %v, stays open: %v", path, f.Size, at, f.f != nil)
		}
		if got, err := io.ReadAll(f.Reader()); err != nil || !bytes.HasPrefix(got, want[:min(5, len(want))]) {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}

// A file that seems to be empty but cannot be read is refused.
func TestUnreadable(t *testing.T) {
	const path = "/proc/self/mem" // its size is 0, and nothing is mapped at its beginning
	if _, err := os.Stat(path); err != nil {
		t.Skip(err)
	}
	var set Set
	f, err := set.Open(path)
	var pathError *os.PathError
	if !errors.Is(err, syscall.EIO) || !errors.As(err, &pathError) {
		t.Errorf("Open(%s) = %v, %v, want EIO in a PathError", path, f, err)
	}
}

// The size of an ordinary file is right, even if it is 0 or that of a page.
func TestSize(t *testing.T) {
	var set Set
	for _, size := range []int{0, 1, os.Getpagesize(), 2 * os.Getpagesize()} {
		f, err := set.Open(write(t, "a", string(make([]byte, size))))
		if err != nil || f.Size != int64(size) {
			t.Errorf("%d octets: %d, %v", size, f.Size, err)
		}
		f.Close()
	}
}

// Octets that are added later are not read.
func TestGrown(t *testing.T) {
	path := write(t, "log", "one\n")
	var set Set
	f, err := set.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.WriteFile(path, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); err != nil || string(got) != "one\n" {
		t.Errorf("%q, %v", got, err)
	}
	if n, err := f.Reader().(io.ReaderAt).ReadAt(make([]byte, 8), 0); n != 4 || err != io.EOF {
		t.Errorf("ReadAt saw %d octets, %v", n, err)
	}
}

// Fewer octets are an error.
func TestShrunk(t *testing.T) {
	path := write(t, "log", "one\ntwo\n")
	var set Set
	f, err := set.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Truncate(path, 5); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); !errors.Is(err, ErrChanged) || string(got) != "one\nt" {
		t.Errorf("%q, %v", got, err)
	}
}

// A directory, a device, a missing file.
func TestUnsuitable(t *testing.T) {
	var set Set
	for path, want := range map[string]error{
		t.TempDir():                           ErrDirectory,
		"/dev/null":                           ErrDevice,
		filepath.Join(t.TempDir(), "missing"): os.ErrNotExist,
	} {
		if _, err := set.Open(path); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
}

// A FIFO is read.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := exec.Command("mkfifo", "-m", "600", path).Run(); err != nil {
		t.Fatal(err)
	}
	go os.WriteFile(path, []byte("through a pipe"), 0)
	var set Set
	f, err := set.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, at := f.Reader().(io.ReaderAt); at || f.Size >= 0 {
		t.Errorf("size %d, an io.ReaderAt: %v", f.Size, at)
	}
	if got, err := io.ReadAll(f); err != nil || string(got) != "through a pipe" {
		t.Errorf("%q, %v", got, err)
	}
	f.Close()
	if _, err := f.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read after Close: %v", err)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	fds, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(fds)
}

// Of many files, only maxOpen are open at a time.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	before := openFiles(t)
	var set Set
	var files []*File
	most := 0
	for i := range 3 * maxOpen {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, fmt.Appendf(nil, "file %d", i), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := set.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		f.Reader().(io.ReaderAt).ReadAt(make([]byte, 4), 0)
		files = append(files, f)
	}
	for i, f := range files {
		// A part first, so that each file is begun before the next one.
		head := make([]byte, 2)
		if _, err := io.ReadFull(f, head); err != nil {
			t.Fatal(err)
		}
		if i%100 == 0 {
			most = max(most, openFiles(t)-before)
		}
	}
	for i, f := range files {
		if got, err := io.ReadAll(f); err != nil || "fi"+string(got) != fmt.Sprintf("file %d", i) {
			t.Fatalf("%d: %q, %v", i, got, err)
		}
		f.Close()
		f.Close()
	}
	if most > maxOpen {
		t.Errorf("%d files open, want at most %d", most, maxOpen)
	}
	if left := openFiles(t) - before; left != 0 || set.open.Load() != 0 {
		t.Errorf("%d left open, %d counted", left, set.open.Load())
	}
}

// A file that was closed to make room is opened again only if it is the same.
func TestReplaced(t *testing.T) {
	dir := t.TempDir()
	var set Set
	set.open.Store(maxOpen)
	path := filepath.Join(dir, "a")
	open := func() *File {
		t.Helper()
		if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := set.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := open()
	if got, err := io.ReadAll(f); err != nil || string(got) != "content" {
		t.Errorf("the same file: %q, %v", got, err)
	}
	f = open()
	os.Rename(path, path+".old")
	os.WriteFile(path, []byte("content"), 0o600)
	if _, err := io.ReadAll(f); !errors.Is(err, ErrChanged) {
		t.Errorf("another file: %v", err)
	}
	f = open()
	os.Truncate(path, 3)
	if _, err := io.ReadAll(f); !errors.Is(err, ErrChanged) {
		t.Errorf("a shorter file: %v", err)
	}
	f = open()
	os.Remove(path)
	exec.Command("mkfifo", "-m", "600", path).Run()
	if _, err := io.ReadAll(f); !errors.Is(err, ErrChanged) { // without waiting for a writer
		t.Errorf("a FIFO: %v", err)
	}
	os.Remove(path)
	f = open()
	os.Remove(path)
	if _, err := io.ReadAll(f); !errors.Is(err, ErrChanged) {
		t.Errorf("no file: %v", err)
	}
}
