package compose

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
)

// lending lends a buffer of another size each time, too small ones among them.
type lending struct {
	bytes.Buffer
	sizes []int
	lent  []byte
	taken int // how often a loan was written
}

func (l *lending) AvailableBuffer() []byte {
	l.lent = make([]byte, 0, l.sizes[0])
	l.sizes = append(l.sizes[1:], l.sizes[0])
	return l.lent
}

func (l *lending) Write(p []byte) (int, error) {
	if cap(l.lent) > 0 && &p[0] == &l.lent[:1][0] {
		l.taken++
	}
	return l.Buffer.Write(p)
}

// A message is the same wherever it is made.
func TestLentBuffers(t *testing.T) {
	write := func() *Plan {
		m := letter()
		m.Text = textPart("Hello.\n")
		m.Files = []Part{part("a.bin", strings.Repeat("0123456789\xff", 200<<10)), pipe("b.bin", strings.Repeat("x", 100<<10))}
		plan, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	var want bytes.Buffer
	if _, err := write().WriteTo(struct{ writeOnly }{&want}); err != nil || want.Len() < 3<<20 {
		t.Fatal(want.Len(), err)
	}
	l := &lending{sizes: []int{outputMin, 0, outputSize, outputMin - 1, 3 * outputSize}}
	if n, err := write().WriteTo(l); err != nil || n != int64(want.Len()) || !bytes.Equal(l.Bytes(), want.Bytes()) {
		t.Errorf("%d octets of %d, %v", n, want.Len(), err)
	}
	if l.taken < 3 {
		t.Errorf("%d loans were taken", l.taken)
	}
	for _, size := range []int{16, 4096, outputMin + 1, outputSize} {
		var got bytes.Buffer
		w := bufio.NewWriterSize(struct{ writeOnly }{&got}, size)
		if _, err := write().WriteTo(w); err != nil {
			t.Fatal(err)
		}
		if w.Flush(); !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("a buffer of %d: %d octets, want %d", size, got.Len(), want.Len())
		}
	}
}

// writeOnly hides what else a writer can do.
type writeOnly interface{ Write(p []byte) (int, error) }
