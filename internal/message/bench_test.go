package message

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// An endless reader returns a block again and again, and then end.
type endless struct {
	block []byte
	at    int
	left  int64 // how many octets are left, without end
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
	head := crlf(complete + "Content-Type: multipart/mixed; boundary=\"=_1_0123456789abcdef\"\n\n" +
		"--=_1_0123456789abcdef\n\n")
	const end = "\r\n--=_1_0123456789abcdef--\r\n"
	for _, c := range []struct{ name, line string }{
		{"base64", strings.Repeat("QUJD", 19)},
		{"text", strings.Repeat("a few words ", 3)},
		{"dashes", strings.Repeat("-", 60)},
		{"998", strings.Repeat("x", 998)},
		{"empty", ""},
	} {
		b.Run(c.name+"/crlf", func(b *testing.B) { benchmarkWriteTo(b, head, c.line+"\r\n", end) })
		b.Run(c.name+"/lf", func(b *testing.B) { benchmarkWriteTo(b, head, c.line+"\n", end) })
	}
}

// benchmarkWriteTo writes a message of 64 MiB, all of whose lines are the same.
func benchmarkWriteTo(b *testing.B, head, line, end string) {
	block := bytes.Repeat([]byte(line), 1<<20/len(line))
	n := int64(64 << 20 / len(block) * len(block))
	b.SetBytes(n)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		body := &endless{block: block, left: n, end: end}
		m, err := Read(io.MultiReader(strings.NewReader(head), body), Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := m.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	header := strings.Repeat("Received: from a by b; today\n", 10) + "From: a@b\nTo: c@d\n\n"
	input := []byte(header + strings.Repeat("text\n", 20))
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
