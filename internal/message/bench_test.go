package message

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// endless gives a block again and again, n octets in all.
type endless struct {
	block []byte
	at    int
	left  int64
	end   string
}

func (e *endless) Read(p []byte) (n int, err error) {
	if e.left == 0 {
		if e.end == "" {
			return 0, io.EOF
		}
		n = copy(p, e.end)
		e.end = e.end[n:]
		return n, nil
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	for n < len(p) {
		k := copy(p[n:], e.block[e.at:])
		n += k
		e.at = (e.at + k) % len(e.block)
	}
	e.left -= int64(n)
	return n, nil
}

func BenchmarkWriteTo(b *testing.B) {
	head := "From: a@b\r\nTo: c@d\r\nDate: x\r\nMessage-ID: <x@y>\r\nContent-Type: multipart/mixed; boundary=\"=_1_0123456789abcdef\"\r\n\r\n--=_1_0123456789abcdef\r\n\r\n"
	const end = "\r\n--=_1_0123456789abcdef--\r\n"
	for _, c := range []struct{ name, line string }{
		{"base64", strings.Repeat("QUJD", 19)},
		{"text", strings.Repeat("a few words ", 3)},
		{"dashes", strings.Repeat("-", 60)},
		{"998", strings.Repeat("x", 998)},
		{"empty", ""},
	} {
		for _, eol := range []struct{ name, end string }{{"crlf", "\r\n"}, {"lf", "\n"}} {
			b.Run(c.name+"/"+eol.name, func(b *testing.B) {
				block := bytes.Repeat([]byte(c.line+eol.end), 1<<20/len(c.line+eol.end))
				const size = 64 << 20
				n := int64(size / len(block) * len(block))
				b.SetBytes(n)
				b.ReportAllocs()
				for b.Loop() {
					b.StopTimer()
					m, err := Read(io.MultiReader(strings.NewReader(head), &endless{block: block, left: n, end: end}), Options{})
					if err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
					if _, err := m.WriteTo(io.Discard); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	input := []byte(strings.Repeat("Received: from a by b; today\n", 10) + "From: a@b\nTo: c@d\n\n" + strings.Repeat("text\n", 20))
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		m, err := Read(bytes.NewReader(input), Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
		m.Close()
	}
}
