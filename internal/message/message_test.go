package message

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// complete is a header to which nothing is added.
const complete = "From: a@b\nTo: c@d\nDate: x\nMessage-ID: <x@y>\n"

const patch = "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n"

// deliver reads and writes one message.
func deliver(r io.Reader, opt Options) (string, error) {
	m, err := Read(r, opt)
	if err != nil {
		return "", err
	}
	defer m.Close()
	var b bytes.Buffer
	n, err := m.WriteTo(&b)
	if n != int64(b.Len()) {
		return "", errors.New("WriteTo returned a wrong number of octets")
	}
	return b.String(), err
}

// crlf returns s, which has LF line endings, with CRLF.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// sizeOf returns the size of a message for the SIZE extension.
func sizeOf(written string) int64 {
	s := crlf(strings.ReplaceAll(written, "\r\n", "\n"))
	if !strings.HasSuffix(s, "\n") {
		s += "\r\n"
	}
	return int64(len(s))
}

// readers returns readers that return s in different pieces.
func readers(s string) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":         strings.NewReader(s),
		"byte by byte":  iotest.OneByteReader(strings.NewReader(s)),
		"data and EOF":  iotest.DataErrReader(strings.NewReader(s)),
		"random pieces": pieces(s, 3000, rand.Uint64()),
		"large pieces":  pieces(s, 300_000, rand.Uint64()),
	}
}

// pieces returns a reader that returns s in random pieces of at most most octets.
func pieces(s string, most int, seed uint64) io.Reader {
	return &randomReader{s: s, most: most, rand: rand.New(rand.NewPCG(seed, 0))}
}

type randomReader struct {
	s    string
	most int
	rand *rand.Rand
}

func (r *randomReader) Read(p []byte) (int, error) {
	if r.s == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 1+r.rand.IntN(r.most))], r.s)
	r.s = r.s[n:]
	return n, nil
}

const big = Lookahead + 12345

func TestWriteTo(t *testing.T) {
	x998, y998 := strings.Repeat("x", 998), strings.Repeat("y", 998)
	for _, c := range []struct {
		name, in, want string // want: "" means in
	}{
		{"LF", complete + "\na\n\n.\nb\n", ""},
		{"CRLF", crlf(complete + "\na\n\n.\nb\n"), ""},
		{"mixed", complete + "\r\na\nb\r\n\n\r\n", ""},
		{"no line ending at the end", complete + "\na", ""},
		{"no body", complete + "\n", ""},
		{"mbox", patch + complete + "\na\nFrom x\n", complete + "\na\nFrom x\n"},
		{"no mbox", "From : a@b\nTo: c@d\nDate: x\nMessage-ID: <x@y>\n\n", ""},
		{
			"removed fields",
			"return-path: <x@y>\nBCC : a,\n b,\n\tc\n" + complete + "Resent-bcc:\r\n a\nbcc:\nX-Bcc: 1\n\nBcc: x\n",
			complete + "X-Bcc: 1\n\nBcc: x\n",
		},
		{"a long Bcc", "Bcc: " + strings.Repeat("a@b, ", 500) + "\n" + complete + "\n", complete + "\n"},
		{"folded, with a line of spaces", complete + "X: a\n \n b\n\n", ""},
		{"998", complete + "\n" + x998 + "\n" + y998, ""},
		{"998, CRLF", crlf(complete + "\n" + x998 + "\n" + y998 + "\n"), ""},
		{"long", complete + "\n" + strings.Repeat("a line\n", big/7), ""},
		{"long, CRLF", crlf(complete + "\n" + strings.Repeat("a line\n", big/7)), ""},
		{"long, 998", complete + "\n" + strings.Repeat(x998+"\n", big/999) + "y", ""},
		{"long, 998, CRLF", crlf(complete + "\n" + strings.Repeat(x998+"\n", big/999)), ""},
		{"long, empty lines", complete + strings.Repeat("\n", big), ""},
		{"long, mixed", complete + "\n" + strings.Repeat("a\n\nbbb\r\n-\n--\n", big/13), ""},
	} {
		want := c.want
		if want == "" {
			want = c.in
		}
		for name, r := range readers(c.in) {
			if got, err := deliver(r, Options{}); err != nil || got != want {
				t.Errorf("%s, %s: %v, %d octets, want %d", c.name, name, err, len(got), len(want))
			}
		}
		m, err := Read(strings.NewReader(c.in), Options{Hold: true})
		if err != nil {
			t.Fatal(c.name, err)
		}
		if size, known := m.Size(); size != sizeOf(want) || !known {
			t.Errorf("%s: size %d %v, want %d", c.name, size, known, sizeOf(want))
		}
		m.Close()
	}
}

// Lines of all lengths cross the end of what Read reads ahead, which ends in
// the body after headers of several sizes.
func TestAcrossLookahead(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for b.Len() < 3*Lookahead {
		n := []int{0, 1, 76, 76, 500, lineMax}[r.IntN(6)]
		b.WriteString(strings.Repeat(string(rune('a'+r.IntN(26))), n) + "\n")
	}
	body := b.String()
	for _, size := range []int{200, Lookahead / 2, Lookahead - 2000} {
		line := "X: " + strings.Repeat("x", 900) + "\n"
		header := complete + strings.Repeat(line, (size-len(complete))/len(line)) + "\n"
		for _, in := range []string{header + body, crlf(header + body)} {
			for name, r := range map[string]io.Reader{
				"whole":     strings.NewReader(in),
				"in pieces": pieces(in, 300_000, 5),
			} {
				if got, err := deliver(r, Options{}); err != nil || got != in {
					t.Errorf("a header of %d octets, %s: %d octets of %d, %v", size, name, len(got), len(in), err)
				}
			}
		}
	}
}

// An error of the reader is returned as it is; it is not an Error.
func TestReaderFails(t *testing.T) {
	broken := errors.New("broken")
	for _, cause := range []error{broken, io.ErrUnexpectedEOF} {
		for _, size := range []int{0, 10, 200, Lookahead, Lookahead + 1, Lookahead + 2, 2 * Lookahead} {
			in := (complete + "\n" + strings.Repeat("a line\n", 2*Lookahead/7+1))[:size]
			for _, opt := range []Options{{}, {Hold: true}, {AllowTruncated: true}} {
				_, err := deliver(io.MultiReader(strings.NewReader(in), iotest.ErrReader(cause)), opt)
				var e *Error
				if !errors.Is(err, cause) || errors.As(err, &e) {
					t.Errorf("%d octets, %+v: %v", size, opt, err)
				}
			}
		}
	}
}

// A limitedWriter fails after n octets.
type limitedWriter struct {
	n     int
	short bool // it then writes less than it is given, without an error
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) <= w.n {
		w.n -= len(p)
		return len(p), nil
	}
	if w.short {
		return w.n, nil
	}
	return w.n, io.ErrClosedPipe
}

// An error of the writer is returned as it is. A message that was held can be
// written again.
func TestWriterFails(t *testing.T) {
	in := complete + "\n" + strings.Repeat("a line\n", Lookahead/3)
	for _, opt := range []Options{{}, {Hold: true}} {
		for _, n := range []int{0, 10, 1000, Lookahead, 2 * Lookahead} {
			for _, short := range []bool{false, true} {
				want := io.ErrClosedPipe
				if short {
					want = io.ErrShortWrite
				}
				m, err := Read(strings.NewReader(in), opt)
				if err != nil {
					t.Fatal(err)
				}
				if written, err := m.WriteTo(&limitedWriter{n, short}); err != want || written != int64(n) {
					t.Errorf("%+v, after %d octets: %d, %v, want %v", opt, n, written, err, want)
				}
				if opt.Hold {
					var b bytes.Buffer
					if _, err := m.WriteTo(&b); err != nil || b.String() != in {
						t.Errorf("written again: %d octets, %v", b.Len(), err)
					}
				}
				m.Close()
			}
		}
	}
}
