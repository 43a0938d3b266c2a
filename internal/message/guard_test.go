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

const multipart = fixed + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n"

func TestWhole(t *testing.T) {
	for _, c := range []struct {
		body  string
		whole bool
	}{
		{"", false},
		{"--b\n\ntext\n", false},
		{"--b\n\ntext\n--b--\n", true},
		{"--b\n\ntext\n--b--", true},
		{"--b\n\ntext\n--b-- \t \n", true},
		{"--b\n\ntext\n--b--\t", true},
		{"--b--\n", true},
		{"--b\n\ntext\n--b-\n", false},
		{"--b\n\ntext\n--b\n", false},
		{"--b\n\ntext\n--b--x\n", false},
		{"--b\n\ntext\n--b --\n", false},
		{"--b\n\ntext\n0-b--", false},
		{"--b\n\ntext\n-0b--\n", false},
		{"--b\n\ntext\n --b--\n", false},
		{"--b\n\ntext\n-- b--\n", false},
		{"--b\n\ntext --b--\n", false},
		{"--b\n\n--B--\n", false},
		// Inner boundaries that begin like the outer one.
		{"--b\n\n--b2\n\n--b2--\n", false},
		{"--b\n\n--b2\n\n--b2--\n--b--\n", true},
		{"--b\n\n--b--2\n\n--b--2--\n", false},
		// A preamble and an epilogue; a part that opens again.
		{"preamble\n--b\n\n--b--\nepilogue\n--", true},
		{"--b\n\n--b--\n--b2\n", true},
		{"--b\n\n--b--\n--b\n\n", false},
		{"--b\n\n--b--\n--b \t\n\n", false},
		{"--b\n\n--b--\n--b", false},
		{"--b\n\n--b--\n--b\n\n--b--\n", true},
		// Parts are not looked into.
		{"--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n--b--\n", true},
		{"--b\nContent-Type: message/rfc822\n\n" + multipart + "--b--\n", true},
	} {
		for _, in := range []string{multipart + c.body, crlf(multipart + c.body)} {
			for name, r := range readers(in) {
				_, err := deliver(r, Options{})
				if c.whole && err != nil || !c.whole && !errors.Is(err, ErrCutOff) {
					t.Errorf("%q, %s: %v", c.body, name, err)
				}
			}
			got, err := deliver(strings.NewReader(in), Options{AllowTruncated: true})
			if want := crlf(strings.TrimSuffix(multipart+c.body, "\n") + "\n"); err != nil || got != want && c.body != "" {
				t.Errorf("%q, truncated: %q, %v", c.body, got, err)
			}
		}
	}
}

// The end of input is the end of what is no multipart.
func TestNotMultipart(t *testing.T) {
	for _, field := range []string{"", "Content-Type: text/plain; boundary=b\n", "Content-Type:\n", "Content-Type: multiparty/mixed\n"} {
		if _, err := deliver(strings.NewReader(fixed+field+"\n--b\n"), Options{}); err != nil {
			t.Errorf("%q: %v", field, err)
		}
	}
}

// longMultipart is a multipart of about n octets with an attached multipart
// and a mail in base64 in it, which hold boundary lines of their own.
func longMultipart(n int) string {
	inner := strings.Replace(multipart, `"b"`, `"=_1_00112233445566778899aabbccddeeff2"`, 1)
	head := strings.Replace(multipart, `"b"`, `"=_1_00112233445566778899aabbccddeeff"`, 1)
	const b = "--=_1_00112233445566778899aabbccddeeff"
	body := "preamble\n" + b + "\n\n.\n..\nFrom me\n" +
		b + "\nContent-Type: message/rfc822\n\n" + inner + b + "2\n\ntext\n" + b + "2--\n" +
		b + "\nContent-Transfer-Encoding: base64\n\n"
	line := strings.Repeat("LS1i", 19) + "\n"
	lines := max(1, (n-len(head)-len(body)-len(b)*2)/len(line))
	return head + body + strings.Repeat(line, lines) + b + "--\nepilogue\n"
}

func TestTruncation(t *testing.T) {
	for _, in := range []string{longMultipart(2000), crlf(longMultipart(2000))} {
		end := strings.LastIndex(in, "--") + 2
		for cut := range len(in) {
			m, err := Read(strings.NewReader(in[:cut]), Options{})
			if cut < end || in[cut-1] == '\r' {
				if !errors.Is(err, ErrCutOff) && !errors.Is(err, ErrHeader) && !errors.Is(err, ErrEmpty) && cut < end {
					t.Fatalf("cut at %d of %d: %v", cut, len(in), err)
				}
				if err == nil {
					t.Fatalf("cut at %d of %d is whole", cut, len(in))
				}
				continue
			}
			if err != nil {
				t.Fatalf("cut at %d of %d: %v", cut, len(in), err)
			}
			m.Close()
		}
	}
	for _, in := range []string{longMultipart(3 << 20), crlf(longMultipart(3 << 20))} {
		for range 500 {
			cut := rand.IntN(strings.LastIndex(in, "--") + 2)
			m, err := Read(strings.NewReader(in[:cut]), Options{})
			if err == nil {
				_, err = m.WriteTo(io.Discard)
			}
			if !errors.Is(err, ErrCutOff) && !errors.Is(err, ErrHeader) && !errors.Is(err, ErrEmpty) {
				t.Fatalf("cut at %d of %d: %v", cut, len(in), err)
			}
		}
		if _, err := deliver(strings.NewReader(in), Options{}); err != nil {
			t.Fatal(err)
		}
	}
}

// With AllowTruncated a multipart may be cut anywhere behind its header.
func TestAllowTruncated(t *testing.T) {
	for _, in := range []string{longMultipart(2000), crlf(longMultipart(2000))} {
		for cut := strings.Index(in, "preamble"); cut < strings.LastIndex(in, "--")+2; cut++ {
			got, err := deliver(strings.NewReader(in[:cut]), Options{AllowTruncated: true})
			want := crlf(strings.ReplaceAll(strings.TrimSuffix(in[:cut], "\r"), "\r\n", "\n"))
			if !strings.HasSuffix(want, "\n") {
				want += "\r\n"
			}
			if err != nil || got != want {
				t.Fatalf("cut at %d of %d: %v, %q", cut, len(in), err, got)
			}
		}
	}
}

// Whatever ends a mail for some server is refused, or a line of its own.
func TestSmuggling(t *testing.T) {
	for _, c := range []struct {
		sequence string
		kind     error
	}{
		{"\n.\n", nil},
		{"\n.\r\n", nil},
		{"\r\n.\n", nil},
		{"\r\n.\r\n", nil},
		{"\r.\r\n", ErrContent},
		{"\r.\r", ErrContent},
		{"\r.\n", ErrContent},
		{"\n.\r", ErrContent},
		{"\r\n.\r", ErrContent},
		{"\r\n.\r\r\n", ErrContent},
		{"\r\r\n.\r\r\n", ErrContent},
		{"\r\n\x00.\r\n", ErrContent},
		{"\r\n.\x00\r\n", ErrContent},
	} {
		for _, before := range []string{fixed + "\na", crlf(fixed) + "\r\na", fixed + "\n" + strings.Repeat("a line\n", Lookahead/6) + "a"} {
			in := before + c.sequence + "MAIL FROM:<x@y>\n"
			at := len(before)
			for split := at; split <= at+len(c.sequence); split++ {
				got, err := deliver(io.MultiReader(strings.NewReader(in[:split]), strings.NewReader(in[split:])), Options{})
				if !errors.Is(err, c.kind) {
					t.Errorf("%q split at %d: %v", c.sequence, split-at, err)
				}
				if err == nil && (!onlyCRLF(got) || !strings.Contains(got, "\r\n.\r\nMAIL")) {
					t.Errorf("%q split at %d: wrong octets", c.sequence, split-at)
				}
			}
		}
	}
}

func onlyCRLF(s string) bool {
	return strings.HasSuffix(s, "\r\n") && !strings.Contains(s, "\x00") &&
		!strings.ContainsAny(strings.ReplaceAll(s, "\r\n", ""), "\r\n")
}

// plainly judges a body the slow way.
func plainly(body, boundary string, series bool) (out string, kind error) {
	closed := boundary == ""
	lines := strings.SplitAfter(body, "\n")
	for i, line := range lines {
		if line == "" {
			continue
		}
		if series && isPatch([]byte(strings.TrimSuffix(line, "\n"))) {
			return "", ErrSeries
		}
		text, ended := strings.CutSuffix(line, "\n")
		text, paired := strings.CutSuffix(text, "\r")
		if !ended && boundary != "" {
			switch strings.TrimRight(line, " \t\r") {
			case "--" + boundary:
				closed = false
			case "--" + boundary + "--":
				closed = true
			}
		}
		if strings.ContainsAny(text, "\r\x00") || len(text) > lineMax {
			return "", ErrContent
		}
		if paired && !ended {
			if !closed {
				return "", ErrCutOff
			}
			return "", ErrContent
		}
		if rest, ok := strings.CutPrefix(text, "--"+boundary); ok && boundary != "" {
			switch strings.TrimRight(rest, " \t") {
			case "":
				closed = false
			case "--":
				closed = true
			}
		}
		lines[i] = text + "\r\n"
	}
	if !closed {
		return "", ErrCutOff
	}
	return strings.Join(lines, ""), nil
}

// One odd line among so many even ones that nobody looks between their ends.
func TestLongRuns(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		line := strings.Repeat("x", 76) + end
		run := strings.Repeat(line, 4<<10/len(line)+1)
		for _, odd := range []string{"x", "\n", "\n\n", "\r\n", "\n--b--\n", "\r\n--b--\r\n", "\n--b--\n--b\n", "\r", "\r\r\n", "\x00",
			"\n" + strings.TrimSpace(patch) + "\n"} {
			for at := range max(0, 76-len(odd)+1) {
				body := run + line[:at] + odd + line[at+len(odd):] + run
				want, kind := plainly(body, "b", true)
				m := Message{start: guard{line: 1, boundary: []byte("b"), series: true}, body: []byte(body)}
				var out bytes.Buffer
				if _, err := m.WriteTo(&out); !errors.Is(err, kind) || err == nil && out.String() != want {
					t.Errorf("%q at %d of a line with %q: %d octets, %v; want %d, %v", odd, at, end, out.Len(), err, len(want), kind)
				}
			}
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, s := range []string{"--b\n\n--b--\n", "--b\r\n\r\n--b--", "aaaa\nb\nc\naaaa\n--b--\n", "a\r\r\n", "a\x00\n--b--", patch,
		strings.Repeat("x", 999), strings.Repeat("x", 998) + "\r\n--b--\r", "0-b--", "\n\n\n--b--\n", "--b--\n--b"} {
		f.Add(s, uint64(1))
	}
	f.Fuzz(func(t *testing.T, body string, seed uint64) {
		for _, boundary := range []string{"", "b"} {
			want, kind := plainly(body, boundary, true)
			for name, r := range map[string]io.Reader{
				"whole":        strings.NewReader(body),
				"byte by byte": iotest.OneByteReader(strings.NewReader(body)),
				"pieces":       pieces(body, int(seed%1500)+1, seed),
			} {
				m := Message{start: guard{line: 1, boundary: []byte(boundary), series: true}, rest: &rest{r: r}}
				var out bytes.Buffer
				_, err := m.WriteTo(&out)
				if !errors.Is(err, kind) || err == nil && out.String() != want {
					t.Fatalf("%q, boundary %q, %s: %q, %v; want %q, %v", body, boundary, name, out.String(), err, want, kind)
				}
			}
		}
	})
}

// What was written once is written the same again; nothing that is removed or
// cannot be carried gets through.
func FuzzRead(f *testing.F) {
	for _, s := range []string{fixed + "\nx", "From x\n" + fixed + "\n", "Bcc : a\n b\nA: b\r\n\n", multipart + "--b--", "A:\n \nReturn-Path:\n\n", "a\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		m, err := Read(strings.NewReader(in), Options{})
		again, againErr := Read(iotest.OneByteReader(strings.NewReader(in)), Options{})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || againErr == nil || againErr.Error() != err.Error() {
				t.Fatalf("%q: %v; byte by byte: %v", in, err, againErr)
			}
			return
		}
		if len(again.Header) != len(m.Header) {
			t.Fatalf("%q: %d fields, byte by byte %d", in, len(m.Header), len(again.Header))
		}
		var out strings.Builder
		n, err := m.WriteTo(&out)
		if size, known := m.Size(); err != nil || size != n || !known || !onlyCRLF(out.String()) {
			t.Fatalf("%q: %q, size %d of %d, %v", in, out.String(), size, n, err)
		}
		back, err := Read(strings.NewReader(out.String()), Options{})
		if err != nil {
			t.Fatalf("%q: %q read back: %v", in, out.String(), err)
		}
		for _, f := range back.Header {
			if strings.EqualFold(f.Name, "Bcc") || strings.EqualFold(f.Name, "Resent-Bcc") || strings.EqualFold(f.Name, "Return-Path") {
				t.Fatalf("%q: %s got through", in, f.Name)
			}
		}
		var twice strings.Builder
		if _, err := back.WriteTo(&twice); err != nil || twice.String() != out.String() {
			t.Fatalf("%q: first %q, then %q, %v", in, out.String(), twice.String(), err)
		}
	})
}
