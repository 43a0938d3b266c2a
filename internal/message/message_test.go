package message

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
)

const fixed = "From: a@b\nTo: c@d\nDate: x\nMessage-ID: <x@y>\n" // nothing is missing

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
		return "", errors.New("WriteTo miscounts")
	}
	return b.String(), err
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// readers gives the same input in different pieces.
func readers(s string) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":         strings.NewReader(s),
		"byte by byte":  iotest.OneByteReader(strings.NewReader(s)),
		"data and EOF":  iotest.DataErrReader(strings.NewReader(s)),
		"random pieces": pieces(s, 3000, rand.Uint64()),
		"large pieces":  pieces(s, 300_000, rand.Uint64()),
	}
}

// pieces reads s in pieces of at most most octets.
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

func TestWriteTo(t *testing.T) {
	const big = Lookahead + 12345
	for _, c := range []struct{ name, in, want string }{
		{"lf", fixed + "\na\n\n.\nb\n", crlf(fixed + "\na\n\n.\nb\n")},
		{"crlf", crlf(fixed + "\na\n\n.\nb\n"), crlf(fixed + "\na\n\n.\nb\n")},
		{"mixed", fixed + "\r\na\nb\r\n\n\r\n", crlf(fixed + "\na\nb\n\n\n")},
		{"no last line end", fixed + "\na", crlf(fixed + "\na\n")},
		{"no body", fixed + "\n", crlf(fixed + "\n")},
		{"mbox", "From a@b Mon Sep 17 00:00:00 2001\n" + fixed + "\na\nFrom x\n", crlf(fixed + "\na\nFrom x\n")},
		{"no series", fixed + "\n" + patch, crlf(fixed + "\n" + patch)},
		{"no patch", patch + fixed + "\n" + strings.ReplaceAll(patch, "f", "g"), crlf(fixed + "\n" + strings.ReplaceAll(patch, "f", "g"))},
		{"no mbox", "From : a@b\nTo: c@d\nDate: x\nMessage-ID: <x@y>\n\n", crlf("From : a@b\nTo: c@d\nDate: x\nMessage-ID: <x@y>\n\n")},
		{"removed", "return-path: <x@y>\nBCC : a,\n b,\n\tc\n" + fixed + "Resent-bcc:\r\n a\nbcc:\nX-Bcc: 1\n\nBcc: x\n", crlf(fixed + "X-Bcc: 1\n\nBcc: x\n")},
		{"long Bcc", "Bcc: " + strings.Repeat("a@b, ", 500) + "\n" + fixed + "\n", crlf(fixed + "\n")},
		{"folded with blanks alone", fixed + "X: a\n \n b\n\n", crlf(fixed + "X: a\n \n b\n\n")},
		{"998", fixed + "\n" + strings.Repeat("x", 998) + "\n" + strings.Repeat("y", 998), crlf(fixed + "\n" + strings.Repeat("x", 998) + "\n" + strings.Repeat("y", 998) + "\n")},
		{"998, crlf", crlf(fixed + "\n" + strings.Repeat("x", 998) + "\n" + strings.Repeat("y", 998) + "\n"), crlf(fixed + "\n" + strings.Repeat("x", 998) + "\n" + strings.Repeat("y", 998) + "\n")},
		{"long", fixed + "\n" + strings.Repeat("a line\n", big/7), crlf(fixed + "\n" + strings.Repeat("a line\n", big/7))},
		{"long, crlf", crlf(fixed + "\n" + strings.Repeat("a line\n", big/7)), crlf(fixed + "\n" + strings.Repeat("a line\n", big/7))},
		{"long, 998", fixed + "\n" + strings.Repeat(strings.Repeat("x", 998)+"\n", big/999) + "y", crlf(fixed + "\n" + strings.Repeat(strings.Repeat("x", 998)+"\n", big/999) + "y\n")},
		{"long, 998, crlf", crlf(fixed + "\n" + strings.Repeat(strings.Repeat("x", 998)+"\n", big/999)), crlf(fixed + "\n" + strings.Repeat(strings.Repeat("x", 998)+"\n", big/999))},
		{"long, empty lines", fixed + strings.Repeat("\n", big), crlf(fixed + strings.Repeat("\n", big))},
		{"long, uneven", fixed + "\n" + strings.Repeat("a\n\nbbb\r\n-\n--\n", big/13), crlf(fixed + "\n" + strings.Repeat("a\n\nbbb\n-\n--\n", big/13))},
		// What looks like lines of one length is not.
		{"strides", fixed + "\n" + strings.Repeat("aaaa\nb\nc\naaaa\n", 1000), crlf(fixed + "\n" + strings.Repeat("aaaa\nb\nc\naaaa\n", 1000))},
	} {
		for name, r := range readers(c.in) {
			got, err := deliver(r, Options{})
			if err != nil || got != c.want {
				t.Errorf("%s, %s: %v, %d octets, want %d", c.name, name, err, len(got), len(c.want))
			}
		}
	}
}

func TestAdded(t *testing.T) {
	id := regexp.MustCompile(`^<[A-Z2-7]{26}@([^>]*)>$`)
	for _, c := range []struct{ in, domain string }{
		{"From: A <a@bücher.example>\n\n", "xn--bcher-kva.example"},
		{"From: broken\n\n", "localhost"},
		{"Subject: x\n\n", "localhost"},
	} {
		m, err := Read(strings.NewReader(c.in), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		n, _ := m.WriteTo(&b)
		if match := id.FindStringSubmatch(m.MessageID()); match == nil || match[1] != c.domain {
			t.Errorf("%q: Message-ID %s", c.in, m.MessageID())
		}
		want := regexp.MustCompile(`^` + regexp.QuoteMeta(crlf(strings.TrimSuffix(c.in, "\n"))) +
			`Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [-+]\d{4}\r\nMessage-ID: ` + regexp.QuoteMeta(m.MessageID()) + "\r\n\r\n$")
		if !want.MatchString(b.String()) {
			t.Errorf("%q: %q", c.in, b.String())
		}
		if size, known := m.Size(); size != n || !known {
			t.Error(size, n)
		}
	}
	m, _ := Read(strings.NewReader("Message-ID :\n <a@b> \n\n"), Options{})
	if m.MessageID() != "<a@b>" {
		t.Error(m.MessageID())
	}
}

func TestRefused(t *testing.T) {
	ahead := fixed + "\n" + strings.Repeat("a line\n", Lookahead/7+2) // beyond the look-ahead
	after := strings.Count(ahead, "\n")
	x998 := strings.Repeat("x", 998)
	for _, c := range []struct {
		name, in string
		kind     error
		line     int
	}{
		{"empty", "", ErrEmpty, 0},
		{"text", "Hello,\nthis is no mail\n", ErrHeader, 1},
		{"a word", "Hello", ErrHeader, 1},
		{"an empty line", "\nSubject: x\n\n", ErrHeader, 1},
		{"a blank", " Subject: x\n\n", ErrHeader, 1},
		{"a name with a blank", "Sub ject: x\n\n", ErrHeader, 1},
		{"a name with a control", "Sub\x01ject: x\n\n", ErrHeader, 1},
		{"no name", ": x\n\n", ErrHeader, 1},
		{"mbox, then text", "From a@b\nHello\n", ErrHeader, 2},
		{"mbox alone", "From a@b\n", ErrHeader, 2},
		{"no empty line", "Subject: x\n", ErrHeader, 0},
		{"no line end", "Subject: x", ErrHeader, 0},
		{"text behind the header", "Subject: x\nHello\n\n", ErrHeader, 2},
		{"a header over 1 MiB", strings.Repeat("X: y\n", Lookahead/5) + " \n\n", ErrHeader, 0},
		{"a header one octet over 1 MiB", strings.Repeat("X: y\n", Lookahead/5) + "\r\n", ErrHeader, 0},
		{"a header without end", strings.Repeat("X: y\n", Lookahead/4), ErrHeader, 0},
		{"two Content-Types", "Content-Type: text/plain\ncontent-type : text/html\n\n", ErrStructure, 2},
		{"no boundary", "Content-Type: multipart/mixed\n\n", ErrStructure, 1},
		{"two boundaries", "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a--\n--b--\n", ErrStructure, 1},
		{"binary", "Content-Transfer-Encoding: (x) BINARY (y)\n\n", ErrStructure, 1},
		{"a series", patch + fixed + "\na\n" + patch + fixed + "\nb\n", ErrSeries, 8},
		{"a series, crlf", crlf(patch + fixed + "\na\n" + patch + fixed + "\nb\n"), ErrSeries, 8},
		{"a series, late", patch + ahead + patch, ErrSeries, after + 2},
		{"a series, cut off", patch + fixed + "\na\n" + strings.TrimSuffix(patch, "\n"), ErrSeries, 8},
		{"a lone CR", fixed + "\na\rb\n", ErrContent, 6},
		{"a lone CR at the end", fixed + "\na\r", ErrContent, 6},
		{"CR CR LF", fixed + "\na\r\r\n", ErrContent, 6},
		{"LF CR", fixed + "\na\n\rb\n", ErrContent, 7},
		{"a lone CR beside CRLF", crlf(fixed+"\na") + "\r\nb\rc\r\n", ErrContent, 7},
		{"a CR in the header", "Subject: a\rb\n\n", ErrContent, 1},
		{"CR CR LF ends no header", "Subject: a\r\n\r\r\nb\n", ErrHeader, 2},
		{"NUL", fixed + "\na\x00b\n", ErrContent, 6},
		{"NUL at the end", fixed + "\na\x00", ErrContent, 6},
		{"NUL in the header", fixed + "X: \x00\n\n", ErrContent, 5},
		{"999", fixed + "\n" + x998 + "x\n", ErrContent, 6},
		{"999, no line end", fixed + "\n" + x998 + "x", ErrContent, 6},
		{"999 and CRLF", fixed + "\n" + x998 + "x\r\n", ErrContent, 6},
		{"999 in the header", fixed + "X: " + x998 + "\n\n", ErrContent, 5},
		{"a line of 2 MiB", fixed + "\n" + strings.Repeat("x", 2*Lookahead), ErrContent, 6},
		{"a line of 2 MiB that ends", fixed + "\n" + strings.Repeat("x", 2*Lookahead) + "\n", ErrContent, 6},
		{"a line of 500 kB that ends", fixed + "\n" + strings.Repeat("x", 500_000) + "\n" + ahead, ErrContent, 6},
		{"the first counts", fixed + "\na\n" + x998 + "x\n\x00\r\r\n", ErrContent, 7},
		{"the first counts, NUL", fixed + "\n\x00\n" + x998 + "x\n", ErrContent, 6},
		{"a late lone CR", ahead + "a\rb\n", ErrContent, after + 1},
		{"a late NUL", ahead + "a\n\x00", ErrContent, after + 2},
		{"a late long line", ahead + strings.Repeat("x", 300_000) + "\n", ErrContent, after + 1},
		{"a late lone CR at the end", ahead + "a\r", ErrContent, after + 1},
	} {
		for name, r := range readers(c.in) {
			_, err := deliver(r, Options{})
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, c.kind) || e.Line != c.line {
				t.Errorf("%s, %s: %v, want %v, line %d", c.name, name, err, c.kind, c.line)
			}
		}
	}
}

// What is wrong within the look-ahead is found before anything is written.
func TestRefusedByRead(t *testing.T) {
	for _, bad := range []string{"\x00", "a\rb", "\r\r\n", strings.Repeat("x", 999)} {
		for _, ends := range []int{Lookahead / 2, Lookahead - 1, Lookahead} { // the last line may not be whole yet
			head := fixed + "\n"
			head += strings.Repeat("\n", ends-len(head)-len(bad)) + bad
			if _, err := Read(strings.NewReader(head+strings.Repeat("x\n", Lookahead)), Options{}); !errors.Is(err, ErrContent) {
				t.Errorf("%.3q up to %d: %v", bad, ends, err)
			}
		}
	}
	// No header is too long that fits.
	fits := strings.Repeat("X: y\n", Lookahead/5) + "\n"
	if _, err := Read(strings.NewReader(fits), Options{}); len(fits) != Lookahead || err != nil {
		t.Error(len(fits), err)
	}
}

// A stream passes through the memory of what was read ahead, wherever its
// header ends there and whatever line lies across the end.
func TestStreamMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var body strings.Builder
	for body.Len() < 3*Lookahead {
		body.WriteString(strings.Repeat(string(rune('a'+r.IntN(26))), []int{0, 1, 76, 76, 500, lineMax}[r.IntN(6)]) + "\n")
	}
	const reused = Lookahead + 1 - 2*blockSize // the longest header behind which there is room
	for _, size := range []int{200, reused - 2000, reused - 1, reused, reused + 1, Lookahead - 2000} {
		line := "X: " + strings.Repeat("x", 900) + "\n"
		header := fixed + strings.Repeat(line, (size-len(fixed)-len("Y: \n\n"))/len(line))
		header += "Y: " + strings.Repeat("y", size-len(header)-len("Y: \n\n")) + "\n\n"
		for _, in := range []string{header + body.String(), crlf(header + body.String())} {
			for name, reader := range map[string]io.Reader{"whole": strings.NewReader(in), "pieces": pieces(in, 300_000, 5)} {
				m, err := Read(reader, Options{})
				if err != nil {
					t.Fatal(err)
				}
				var w lateWriter
				if _, err := m.WriteTo(&w); err != nil || w.b.String() != crlf(header+body.String()) {
					t.Errorf("a header of %d octets, %s: %d octets, %v", len(header), name, w.b.Len(), err)
				}
			}
		}
	}
}

// An error of the reader is passed through, and is no Error.
func TestReader(t *testing.T) {
	broken := errors.New("broken")
	for _, cause := range []error{broken, io.ErrUnexpectedEOF} {
		for _, size := range []int{0, 10, 200, Lookahead, Lookahead + 1, Lookahead + 2, 2 * Lookahead} {
			in := (fixed + "\n" + strings.Repeat("a line\n", 2*Lookahead/7+1))[:size]
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

// brokenWriter takes n octets.
type brokenWriter struct{ n int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > w.n {
		return w.n, io.ErrClosedPipe
	}
	w.n -= len(p)
	return len(p), nil
}

func TestWriter(t *testing.T) {
	in := fixed + "\n" + strings.Repeat("a line\n", Lookahead/3)
	for _, n := range []int{0, 10, 1000, Lookahead, 2 * Lookahead} {
		m, err := Read(strings.NewReader(in), Options{})
		if err != nil {
			t.Fatal(err)
		}
		m.Keep()
		if _, err := m.WriteTo(&brokenWriter{n}); err != io.ErrClosedPipe {
			t.Error(err)
		}
		var b bytes.Buffer // the next try is whole
		if _, err := m.WriteTo(&b); err != nil || b.String() != crlf(in) {
			t.Error(b.Len(), err)
		}
		m.Close()
	}
}
