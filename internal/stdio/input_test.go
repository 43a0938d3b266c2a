package stdio

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/iotest"
)

// openAt returns a file with this content, at this offset.
func openAt(t *testing.T, content string, offset int64) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return f
}

// A regular file is read from its offset.
func TestInput(t *testing.T) {
	in := NewInput(openAt(t, "line\ntext\n", 5))
	if err := iotest.TestReader(in, []byte("text\n")); err != nil || in.Size != 5 {
		t.Error(in.Size, err)
	}
}

func TestInputGrows(t *testing.T) {
	f := openAt(t, "one\n", 0)
	in := NewInput(f)
	if _, err := f.WriteAt([]byte("two\n"), 4); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(in); string(got) != "one\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestInputShrinks(t *testing.T) {
	f := openAt(t, "one\ntwo\n", 0)
	in := NewInput(f)
	if err := f.Truncate(4); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(in)
	const want = "standard input: became shorter while it was read: 4 octets are missing"
	if string(got) != "one\n" || err == nil || err.Error() != want {
		t.Errorf("%q, %v", got, err)
	}
}

func TestInputIsPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	defer r.Close()
	if in := NewInput(r); in.Size >= 0 {
		t.Errorf("size of a pipe: %d", in.Size)
	}
}

func TestError(t *testing.T) {
	for _, tt := range []struct {
		err  error
		text string
		gone bool
	}{
		{&Error{Err: syscall.EPIPE, output: true}, "standard output: broken pipe", true},
		{&Error{Err: syscall.ENOSPC, output: true}, "standard output: no space left on device", false},
		{
			&Error{Err: &os.PathError{Op: "read", Path: "/dev/stdin", Err: syscall.EIO}},
			"standard input: input/output error", false,
		},
		{errors.Join(syscall.EPIPE), "broken pipe", false}, // of a server
	} {
		if got := tt.err.Error(); got != tt.text {
			t.Errorf("%q, want %q", got, tt.text)
		}
		if got := ReaderGone(tt.err); got != tt.gone {
			t.Errorf("%v: reader gone: %v", tt.err, got)
		}
	}
}

// A file is read again from where it was read first, up to the same end. A pipe
// cannot be read again.
func TestInputSeek(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.WriteString("before0123456789")
	f.Seek(int64(len("before")), io.SeekStart)
	in := NewInput(f)
	for range 2 {
		if text, err := io.ReadAll(in); string(text) != "0123456789"[10-len(text):] || len(text) == 0 || err != nil {
			t.Errorf("%q, %v", text, err)
		}
		if n, err := in.Seek(7, io.SeekStart); n != 7 || err != nil {
			t.Error(n, err)
		}
	}
	if _, err := in.Seek(-1, io.SeekStart); err == nil {
		t.Error("the text before can be read")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w.Close()
	if _, err := NewInput(r).Seek(0, io.SeekStart); err == nil {
		t.Error("a pipe can be read again")
	}
}
