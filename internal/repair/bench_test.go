package repair

import (
	"io"
	"strings"
	"testing"
)

// A message of which every line is read, and of which the text is encoded.
func BenchmarkRepair(b *testing.B) {
	in := from + "\n" + strings.Repeat(strings.Repeat("0123456789 abcdefghij ", 3)+"\n", 500_000) + "\r"
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		m, err := Read(strings.NewReader(in), Options{})
		if err != nil {
			b.Fatal(err)
		}
		m.WriteTo(io.Discard)
		m.Close()
	}
}
