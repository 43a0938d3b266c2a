package linefeed

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func offsets(p []byte) (all []int) {
	for i, octet := range p {
		if octet == '\n' {
			all = append(all, i)
		}
	}
	return all
}

func FuzzAppendOffsets(f *testing.F) {
	for _, s := range []string{
		"", "\n", "a", "a\n", "\n\n", "ab\nab\na", "ab\n\n\nab\n", "abc\nd\ne\nabc\n", "abc\nab\nabc\n",
	} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(9))
	}
	f.Fuzz(func(t *testing.T, s string, repeat uint8) {
		p := []byte(strings.Repeat(s, int(repeat)+1))
		want := append([]int{-1}, offsets(p)...)
		if got := AppendOffsets([]int{-1}, p); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", p, got, want)
		}
	})
}

// The lines of an attachment are expected, and all others are searched.
func BenchmarkAppendOffsets(b *testing.B) {
	for name, lines := range map[string]string{
		"base64": strings.Repeat("x", 76) + "\r\n",
		"text":   "Dear all,\n\nthis is a text\nwith lines\nof several lengths.\n",
		"wrong":  "abc\nd\ne\n", // the offset that is expected next to the first line is that of the third
	} {
		b.Run(name, func(b *testing.B) {
			p := bytes.Repeat([]byte(lines), 32<<10/len(lines))
			b.SetBytes(int64(len(p)))
			var all []int
			for b.Loop() {
				all = AppendOffsets(all[:0], p)
			}
		})
	}
}
