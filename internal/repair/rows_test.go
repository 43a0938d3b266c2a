package repair

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailpipe/internal/address"
	"mailpipe/internal/message"
)

// withoutFixed returns what Read makes of input, without Date and Message-ID.
func withoutFixed(t *testing.T, in string, opt Options) (out string, m *Message) {
	t.Helper()
	m, err := Read(strings.NewReader(in), opt)
	if err != nil {
		t.Fatalf("%q: %v", in, err)
	}
	t.Cleanup(func() { m.Close() })
	var b strings.Builder
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "Date: ") && !strings.HasPrefix(line, "Message-ID: ") {
			out += line
		}
	}
	return lf(out), m
}

// The beginning of the input: a line of an mbox, a mark, text without a header.
func TestBeginning(t *testing.T) {
	for _, c := range []struct{ in, want, words string }{
		{"From root Mon Nov 30 12:00:00 2026\n" + from + "\nx\n", from + "\nx\n", ""}, // as deliver does
		{
			"From root Mon Nov 30 12:00:00 2026\n" + from + "\n\r", from + brokenAfter,
			"mbox quoted-printable mime-version",
		},
		{"hello\nBob\n", "MIME-Version: 1.0\n\nhello\nBob\n", "text mime-version"},
		{"From now on\nhello\n", "MIME-Version: 1.0\n\nFrom now on\nhello\n", "text mime-version"},
		{"\nhello\n", "MIME-Version: 1.0\n\n\nhello\n", "text mime-version"},
		{" a: b\n", "MIME-Version: 1.0\n\n a: b\n", "text mime-version"},
		{"\xef\xbb\xbf" + from + "\nx\n", from + "\nx\n", "mark"},
	} {
		got, m := withoutFixed(t, c.in, Options{})
		if words := strings.Join(m.Repairs, " "); got != c.want || words != c.words {
			t.Errorf("%q became\n%s(%s), want\n%s(%s)", c.in, got, words, c.want, c.words)
		}
	}
}

const mixed1 = from + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"

func TestMultiparts(t *testing.T) {
	sumOfE9 := fmt.Sprintf("%x", sha256.Sum224([]byte("\xe9")))
	for _, c := range []struct{ name, in, want, words string }{
		{
			"each leaf, an inner mail, a preamble and an epilogue",
			mixed1 + "\nbefore\n--b\n\nplain\n--b\nContent-Type: text/html; charset=us-ascii\n\nl'été\n" +
				"--b\nContent-Type: message/rfc822\n\nSubject: é\n\na\rb\n--b--\nafter\n",
			mixed1 + "\nbefore\n--b\n\nplain\n--b\nContent-Type: text/html; charset=utf-8\n" +
				"Content-Transfer-Encoding: quoted-printable\n\nl'=C3=A9t=C3=A9\n" +
				"--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?B?w6k=?=\n" +
				"Content-Transfer-Encoding: quoted-printable\n\na=0Db\n--b--\nafter\n",
			"charset quoted-printable encoded-words",
		},
		{
			"no end, in the inner one neither", mixed1 + "\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nx",
			mixed1 + "\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nx\n--c--\n--b--\n", "end",
		},
		{"no part", mixed1 + "\ntext\n", mixed1 + "\n--b\n\ntext\n\n--b--\n", "end"},
		{
			"a header without an end", mixed1 + "\n--b\nX: \x00y\n--b--\n",
			mixed1 + "\n--b\nX: y\n\n--b--\n", "header controls",
		},
		{
			"labels", strings.Replace(mixed1, "MIME", "Content-Transfer-Encoding: binary\nMIME", 1) +
				"\n--b\nContent-Type: application/x\n\n\r\n--b\nContent-Type: application/y\n\n\r\xff\n--b--\n",
			"", "",
		},
		{
			"a long line that contains the delimiter",
			mixed1 + "\n--b\n\n" + strings.Repeat("x", 75) + "--b" + long + "\n--b--\n", "", "quoted-printable",
		},
		{"a preamble that SMTP cannot carry", mixed1 + "\na\rb\n--b\n\nx\n--b--\n", mixed1 + "\na=0Db\n--b\n\nx\n--b--\n",
			"quoted-printable"},
		{
			"a boundary that ends with a space, and a wrong label",
			from + "Content-Type: multipart/mixed; boundary=\"b \"\nContent-Transfer-Encoding: base64\n" +
				"MIME-Version: 1.0\n\n--b \n\na\rb\n--b --\n",
			from + "Content-Type: multipart/mixed; boundary=\"b \"\nContent-Transfer-Encoding: 8bit\n" +
				"MIME-Version: 1.0\n\n--b \nContent-Transfer-Encoding: quoted-printable\n\na=0Db\n--b --\n",
			"label quoted-printable",
		},
		{
			"a boundary that is not ASCII",
			from + "Content-Type: multipart/mixed; boundary=\"\xe9\"; x=y\nMIME-Version: 1.0\n\n--\xe9\n\na\rb\n--\xe9--\n",
			from + "Content-Type: multipart/mixed; x=y;\n boundary=\"=_" + sumOfE9 + "\"\n" +
				"MIME-Version: 1.0\n\n--=_" + sumOfE9 + "\nContent-Transfer-Encoding: quoted-printable\n\n" +
				"a=0Db\n--=_" + sumOfE9 + "--\n",
			"quoted-printable",
		},
		{
			"a digest", strings.Replace(mixed1, "mixed", "digest", 1) + "\n--b\n\nSubject: x\n\na\rb\n--b--\n",
			strings.Replace(mixed1, "mixed", "digest", 1) +
				"\n--b\n\nSubject: x\nContent-Transfer-Encoding: quoted-printable\n\na=0Db\n--b--\n", "quoted-printable",
		},
	} {
		got, m := withoutFixed(t, c.in, Options{})
		if c.want != "" && got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
		if words := strings.Join(m.Repairs, " "); c.words != "" && words != c.words {
			t.Errorf("%s: repairs %q, want %q", c.name, words, c.words)
		}
		delimiters := strings.NewReplacer("\n--b \n", "\n--b\n", "\n--\xe9\n", "\n--b\n", "\n--=_"+sumOfE9+"\n", "\n--b\n")
		got, c.in = delimiters.Replace(got), delimiters.Replace(c.in)
		if n := strings.Count(got, "\n--b\n"); n != max(1, strings.Count(c.in, "\n--b\n")) {
			t.Errorf("%s: %d parts in\n%s", c.name, n, got)
		}
		if m.Cut != (c.words == "end") {
			t.Errorf("%s: Cut is %v", c.name, m.Cut)
		}
	}
}

// Content that is encoded already, but in lines that are too long.
func TestRecode(t *testing.T) {
	base64Long := strings.Repeat("QUJD", 300)
	base64Lines := strings.Repeat(strings.Repeat("QUJD", 19)+"\n", 15) + strings.Repeat("QUJD", 15) + "\n"
	for _, c := range []struct{ encoding, in, want string }{
		{"base64", base64Long + "\n", base64Lines},
		{"base64", "aGk=\raGk=\n", "aGloaQ==\n"},
		{"quoted-printable", "a\x00=3\r= \nb\n", "a=00=3D3=0Db\n"},
		{"quoted-printable", "=C3=A9" + long + "\n", "=C3=A9" + long[:69] + "=\n" + soft(long[69:]) + "\n"},
	} {
		h := from + "MIME-Version: 1.0\nContent-Transfer-Encoding: " + c.encoding + "\n\n"
		if got, _ := withoutFixed(t, h+c.in, Options{}); got != h+c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.encoding, got, h+c.want)
		}
	}
}

// What a server does not offer.
func TestExtensions(t *testing.T) {
	in := from + "Subject: é\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n" +
		"Content-Transfer-Encoding: 8bit\n\nl'été\n"
	ascii := strings.Replace(in, "Subject: é", "Subject: =?utf-8?B?w6k=?=", 1)
	encoded := strings.NewReplacer("8bit", "quoted-printable", "l'été", "l'=C3=A9t=C3=A9").Replace(ascii)
	for _, c := range []struct {
		opt  Options
		want string
	}{
		{Options{}, in}, {Options{ASCIIHeader: true}, ascii}, {sevenBit, encoded}, {Options{SevenBit: true}, encoded},
	} {
		if got, _ := withoutFixed(t, in, c.opt); got != c.want {
			t.Errorf("%+v: got\n%s\nwant\n%s", c.opt, got, c.want)
		}
	}
	m, err := Read(strings.NewReader(in), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	converted, err := Convert(m.Message, sevenBit)
	if err != nil {
		t.Fatal(err)
	}
	defer converted.Close()
	if eightBit, _ := converted.EightBit(); eightBit || converted.UTF8() != "" || converted.MessageID() != m.MessageID() {
		t.Errorf("converted: 8 bit %v, UTF-8 %q, %s, want %s",
			eightBit, converted.UTF8(), converted.MessageID(), m.MessageID())
	}
}

// What is signed or encrypted is never changed, though the header around it is.
func TestSigned(t *testing.T) {
	const body = "\n--b\nContent-Type: text/plain; charset=us-ascii\n\n-- \nété \n--b\n\nsignature\n--b--\n"
	for _, kind := range []string{"signed", "encrypted"} {
		h := from + "MIME-Version: 1.0\nContent-Type: multipart/" + kind + "; boundary=b; x=\"a\"\n"
		if got, _ := withoutFixed(t, h+"Subject: \xe9\n"+body, Options{}); got != h+"Subject: =?utf-8?B?w6k=?=\n"+body {
			t.Errorf("%s: got\n%s", kind, got)
		}
		inner := mixed1 + "\n--b\n\na\rb\n--b\nContent-Type: multipart/" + kind + "; boundary=c\n" +
			"\n--c\n\n\xe9\n--c--\n--b--\n"
		got, _ := withoutFixed(t, inner, Options{})
		_, after, _ := strings.Cut(inner, "multipart/"+kind)
		if !strings.HasSuffix(got, after) || !strings.Contains(got, "=0D") {
			t.Errorf("%s inside: got\n%s", kind, got)
		}
		for in, opt := range map[string]Options{
			h + strings.Replace(body, "-- ", "--\r ", 1):   {},
			h + strings.Replace(body, "-- ", "--\x00 ", 1): {},
			h + strings.Replace(body, "-- ", long, 1):      {},
			h + body:                                     sevenBit,
			h + strings.TrimSuffix(body, "--b--\n"):      {},
			strings.Replace(inner, "\xe9", "\xe9\r ", 1): {},
		} {
			_, err := Read(strings.NewReader(in), opt)
			if !errors.Is(err, message.ErrContent) && !errors.Is(err, message.ErrCutOff) {
				t.Errorf("%q: %v", in, err)
			}
		}
	}
}

func TestRewrite(t *testing.T) {
	opt := Options{
		Rewrite: func(field string, a address.Address) []address.Address {
			switch {
			case a.Domain != "":
				return nil
			case field == "From":
				return []address.Address{{Name: a.Local + "@web1 (" + a.Name + ")", Local: "ops", Domain: "x.org"}}
			}
			return []address.Address{{Name: a.Local, Local: "bob", Domain: "x.org"}, {Local: "eve", Domain: "x.org"}}
		},
		Missing: func(field string) []address.Address {
			if field == "From" {
				return []address.Address{{Name: "Zoë", Local: "z", Domain: "x.org"}}
			}
			return nil
		},
	}
	for _, c := range []struct{ in, want, words string }{
		{from + "To: a@b.org\n\nx\n", from + "To: a@b.org\n\nx\n", ""},
		{
			"From: root (Cron Daemon)\nTo: \"x, y\" <a@b.org>, root (x),,\n c@d.org (c);\nX: é\n\nx\n",
			"From: \"root@web1 (Cron Daemon)\" <ops@x.org>\n" +
				"To: \"x, y\" <a@b.org>, root <bob@x.org>, eve@x.org, c@d.org (c)\nX: =?utf-8?B?w6k=?=\n\nx\n",
			"addresses encoded-words",
		},
		{"To: a@b.org\n\nx\n", "To: a@b.org\nFrom: =?utf-8?Q?Zo=C3=AB?= <z@x.org>\n\nx\n", "from"},
		{"From:\nTo: g: root, a@b.org;\n\nx\n", "To: g: root <bob@x.org>, eve@x.org, a@b.org;\n" +
			"From: =?utf-8?Q?Zo=C3=AB?= <z@x.org>\n\nx\n", "addresses from"},
	} {
		got, m := withoutFixed(t, c.in, opt)
		if words := strings.Join(m.Repairs, " "); got != c.want || words != c.words {
			t.Errorf("%q became\n%s(%s), want\n%s(%s)", c.in, got, words, c.want, c.words)
		}
	}
	var seen []string
	opt.Rewrite = func(field string, a address.Address) []address.Address {
		if name := field + " " + a.Mailbox(); !slices.Contains(seen, name) {
			seen = append(seen, name)
		}
		return nil
	}
	withoutFixed(t, from+"To: (\nTo: root, b@c.org\nBCC: x: y;\n\n\r", opt)
	if want := []string{"From a@x.org", "To root", "To b@c.org", "BCC y"}; !slices.Equal(seen, want) {
		t.Errorf("Rewrite was called for %q, want %q", seen, want)
	}
}

// Errors that no repair helps.
func TestErrors(t *testing.T) {
	series := "From a Mon Nov 30 12:00:00 2026\n" + from + "\n\r\n\nFrom a Mon Nov 30 12:00:00 2026\nFrom: b@x.org\n\n"
	for _, c := range []struct {
		in   string
		kind message.Kind
	}{
		{"", message.ErrEmpty},
		{series, message.ErrSeries},
		{from + "Subject: " + strings.Repeat("x", message.Lookahead) + "\n\n", message.ErrHeader},
		{from + strings.Repeat("X: y\n", message.Lookahead/5) + "\n", message.ErrHeader},
		{from + "Content-Type: multipart/mixed\n\n\r", message.ErrStructure},
		{from + "Content-Transfer-Encoding: x-uuencode\n\n\r", message.ErrContent},
		{from + strings.Repeat("Content-Type: message/rfc822\n\n", 101) + "\n\r", message.ErrContent},
	} {
		if _, err := Read(strings.NewReader(c.in), Options{}); !errors.Is(err, c.kind) {
			t.Errorf("%.100q: %v, want %v", c.in, err, c.kind)
		}
	}
}

// A header that becomes too long is refused as one that is too long.
func TestHeaderBecomesTooLong(t *testing.T) {
	_, err := Read(strings.NewReader(from+"Subject:"+strings.Repeat(" é", message.Lookahead/4)+"\n\n\r"), Options{})
	if bad, ok := errors.AsType[*message.Error](err); !ok || bad.Why != "header longer than 1 MiB" {
		t.Error(err)
	}
}

// To may be there any number of times. Joining them takes linear time.
func TestManyFields(t *testing.T) {
	for _, n := range []int{40, 100_000} {
		out, m := withoutFixed(t, from+strings.Repeat("To: a\n", n)+"\n\r", Options{})
		got := strings.Count(out, " a,") + strings.Count(out, " a\n")
		if got != n || !slices.Contains(m.Repairs, "duplicates") {
			t.Errorf("%d of %d addresses, %v", got, n, m.Repairs)
		}
	}
}

// With Once, fields that occur twice are a reason for a repair.
func TestOnce(t *testing.T) {
	const twice = from + "To: b@x.org\nSubject: x\nTO: c@x.org\nsubject: y\nX-A: 1\nX-A: 2\n\ntext\n"
	for _, c := range []struct {
		in   string
		once bool
		want string
	}{
		{twice, false, twice},
		{twice, true, from + "To: b@x.org, c@x.org\nSubject: x\nX-A: 1\nX-A: 2\n\ntext\n"},
		{from + "X-A: 1\nX-A: 2\n\ntext\n", true, from + "X-A: 1\nX-A: 2\n\ntext\n"},
	} {
		got, _, err := repaired(t, c.in, Options{Once: c.once})
		if lf(got) != c.want || err != nil {
			t.Errorf("%t: got %q, %v, want %q", c.once, lf(got), err, c.want)
		}
	}
}
