package message

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// lateWriter takes what it is given at its end, as a slow socket does.
type lateWriter struct{ b bytes.Buffer }

func (w *lateWriter) Write(p []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return w.b.Write(p)
}

// What is being written stays as it is while the next block is read, whatever
// the line ends and however it comes.
func TestBehindKeepsBlocks(t *testing.T) {
	var lf strings.Builder
	for i := 0; lf.Len() < 4<<20; i++ {
		lf.WriteString(strings.Repeat(string(rune('a'+i%26)), i%120) + "\n")
	}
	body := lf.String()
	mixed := strings.ReplaceAll(body, "z\n", "z\r\n")
	for name, sent := range map[string]string{"LF": body, "CRLF": crlf(body), "mixed": mixed, "LF, then CRLF": body[:2<<20] + "\n" + crlf(body)} {
		want := crlf(strings.ReplaceAll(fixed+"\n"+sent, "\r\n", "\n"))
		for step, r := range map[string]io.Reader{"at once": strings.NewReader(fixed + "\n" + sent), "in pieces": pieces(fixed+"\n"+sent, 300<<10, 7)} {
			m, err := Read(r, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var w lateWriter
			if n, err := m.WriteTo(&w); err != nil || n != int64(len(want)) || w.b.String() != want {
				t.Errorf("%s, %s: %d octets of %d, %v", name, step, n, len(want), err)
			}
		}
	}
}

// The error of a write is that of all which follow, and what was written before is counted.
func TestBehindFails(t *testing.T) {
	broken := errors.New("broken")
	for after := range 4 {
		writes := 0
		b := newBehind(writer(func(p []byte) (int, error) {
			if writes++; writes > after {
				return 1, broken
			}
			return len(p), nil
		}))
		var err error
		n := 0
		for ; n < 10 && err == nil; n++ {
			_, err = b.Write([]byte("block"))
		}
		if last := b.close(); err != broken || last != broken || n != after+2 || writes != after+1 {
			t.Errorf("after %d: %v, %v, %d writes of %d", after, err, last, writes, n)
		}
	}
	b := newBehind(writer(func(p []byte) (int, error) { return len(p) - 1, nil }))
	if _, err := b.Write([]byte("block")); err != nil {
		t.Error(err)
	}
	if err := b.close(); err != io.ErrShortWrite {
		t.Errorf("a short write: %v", err)
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
