package linefeed

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// byOctet is the oracle: it looks at each octet of a text by itself.
func byOctet(text string) (ends []int, bareLFs int, dots, hyphens bool, err error) {
	last := byte('\n')
	for i := range len(text) {
		octet := text[i]
		switch {
		case octet == '-' && last == '\n':
			hyphens = true
		case last == '\r' && octet != '\n':
			err = ErrBareCR
		case octet == 0:
			err = ErrNUL
		case octet == '.' && last == '\n':
			dots = true
		case octet == '\n':
			ends = append(ends, i)
			if last != '\r' {
				bareLFs++
			}
		}
		last = octet
	}
	return ends, bareLFs, dots, hyphens, err
}

// A text has the same lines and errors however it is split into two blocks.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"", "\n", "a", "a\n", "\n\n", "ab\nab\na", "ab\n\n\nab\n", "abc\nd\ne\nabc\n", "abc\nab\nabc\n",
		"\r\n", "a\r\nb", "a\r", "\r\r\n", "\ra", ".\n", "a.\n.", "a\n.", "\x00", "a\r\n\x00\n",
		"-\n", "a-\n-", "\n-\n",
	} {
		for _, at := range []uint16{0, 1, 2, 3} {
			f.Add(s, uint8(0), at)
			f.Add(s, uint8(9), at)
		}
	}
	f.Fuzz(func(t *testing.T, s string, repeat uint8, at uint16) {
		text := strings.Repeat(s, int(repeat)+1)
		ends, bareLFs, dots, hyphens, wantErr := byOctet(text)
		cut := int(at) % (len(text) + 1)
		a, err := Scan([]byte(text[:cut]), '\n', []int{7})
		last := byte('\n')
		if cut > 0 {
			last = text[cut-1]
		}
		b, secondErr := Scan([]byte(text[cut:]), last, nil)
		all := slices.Clone(a.Ends)
		for _, end := range b.Ends {
			all = append(all, cut+end)
		}
		if !slices.Equal(all, ends) || a.BareLFs+b.BareLFs != bareLFs {
			t.Errorf("%q cut at %d: LFs at %v, %d bare; want %v, %d", text, cut, all, a.BareLFs+b.BareLFs, ends, bareLFs)
		}
		if (a.Dots || b.Dots) != dots || (a.Hyphens || b.Hyphens) != hyphens {
			t.Errorf("%q cut at %d: dots %t, %t, hyphens %t, %t", text, cut, a.Dots, b.Dots, a.Hyphens, b.Hyphens)
		}
		if (err != nil || secondErr != nil) != (wantErr != nil) {
			t.Errorf("%q cut at %d: %v and %v, want %v", text, cut, err, secondErr, wantErr)
		}
	})
}

func TestLongest(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "a": 0, "\n": 0, "ab\nc\n": 2, "a\nbc\r\n": 3, "a\nbc\nd\n": 2, "a\nbcd": 1,
	} {
		if b, _ := Scan([]byte(text), '\n', nil); b.Longest != want {
			t.Errorf("%q: %d, want %d", text, b.Longest, want)
		}
	}
}

func TestScanErrors(t *testing.T) {
	for text, want := range map[string]error{"a\x00": ErrNUL, "a\rb": ErrBareCR, "\r": nil} {
		if _, err := Scan([]byte(text), '\n', nil); err != want {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
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
