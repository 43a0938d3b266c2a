package ascii

import (
	"bytes"
	"testing"
)

// One octet over 127 is found at every offset of every small length.
func TestOnly(t *testing.T) {
	for n := range 70 {
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

func TestPrintable(t *testing.T) {
	var all []byte
	for c := range 256 {
		all = append(all, byte(c))
	}
	for size := range 70 {
		for start := 0; start+size <= len(all); start++ {
			p := all[start : start+size]
			want := 0
			for _, c := range p {
				if c >= 0x20 && c <= 0x7F {
					want++
				}
			}
			if n := Printable(p); n != want {
				t.Fatalf("Printable(%q) = %d, want %d", p, n, want)
			}
		}
	}
}

func BenchmarkPrintable(b *testing.B) {
	p := bytes.Repeat([]byte("A line of text.\n"), 4096)
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		Printable(p)
	}
}
