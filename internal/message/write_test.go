package message

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A slowWriter uses what it is given only after a while, as a slow connection does.
type slowWriter struct{ bytes.Buffer }

func (w *slowWriter) Write(p []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return w.Buffer.Write(p)
}

// A block does not change while it is written.
func TestBlocksAreNotReusedTooEarly(t *testing.T) {
	var b strings.Builder
	b.WriteString(complete + "\n")
	for i := 0; b.Len() < 4<<20; i++ {
		fmt.Fprintf(&b, "%d%s\n", i, strings.Repeat("x", i%120))
	}
	in := b.String()
	for name, r := range map[string]io.Reader{
		"whole":     strings.NewReader(in),
		"in pieces": pieces(in, 300<<10, 7),
	} {
		m, err := Read(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var w slowWriter
		if n, err := m.WriteTo(&w); err != nil || n != int64(len(in)) || w.String() != in {
			t.Errorf("%s: %d octets of %d, %v", name, n, len(in), err)
		}
	}
}

// A panic of the reader reaches the caller, and ends the goroutine that writes.
func TestReaderPanics(t *testing.T) {
	before := runtime.NumGoroutine()
	m, err := Read(io.MultiReader(strings.NewReader(long), panicReader{}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("WriteTo did not panic")
			}
		}()
		m.WriteTo(io.Discard)
	}()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			t.Fatal("the goroutine that writes did not end")
		}
		time.Sleep(time.Millisecond)
	}
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("read") }
