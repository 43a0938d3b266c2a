package writebehind

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
)

var (
	errDisk   = errors.New("disk on fire")
	errSource = errors.New("source dried up")
)

// count writes n blocks of two octets, in two buffers in turn.
func count(w io.Writer, n int) error {
	block, other := make([]byte, 2), make([]byte, 2)
	for i := range n {
		block[0], block[1] = byte('a'+i), '\n'
		if _, err := w.Write(block); err != nil {
			return err
		}
		block, other = other, block
	}
	return nil
}

func TestRun(t *testing.T) {
	for n, want := range []string{"", "a\n", "a\nb\n", "a\nb\nc\n"} {
		synctest.Test(t, func(t *testing.T) { // which fails if a goroutine is left
			var b strings.Builder
			err := Run(&b, func(w io.Writer) error { return count(w, n) })
			if err != nil || b.String() != want {
				t.Errorf("%d blocks: %q, %v, want %q", n, b.String(), err, want)
			}
		})
	}
}

// A failing writer accepts n octets, then fails with err, or panics with it.
type failing struct {
	bytes.Buffer
	n      int
	err    error
	panics bool
	failed int
}

func (f *failing) Write(p []byte) (int, error) {
	if f.Len()+len(p) <= f.n {
		return f.Buffer.Write(p)
	}
	f.failed++
	if f.panics {
		panic(f.err)
	}
	return 0, f.err
}

// After an error nothing more is written, and f learns of it.
func TestWriterThatFails(t *testing.T) {
	for n := range 4 {
		synctest.Test(t, func(t *testing.T) {
			w := &failing{n: 2 * n, err: errDisk}
			err := Run(w, func(w io.Writer) error { return count(w, 4) })
			if err != errDisk || w.Len() != 2*n || w.failed != 1 {
				t.Errorf("after %d blocks: %v, %q, %d writes failed", n, err, w.String(), w.failed)
			}
		})
	}
}

func TestShortWrite(t *testing.T) {
	w := &failing{} // fails with a nil error
	if err := Run(w, func(w io.Writer) error { return count(w, 2) }); err != io.ErrShortWrite {
		t.Errorf("Run returned %v", err)
	}
}

// What f wrote before its error is written.
func TestFunctionThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		err := Run(&b, func(w io.Writer) error {
			if err := count(w, 3); err != nil {
				return err
			}
			return errSource
		})
		if err != errSource || b.String() != "a\nb\nc\n" {
			t.Errorf("%v, %q", err, b.String())
		}
	})
}

// A write that fails while f fails came before.
func TestBothFail(t *testing.T) {
	err := Run(&failing{err: errDisk}, func(w io.Writer) error {
		w.Write([]byte("x"))
		return errSource
	})
	if err != errDisk {
		t.Errorf("Run returned %v, want %v", err, errDisk)
	}
}

// A panic reaches the caller of Run, and ends the second goroutine.
func TestPanics(t *testing.T) {
	for n := range 3 {
		synctest.Test(t, func(t *testing.T) {
			defer func() {
				if r := recover(); r != errDisk {
					t.Errorf("after %d blocks: Run panicked with %v", n, r)
				}
			}()
			Run(&failing{n: 2 * n, err: errDisk, panics: true}, func(w io.Writer) error { return count(w, 3) })
			t.Errorf("after %d blocks: no panic", n)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			if r := recover(); r != errSource {
				t.Errorf("Run panicked with %v", r)
			}
		}()
		Run(io.Discard, func(w io.Writer) error {
			w.Write([]byte("x"))
			panic(errSource)
		})
	})
}
