package message

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const multipart = complete + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n"

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
		// The content of parts is not interpreted.
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
			if got, err := deliver(strings.NewReader(in), Options{AllowTruncated: true}); err != nil || got != in {
				t.Errorf("%q, AllowTruncated: %q, %v", c.body, got, err)
			}
		}
	}
}

// If the message is not a multipart, it ends with the input.
func TestNotMultipart(t *testing.T) {
	for _, field := range []string{
		"", "Content-Type: text/plain; boundary=b\n", "Content-Type:\n", "Content-Type: multiparty/mixed\n",
	} {
		if _, err := deliver(strings.NewReader(complete+field+"\n--b\n"), Options{}); err != nil {
			t.Errorf("%q: %v", field, err)
		}
	}
}

// longMultipart returns a multipart of about n octets. It contains an attached
// multipart, whose boundary begins like the outer one, and a message in base64.
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

// A message that was cut off anywhere before its closing boundary is refused.
func TestTruncation(t *testing.T) {
	cutOff := func(err error) bool {
		return errors.Is(err, ErrCutOff) || errors.Is(err, ErrHeader) || errors.Is(err, ErrEmpty)
	}
	for _, in := range []string{longMultipart(2000), crlf(longMultipart(2000))} {
		end := strings.LastIndex(in, "--") + 2
		for cut := range len(in) {
			m, err := Read(strings.NewReader(in[:cut]), Options{})
			switch {
			case cut < end && !cutOff(err):
				t.Fatalf("cut at %d of %d: %v", cut, len(in), err)
			case cut >= end && (in[cut-1] == '\r') != (err != nil): // cut within a CRLF, or not
				t.Fatalf("cut at %d of %d, after the end: %v", cut, len(in), err)
			}
			if m != nil {
				m.Close()
			}
		}
	}
	const streamed = Lookahead + Lookahead/2
	for _, in := range []string{longMultipart(streamed), crlf(longMultipart(streamed))} {
		for range 200 {
			cut := rand.IntN(strings.LastIndex(in, "--") + 2)
			if _, err := deliver(strings.NewReader(in[:cut]), Options{}); !cutOff(err) {
				t.Fatalf("cut at %d of %d: %v", cut, len(in), err)
			}
		}
		if _, err := deliver(strings.NewReader(in), Options{}); err != nil {
			t.Fatal(err)
		}
	}
}

// With AllowTruncated, a multipart may be cut off anywhere after its header.
func TestAllowTruncated(t *testing.T) {
	for _, n := range []int{2000, Lookahead + 5000} {
		for _, in := range []string{longMultipart(n), crlf(longMultipart(n))} {
			end := strings.LastIndex(in, "--") + 2
			start := strings.Index(in, "preamble")
			if n > Lookahead {
				start = end - 80
			}
			for cut := start; cut < end; cut++ {
				want := in[:cut]
				if strings.HasSuffix(want, "\r") {
					want += "\n" // the line ending is completed
				}
				got, err := deliver(strings.NewReader(in[:cut]), Options{AllowTruncated: true})
				if err != nil || got != want {
					t.Fatalf("cut at %d of %d: %v, %q", cut, len(in), err, got)
				}
			}
		}
	}
}

// What some servers treat as the end of a message is refused, unless it is made
// of lines with LF or CRLF.
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
		for _, before := range []string{
			complete + "\na",
			crlf(complete) + "\r\na",
			complete + "\n" + strings.Repeat("a line\n", Lookahead/6) + "a",
		} {
			in := before + c.sequence + "MAIL FROM:<x@y>\n"
			for split := range len(c.sequence) + 1 {
				at := len(before) + split
				r := io.MultiReader(strings.NewReader(in[:at]), strings.NewReader(in[at:]))
				got, err := deliver(r, Options{})
				if !errors.Is(err, c.kind) || err == nil && got != in {
					t.Errorf("%q split at %d: %d octets of %d, %v", c.sequence, split, len(got), len(in), err)
				}
			}
		}
	}
}

var (
	separator = regexp.MustCompile(`^From (.*\s)?(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s+` +
		`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d\d?\s+\d\d?:\d\d?(:\d\d?)?(\s.*)?$`)
	field = regexp.MustCompile(`^[!-9;-~]*[!-9;-~][ \t]*:`)
)

// beginsMessage reports whether the i-th line is an mbox line before a message.
func beginsMessage(lines []string, i int) bool {
	empty := i == 0 || strings.Trim(lines[i-1], "\r\n") == ""
	return empty && separator.MatchString(strings.TrimRight(lines[i], "\r\n")) &&
		(i+1 == len(lines) || field.MatchString(lines[i+1]))
}

// plainly checks the body of an mbox in a simple way. It returns its size with CRLF.
func plainly(body, boundary string) (size int64, kind error) {
	closed := boundary == ""
	lines := slices.Collect(strings.Lines(body))
	for i, line := range lines {
		text, ended := strings.CutSuffix(line, "\n")
		text, withCR := strings.CutSuffix(text, "\r")
		if boundary != "" {
			switch strings.TrimRight(line, " \t\r\n") {
			case "--" + boundary:
				closed = false
			case "--" + boundary + "--":
				closed = true
			}
		}
		if strings.ContainsAny(text, "\r\x00") || len(text) > lineMax {
			return 0, ErrContent
		}
		if i > 0 && beginsMessage(lines, i-1) || i+1 == len(lines) && beginsMessage(lines, i) {
			return 0, ErrSeries
		}
		if withCR && !ended && closed {
			return 0, ErrContent
		}
		size += int64(len(text) + len("\r\n"))
	}
	if !closed {
		return 0, ErrCutOff
	}
	return size, nil
}

// checkBody asserts that a body, as it comes from r, is passed on or refused as
// plainly says.
func checkBody(t *testing.T, body, boundary string, r io.Reader) {
	t.Helper()
	size, kind := plainly(body, boundary)
	m := Message{checker: checker{line: 1, mbox: &mbox{afterEmpty: true}}, rest: r}
	if boundary != "" {
		m.checker.delimiter = []byte("--" + boundary)
	}
	var out bytes.Buffer
	_, err := m.WriteTo(&out)
	if !errors.Is(err, kind) || (err == nil) != (kind == nil) {
		t.Fatalf("%.2000q, boundary %q: %v, want %v", body, boundary, err, kind)
	}
	if err == nil && (out.String() != body || m.checker.size != size) {
		t.Fatalf("%.2000q, boundary %q: %d octets of %d, size %d, want %d",
			body, boundary, out.Len(), len(body), m.checker.size, size)
	}
}

// One line among many equal ones is different.
func TestOddLine(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n"} {
		line := strings.Repeat("x", 76) + eol
		lines := strings.Repeat(line, 60)
		for _, odd := range []string{
			"x", "\n", "\n\n", "\r\n", "\r", "\r\r\n", "\x00",
			"\n--b--\n", "\r\n--b--\r\n", "\n--b--\n--b\n",
			"\n\n" + patch, "\n\n" + patch + "A:\n",
		} {
			for at := range max(1, 76-len(odd)+1) {
				body := lines + line[:at] + odd + line[min(at+len(odd), len(line)):] + lines
				checkBody(t, body, "b", strings.NewReader(body))
			}
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, s := range []string{
		"--b\n\n--b--\n", "--b\r\n\r\n--b--", "aaaa\nb\nc\naaaa\n--b--\n",
		"a\r\r\n", "a\x00\n--b--", patch, "\n" + patch + "A: b\n", "a\n\n" + patch + "A\n",
		strings.Repeat("x", 999), strings.Repeat("x", 998) + "\r\n--b--\r",
		"0-b--", "\n\n\n--b--\n", "--b--\n--b",
	} {
		f.Add(s, uint64(1))
	}
	f.Fuzz(func(t *testing.T, body string, seed uint64) {
		for _, boundary := range []string{"", "b"} {
			checkBody(t, body, boundary, strings.NewReader(body))
			checkBody(t, body, boundary, iotest.OneByteReader(strings.NewReader(body)))
			checkBody(t, body, boundary, pieces(body, int(seed%1500)+1, seed))
		}
	})
}

// What was written is read again and written in the same way. Removed fields and
// lines that SMTP cannot carry are never written.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		complete + "\nx", "From x\n" + complete + "\n", "Bcc : a\n b\nA: b\r\n\n",
		multipart + "--b--", "A:\n \nReturn-Path:\n\n", "a\n",
	} {
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
		if againErr != nil || !bytes.Equal(again.Header.raw, m.Header.raw) {
			t.Fatalf("%q: header %q; byte by byte: %v", in, m.Header.raw, againErr)
		}
		var out strings.Builder
		n, err := m.WriteTo(&out)
		if err != nil || n != int64(out.Len()) || !carriable(out.String()) {
			t.Fatalf("%q: %q, %d octets, %v", in, out.String(), n, err)
		}
		if size, known := m.Size(); size != sizeOf(out.String()) || !known {
			t.Fatalf("%q: size %d %v of %q", in, size, known, out.String())
		}
		back, err := Read(strings.NewReader(out.String()), Options{})
		if err != nil {
			t.Fatalf("%q: %q read back: %v", in, out.String(), err)
		}
		for f := range back.Header.Fields() {
			if f.removed() {
				t.Fatalf("%q: %s was written", in, f.Name())
			}
		}
		var twice strings.Builder
		if _, err := back.WriteTo(&twice); err != nil || twice.String() != out.String() {
			t.Fatalf("%q: first %q, then %q, %v", in, out.String(), twice.String(), err)
		}
	})
}

// carriable reports whether s has neither a NUL nor a CR without LF.
func carriable(s string) bool {
	return !strings.ContainsAny(strings.ReplaceAll(s, "\r\n", ""), "\r\x00")
}

// A bare CR in the last of many lines is reported with the number of its line.
func TestLateBareCR(t *testing.T) {
	const lines = 100_000
	c := checker{line: 1}
	err := c.check([]byte(strings.Repeat("x\n", lines) + "a\rb\n"))
	var e *Error
	if !errors.As(err, &e) || e.Line != lines+1 || e.Why != bareCR {
		t.Errorf("check returned %v", err)
	}
}
