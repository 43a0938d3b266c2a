package octets

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// naive counts octet by octet.
func naive(p []byte) (c Census) {
	for _, o := range p {
		switch {
		case o == '\n':
			c.LF++
		case o == '\r':
			c.CR++
		case o == 0:
			c.NUL = true
		case o > 127:
			c.High = true
		}
	}
	return c
}

// counts holds both ways of counting to the naive one.
func counts(t *testing.T, p []byte, what string, about ...any) {
	t.Helper()
	want := naive(p)
	var portable Census
	portable.add(p)
	if got := Count(p); got != want || portable != want {
		t.Fatalf("%s: %+v, portable %+v, want %+v", fmt.Sprintf(what, about...), got, portable, want)
	}
}

// Sizes about those at which registers, blocks and sums end, at any alignment;
// each with one octet of a kind in any place, and full of it.
func TestCount(t *testing.T) {
	sizes := []int{0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 127*64 - 1, 127 * 64, 127*64 + 1, 128*64 + 7, 255 * 64, 300*64 + 63}
	r := rand.New(rand.NewPCG(1, 2))
	memory := make([]byte, slices.Max(sizes)+32)
	for _, size := range sizes {
		for _, kind := range []byte{'\n', '\r', 0, 1, 9, 11, 12, 14, 'a', 127, 128, 255} {
			p := memory[r.IntN(32):][:size]
			for i := range p {
				p[i] = kind
			}
			counts(t, p, "%d times %#x", size, kind)
			for i := range p {
				p[i] = "a~ -"[i%4]
			}
			for n := range min(size, 200) {
				i := n // every place of a small one
				if size > 200 {
					i = r.IntN(size)
				}
				was := p[i]
				p[i] = kind
				counts(t, p, "%#x at %d of %d", kind, i, size)
				p[i] = was
			}
		}
	}
	for range 2000 { // and all kinds mixed
		p := memory[r.IntN(32):][:r.IntN(1000)]
		for i := range p {
			p[i] = byte(r.Uint32() >> r.IntN(8))
		}
		counts(t, p, "%q", p)
	}
}

func BenchmarkCount(b *testing.B) {
	p := []byte(strings.Repeat(strings.Repeat("QUJD", RowColumns/4)+"\r\n", 6700))
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		Count(p)
	}
}
