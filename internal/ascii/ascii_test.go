package ascii

import (
	"bytes"
	"testing"
)

// One octet over 127 is found at every offset of every small length.
func TestOnly(t *testing.T) {
	for n := range 40 {
		p := bytes.Repeat([]byte{0x7F}, n)
		if !Only(p) || !OnlyString(string(p)) {
			t.Fatalf("%d octets of 0x7F are not reported as ASCII", n)
		}
		for i := range p {
			p[i] = 0x80
			if Only(p) || OnlyString(string(p)) {
				t.Fatalf("octet %d of %d is 0x80, reported as ASCII", i, n)
			}
			p[i] = 0x7F
		}
	}
}

func BenchmarkOnly(b *testing.B) {
	p := bytes.Repeat([]byte("A line of text.\n"), 4096)
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		Only(p)
	}
}
