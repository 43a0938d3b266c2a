package message

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestRefused(t *testing.T) {
	long := complete + "\n" + strings.Repeat("a line\n", Lookahead/7+2) // more than is read ahead
	after := strings.Count(long, "\n")
	x998 := strings.Repeat("x", 998)
	for _, c := range []struct {
		name, in string
		kind     error
		line     int
	}{
		{"empty", "", ErrEmpty, 0},
		{"text", "Hello,\nthis is not a message\n", ErrHeader, 1},
		{"a word", "Hello", ErrHeader, 1},
		{"an empty line", "\nSubject: x\n\n", ErrHeader, 1},
		{"a space", " Subject: x\n\n", ErrHeader, 1},
		{"a name with a space", "Sub ject: x\n\n", ErrHeader, 1},
		{"a name with a control character", "Sub\x01ject: x\n\n", ErrHeader, 1},
		{"no name", ": x\n\n", ErrHeader, 1},
		{"a byte order mark", "\xEF\xBB\xBFSubject: x\n\n", ErrHeader, 1},
		{"UTF-16", "\xFF\xFES\x00u\x00b\x00", ErrHeader, 1},
		{"mbox, then text", "From a@b\nHello\n", ErrHeader, 2},
		{"mbox alone", "From a@b\n", ErrHeader, 2},
		{"no empty line", "Subject: x\n", ErrHeader, 0},
		{"no line ending", "Subject: x", ErrHeader, 0},
		{"text after the header", "Subject: x\nHello\n\n", ErrHeader, 2},
		{"a header over 1 MiB", strings.Repeat("X: y\n", Lookahead/5) + " \n\n", ErrHeader, 0},
		{"a header one octet over 1 MiB", strings.Repeat("X: y\n", Lookahead/5) + "\r\n", ErrHeader, 0},
		{"an endless header", strings.Repeat("X: y\n", Lookahead/4), ErrHeader, 0},

		{"two Content-Types", "Content-Type: text/plain\ncontent-type : text/html\n\n", ErrStructure, 2},
		{"no boundary", "Content-Type: multipart/mixed\n\n", ErrStructure, 1},
		{
			"two boundaries",
			"Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a--\n--b--\n",
			ErrStructure, 1,
		},
		{"binary content", "Content-Transfer-Encoding: binary\n\na\x00b\n", ErrContent, 3},

		{"a series, late", patch + long + "\n" + patch + complete + "\n", ErrSeries, after + 3},

		{"a bare CR", complete + "\na\rb\n", ErrContent, 6},
		{"a bare CR at the end", complete + "\na\r", ErrContent, 6},
		{"CR CR LF", complete + "\na\r\r\n", ErrContent, 6},
		{"LF CR", complete + "\na\n\rb\n", ErrContent, 7},
		{"a bare CR beside CRLF", crlf(complete+"\na") + "\r\nb\rc\r\n", ErrContent, 7},
		{"a CR in the header", "Subject: a\rb\n\n", ErrContent, 1},
		{"CR CR LF does not end the header", "Subject: a\r\n\r\r\nb\n", ErrHeader, 2},
		{"NUL", complete + "\na\x00b\n", ErrContent, 6},
		{"NUL at the end", complete + "\na\x00", ErrContent, 6},
		{"NUL in the header", complete + "X: \x00\n\n", ErrContent, 5},
		{"999", complete + "\n" + x998 + "x\n", ErrContent, 6},
		{"999, no line ending", complete + "\n" + x998 + "x", ErrContent, 6},
		{"999 and CRLF", complete + "\n" + x998 + "x\r\n", ErrContent, 6},
		{"999 in the header", complete + "X: " + x998 + "\n\n", ErrContent, 5},
		{"a line of 2 MiB", complete + "\n" + strings.Repeat("x", 2*Lookahead), ErrContent, 6},
		{"a line of 2 MiB and LF", complete + "\n" + strings.Repeat("x", 2*Lookahead) + "\n", ErrContent, 6},
		{"a line of 500 kB and LF", complete + "\n" + strings.Repeat("x", 500_000) + "\n" + long, ErrContent, 6},
		{"the first error counts", complete + "\na\n" + x998 + "x\n\x00\r\r\n", ErrContent, 7},
		{"the first error counts, NUL", complete + "\n\x00\n" + x998 + "x\n", ErrContent, 6},
		{"a late bare CR", long + "a\rb\n", ErrContent, after + 1},
		{"a late NUL", long + "a\n\x00", ErrContent, after + 2},
		{"a late long line", long + strings.Repeat("x", 300_000) + "\n", ErrContent, after + 1},
		{"a late bare CR at the end", long + "a\r", ErrContent, after + 1},
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

// A wrong line among the first Lookahead octets is found before anything is
// written, even if its end was not read yet.
func TestRefusedByRead(t *testing.T) {
	for _, bad := range []string{"\x00", "a\rb", "\r\r\n", strings.Repeat("x", 999)} {
		for _, end := range []int{Lookahead / 2, Lookahead - 1, Lookahead} {
			in := complete + "\n"
			in += strings.Repeat("\n", end-len(in)-len(bad)) + bad + strings.Repeat("x\n", Lookahead)
			if _, err := Read(strings.NewReader(in), Options{}); !errors.Is(err, ErrContent) {
				t.Errorf("%.3q up to %d: %v", bad, end, err)
			}
		}
	}
}

func TestLongestHeader(t *testing.T) {
	in := strings.Repeat("X: y\n", Lookahead/5) + "\n"
	if _, err := Read(strings.NewReader(in), Options{}); len(in) != Lookahead || err != nil {
		t.Errorf("a header of %d octets: %v", len(in), err)
	}
}

func TestErrorText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "input is empty"},
		{"Hello\n", "input is not a mail message: line 1: missing header field"},
		{"Subject: x\n", "input is not a mail message: missing empty line after the header"},
		{
			"Content-Type: multipart/mixed\n\n",
			"invalid message structure: line 1: Content-Type: missing boundary",
		},
		{
			"Content-Type: multipart/mixed; boundary=x\n\n--x\n",
			"message was cut off: line 4: missing closing boundary",
		},
		{"Subject: x\n\na\rb\n", "message cannot be sent by SMTP: line 3: CR without LF"},
		{"Subject: x\n\n\x00\n", "message cannot be sent by SMTP: line 3: NUL octet"},
		{
			"Subject: x\n\n" + strings.Repeat("x", 999),
			"message cannot be sent by SMTP: line 3: longer than 998 octets",
		},
		{"Subject: x\n\n", "missing recipient: no address in To, Cc or Bcc"},
		{
			"Resent-From: a@b\nTo: a@b\n\n",
			"missing recipient: no address in Resent-To, Resent-Cc or Resent-Bcc",
		},
		{
			"From: a@b\nTo: Doe, J <c@d>\n\n",
			`invalid header field: line 2: To: invalid address "Doe, J <c@d>": missing @`,
		},
	} {
		m, err := Read(strings.NewReader(c.in), Options{})
		if err == nil {
			_, err = m.Recipients()
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%.40q: %v, want %s", c.in, err, c.want)
		}
	}
}

// Input that was made to take long is answered soon, and with the right kind.
func TestHostile(t *testing.T) {
	for _, c := range []struct {
		in                       string
		read, sender, recipients error
	}{
		{strings.Repeat("X: y\n", 100_000) + "From: a@b\nTo: c@d\n\n", nil, nil, nil},
		{"Content-Type: multipart/mixed; " + strings.Repeat("(", 300_000) + "\n\n", ErrStructure, nil, nil},
		{
			"Content-Type: " + strings.Repeat("multipart/mixed; boundary*0=x; ", 30_000) + "\n\n",
			ErrContent, nil, nil,
		},
		{
			"Content-Type: multipart/mixed; boundary=\"" + strings.Repeat("\n x", 200_000) + "\"\n\n",
			ErrCutOff, nil, nil,
		},
		{
			"Content-Type: multipart/mixed" + strings.Repeat(";\n boundary*12345=\"", 40_000) + "\n\n",
			ErrStructure, nil, nil,
		},
		{
			"From: " + strings.Repeat("(\n (\n ", 100_000) + "\nTo: " + strings.Repeat("<\n ", 100_000) + "\n\n",
			nil, ErrAddress, ErrAddress,
		},
		{"From: a@b\nTo: " + strings.Repeat("=?a?q?\n =?", 70_000) + "\n\n", nil, nil, ErrAddress},
		{strings.Repeat("Resent-To: a@b\n", 60_000) + "\n", nil, ErrSender, nil},
		{complete + "\n" + strings.Repeat("aaaa\nb\nc\naaaa\n", 200_000), nil, nil, nil},
	} {
		m, err := Read(strings.NewReader(c.in), Options{})
		if !errors.Is(err, c.read) {
			t.Errorf("%.60q: Read: %v, want %v", c.in, err, c.read)
		}
		if err != nil {
			continue
		}
		if _, err := m.Sender(); !errors.Is(err, c.sender) {
			t.Errorf("%.60q: Sender: %v, want %v", c.in, err, c.sender)
		}
		if _, err := m.Recipients(); !errors.Is(err, c.recipients) {
			t.Errorf("%.60q: Recipients: %v, want %v", c.in, err, c.recipients)
		}
		if _, err := m.WriteTo(io.Discard); err != nil {
			t.Errorf("%.60q: WriteTo: %v", c.in, err)
		}
	}
}
