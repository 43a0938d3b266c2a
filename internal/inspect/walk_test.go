package inspect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// describe returns what Read finds in a mail: a line per event, and the contents.
func describe(t *testing.T, r io.Reader) string {
	t.Helper()
	var b strings.Builder
	contents := map[string]*[3]strings.Builder{}
	v := Visitor{
		Begin: func(p *Part) (Content, error) {
			var c [3]strings.Builder
			contents[p.Number] = &c
			fmt.Fprintf(&b, "begin %s line %d %s\n", p.Number, p.Line, p.MediaType())
			for f := range p.Header.Fields() {
				fmt.Fprintf(&b, "%d %s=%q\n", f.Line, f.Name(), f.Value())
			}
			return Content{&c[0], &c[1], &c[2]}, nil
		},
		End: func(p *Part) error {
			c := contents[p.Number]
			fmt.Fprintf(&b, "end %s %d %v raw %q decoded %q text %q\n", p.Number, p.Octets, p.Damaged,
				c[0].String(), c[1].String(), c[2].String())
			fmt.Fprintf(&b, "%+v\n", p.Status)
			return nil
		},
	}
	findings, err := Read(r, v)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings.List {
		fmt.Fprintln(&b, f.Line, f.Part, f.ID, f.Words())
	}
	return b.String()
}

// The numbers are those of the example in RFC 9051 §6.4.5.1.
func TestNumbers(t *testing.T) {
	multi := func(subtype, boundary string, parts ...string) string {
		return "Content-Type: multipart/" + subtype + "; boundary=" + boundary + "\n\n--" + boundary + "\n" +
			strings.Join(parts, "\n--"+boundary+"\n") + "\n--" + boundary + "--"
	}
	text, octets := "Content-Type: text/plain\n\nx", "Content-Type: application/octet-stream\n\nx"
	image, mail := "Content-Type: image/gif\n\nx", "Content-Type: message/rfc822\n\n"
	in := mime + multi("mixed", "a", text, octets,
		mail+top+multi("mixed", "b", text, octets),
		multi("mixed", "c", image,
			mail+top+multi("mixed", "d", text, multi("alternative", "e", text, "Content-Type: text/richtext\n\nx"))),
		mail+top+"\nx", mail+mail+top+"\nx") + "\n"
	const want = `TEXT multipart/mixed
1 text/plain
2 application/octet-stream
3 message/rfc822
3.TEXT multipart/mixed
3.1 text/plain
3.2 application/octet-stream
4 multipart/mixed
4.1 image/gif
4.2 message/rfc822
4.2.TEXT multipart/mixed
4.2.1 text/plain
4.2.2 multipart/alternative
4.2.2.1 text/plain
4.2.2.2 text/richtext
5 message/rfc822
5.1 text/plain
6 message/rfc822
6.1 message/rfc822
6.1.1 text/plain
`
	var got strings.Builder
	_, err := Read(strings.NewReader(in), Visitor{Begin: func(p *Part) (Content, error) {
		fmt.Fprintln(&got, p.Number, p.MediaType())
		return Content{}, nil
	}})
	if err != nil || got.String() != want {
		t.Errorf("%v, got\n%swant\n%s", err, got.String(), want)
	}
}

func TestContents(t *testing.T) {
	in := crlf(mime + `Content-Type: multipart/mixed; boundary=b

preamble
--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

h=E4=
llo

--b
Content-Type: message/rfc822

Subject: inner

--inner
text
--b
Content-Transfer-Encoding: base64

aGk=
--b--
epilogue
`)
	got := describe(t, strings.NewReader(in))
	for _, want := range []string{
		`raw "h=E4=\r\nllo\r\n" decoded "h\xe4llo\r\n" text "hällo\r\n"`,
		`raw "Subject: inner\r\n\r\n--inner\r\ntext" decoded "Subject: inner\r\n\r\n--inner\r\ntext" text ""`,
		`end 2.1 13 false raw "--inner\r\ntext" decoded "--inner\r\ntext" text "--inner\r\ntext"`,
		`end 3 2 false raw "aGk=" decoded "hi" text "hi"`,
		`begin 2.1 line 18 text/plain`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %s in\n%s", want, got)
		}
	}
}

// Reads of any size give the same result.
func TestReads(t *testing.T) {
	for id, s := range samples {
		if len(s.bad) > 64<<10 {
			continue
		}
		whole := describe(t, strings.NewReader(s.bad))
		for name, r := range map[string]io.Reader{
			"one octet": iotest.OneByteReader(strings.NewReader(s.bad)), "half": iotest.HalfReader(strings.NewReader(s.bad)),
			"data and error": iotest.DataErrReader(strings.NewReader(s.bad)),
		} {
			if got := describe(t, r); got != whole {
				t.Errorf("%s, %s: got\n%swant\n%s", id, name, got, whole)
			}
		}
	}
}

// A line longer than a block comes in pieces, and so does its line ending.
func TestLongLines(t *testing.T) {
	for _, size := range []int{blockSize - 2, blockSize - 1, blockSize, blockSize + 1, 3 * blockSize} {
		long := strings.Repeat("y", size)
		in := crlf(mixed("\n"+long+"\n--x", "\nx") + "\n--b--\n")
		n := 0
		var got [2]strings.Builder
		_, err := Read(strings.NewReader(in), Visitor{Begin: func(p *Part) (Content, error) {
			if p.HasParts {
				return Content{}, nil
			}
			n++
			return Content{Decoded: &got[n-1]}, nil
		}})
		if err != nil || got[0].String() != long+"\r\n--x" || got[1].String() != "x" {
			t.Errorf("%d: %d parts of %d and %d octets, %v", size, n, got[0].Len(), got[1].Len(), err)
		}
	}
}

// An attachment comes back, whatever its lines end with and wherever blocks end.
func TestAttachment(t *testing.T) {
	var content, lines strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&content, "%057d", i)
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(content.String()))
	for ; len(encoded) > 76; encoded = encoded[76:] {
		lines.WriteString(encoded[:76] + "\n")
	}
	in := mixed("Content-Transfer-Encoding: base64\n\n"+lines.String()+encoded, "\nx") + "\n--b--\n"
	for _, mail := range []string{in, crlf(in)} {
		var raw, decoded strings.Builder
		findings, err := Read(strings.NewReader(mail), Visitor{Begin: func(p *Part) (c Content, err error) {
			if p.Number == "1" {
				c = Content{Raw: &raw, Decoded: &decoded}
			}
			return c, nil
		}})
		_, want, _ := strings.Cut(mail, "base64")
		want, _, _ = strings.Cut(strings.TrimLeft(want, "\r\n"), "--b")
		want = strings.TrimRight(want, "\r\n")
		if err != nil || len(findings.List) > 0 || decoded.String() != content.String() || raw.String() != want {
			t.Errorf("%v, %v, %d octets of %d", err, findings.List, decoded.Len(), raw.Len())
		}
	}
}

// The error of the reader or of the visitor ends the reading.
func TestErrors(t *testing.T) {
	failure := errors.New("failure")
	in := mixed("\nx\n", "\ny\n")
	if _, err := Read(io.MultiReader(strings.NewReader(in), iotest.ErrReader(failure)), Visitor{}); err != failure {
		t.Error("reader:", err)
	}
	for name, v := range map[string]Visitor{
		"begin":  {Begin: func(p *Part) (Content, error) { return Content{}, failure }},
		"end":    {End: func(p *Part) error { return failure }},
		"writer": {Begin: func(p *Part) (Content, error) { return Content{Decoded: failing{failure}}, nil }},
		"raw":    {Begin: func(p *Part) (Content, error) { return Content{Raw: failing{failure}}, nil }},
		"text":   {Begin: func(p *Part) (Content, error) { return Content{Text: failing{failure}}, nil }},
	} {
		n := 0
		begin := v.Begin
		v.Begin = func(p *Part) (Content, error) {
			n++
			if begin == nil {
				return Content{}, nil
			}
			return begin(p)
		}
		if _, err := Read(strings.NewReader(in+strings.Repeat("\n--b\n\nx\n", 50_000)), v); err != failure || n > 3 {
			t.Errorf("%s: %v after %d parts", name, err, n)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
