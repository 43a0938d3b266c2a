package repair

import (
	"strings"
	"testing"
)

// fixed are fields that deliver would add, with values that change.
const fixed = "Date: Mon, 30 Nov 2026 12:00:00 +0000\r\nMessage-ID: <id@x.org>\r\n"

// repaired returns a message as Read makes it, without the fields fixed at its
// beginning, and the words for its repairs.
func repaired(t *testing.T, in string, opt Options) (out string, repairs []string, err error) {
	t.Helper()
	m, err := Read(strings.NewReader(fixed+in), opt)
	if err != nil {
		return "", nil, err
	}
	defer m.Close()
	var b strings.Builder
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	out, found := strings.CutPrefix(b.String(), fixed)
	if !found {
		t.Fatalf("%q does not begin with %q", b.String(), fixed)
	}
	return out, m.Repairs, nil
}

// lf returns s with LF as line endings. So a table shows where CRLF matters.
func lf(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

const from = "From: a@x.org\n"

var long = strings.Repeat("0123456789", 100) // 1000 octets

// broken is the end of a header and a body that make a repair necessary.
const (
	broken      = "\n\r"
	brokenAfter = "Content-Transfer-Encoding: quoted-printable\nMIME-Version: 1.0\n\n=0D\n"
)

func TestRepair(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		words          string
	}{
		{"a valid message", from + "\nsee\n", from + "\nsee\n", ""},
		{
			"a line in the header that is not a field", from + "Hello Bob,\nsee\n",
			from + "\nHello Bob,\nsee\n", "header",
		},
		{"no empty line after the header", from, from + "\n", "header"},
		{
			"UTF-8 and a bare CR", from + "Subject: été 10%\r20%\nTo: Zoë <z@x.org>\n\nx\n",
			from + "Subject: =?utf-8?B?w6l0w6k=?= 10% 20%\nTo: =?utf-8?Q?Zo=C3=AB?= <z@x.org>\n\nx\n",
			"controls encoded-words",
		},
		{
			"windows-1252", from + "Subject: caf\xe9 \x80\n\nx\n", from + "Subject: =?utf-8?B?Y2Fmw6kg4oKs?=\n\nx\n",
			"encoded-words",
		},
		{
			"the declared charset", from + "Content-Type: text/plain; charset=koi8-r\nSubject: \xc1\xc2\n\nx\n",
			from + "Content-Type: text/plain; charset=koi8-r\nSubject: =?utf-8?B?0LDQsQ==?=\nMIME-Version: 1.0\n\nx\n",
			"encoded-words mime-version",
		},
		{
			"encoded words and octets", from + "Comments: =?utf-8?Q?=C3=A9?= =?iso-8859-1?Q?=E9_?= \xe9 x\n\nx\n",
			from + "Comments: =?utf-8?B?w6nDqSAgw6k=?= x\n\nx\n", "encoded-words",
		},
		{
			"a comment with octets", "From: a@x.org (J\xfcrgen)\nX-A: \xfc\n\nx\n",
			"From: =?utf-8?Q?J=C3=BCrgen?= <a@x.org>\nX-A: =?utf-8?B?w7w=?=\n\nx\n", "encoded-words",
		},
		{
			"parameters",
			from + "MIME-Version: 1.0\nContent-Type: application/pdf; name=\"\xc3\xa9t\xe9.pdf\"; x=\"a b\"\n" +
				"Content-Disposition: attachment; filename=été.pdf\n\nx\n",
			from + "MIME-Version: 1.0\nContent-Type: application/pdf; name*=utf-8''%C3%83%C2%A9t%C3%A9.pdf;\n x=\"a b\"\n" +
				"Content-Disposition: attachment; filename*=utf-8''%C3%A9t%C3%A9.pdf\n\nx\n",
			"encoded-words",
		},
		{
			"sections of a parameter", // RFC 2231
			from + "MIME-Version: 1.0\nContent-Disposition: attachment; filename*0=\"f\xfcr \"; filename*1=\"x.txt\";\n" +
				" x*0*=iso-8859-1''a%FC; x*1=b\nContent-Type: a/b; name=\"=?utf-8?Q?=C3=A9?= \xe9\"\n\nx\n",
			from + "MIME-Version: 1.0\nContent-Disposition: attachment; filename*=utf-8''f%C3%BCr%20x.txt;\n" +
				" x*0*=iso-8859-1''a%FC; x*1=b\nContent-Type: a/b; name*=utf-8''%C3%A9%20%C3%A9\n\nx\n",
			"encoded-words",
		},
		{
			"a charset as RFC 2231 writes it", from + "Content-Type: text/plain; charset*=us-ascii'en'us-ascii\n\n\xe9\r\n\r",
			from + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n" +
				"MIME-Version: 1.0\n\n=C3=A9\n=0D\n",
			"charset quoted-printable mime-version",
		},
		{
			"an encoding as programs write it",
			from + "Content-Transfer-Encoding: \"8-bit\"\nContent-Type: text/plain; charset='koi8-r'\nSubject: \xc1\n\n\xc1\n",
			from + "Content-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset='koi8-r'\n" +
				"Subject: =?utf-8?B?0LA=?=\nMIME-Version: 1.0\n\n\xc1\n",
			"label encoded-words mime-version",
		},
		{
			"groups, and separators that are wrong",
			"From: a@x.org\nTo: Amis pr\xe9f\xe9r\xe9s: a@x.org, \xe9 <b@x.org>;, c@x.org; d@x.org; g: e@x.org; f@x.org\n" +
				"Cc: \xe9 g@x.org, \xe9:\n\nx\n",
			"From: a@x.org\nTo: =?utf-8?B?QW1pcyBwcsOpZsOpcsOpcw==?= : a@x.org, =?utf-8?B?w6k=?=\n <b@x.org>;, " +
				"c@x.org, d@x.org, g: e@x.org;, f@x.org\nCc: =?utf-8?B?w6k=?= <g@x.org>, =?utf-8?B?w6k=?= :;\n\nx\n",
			"encoded-words",
		},
		{
			"a control character", from + "Subject: a\x00b\x1b c\x7f\n\nx\n", from + "Subject: a b  c\n\nx\n", "controls",
		},
		{
			"a long line", from + "References:" + strings.Repeat(" <0123456789@x.org>", 60) + "\n\nx\n",
			from + "References:" + strings.Repeat(strings.Repeat(" <0123456789@x.org>", 3)+"\n", 20) + "\nx\n", "folded",
		},
		{
			"fields twice", from + "To: a@x.org\nSubject: 1\nTO: b@x.org, c@x.org\nSubject: 2\n" + broken,
			from + "To: a@x.org, b@x.org, c@x.org\nSubject: 1\n" + brokenAfter, "quoted-printable duplicates mime-version",
		},
		{
			"octets without a charset", from + "Subject: x\x01\x00\n\nl'été\n",
			from + "Subject: x\nContent-Type: text/plain; charset=utf-8\n" +
				"Content-Transfer-Encoding: quoted-printable\nMIME-Version: 1.0\n\nl'=C3=A9t=C3=A9\n",
			"charset quoted-printable controls mime-version",
		},
		{
			"a wrong charset",
			from + "Content-Type: text/plain; charset=ANSI_X3.4-1968; format=flowed\nSubject: \xe9\n\nl'\xe9té a\n",
			from + "Content-Type: text/plain; format=flowed; charset=utf-8\nSubject: =?utf-8?B?w6k=?=\n" +
				"Content-Transfer-Encoding: quoted-printable\nMIME-Version: 1.0\n\nl'=C3=A9t=C3=A9 a\n",
			"charset quoted-printable encoded-words mime-version",
		},
		{
			"a correct charset", from + "Content-Type: text/plain; charset=utf-8\nSubject: \xe9\n\né\n",
			from + "Content-Type: text/plain; charset=utf-8\nSubject: =?utf-8?B?w6k=?=\n" +
				"Content-Transfer-Encoding: 8bit\nMIME-Version: 1.0\n\né\n",
			"label encoded-words mime-version",
		},
		{
			"progress, and mixed line endings", from + "\r\n10%\r20%\r\nend\n",
			from + "Content-Transfer-Encoding: quoted-printable\nMIME-Version: 1.0\n\n10%=0D20%\nend\n",
			"quoted-printable mime-version",
		},
		{
			"a long line in the body", from + "\n" + long + "\n",
			from + "Content-Transfer-Encoding: quoted-printable\nMIME-Version: 1.0\n\n" + soft(long) + "\n",
			"quoted-printable mime-version",
		},
		{
			"base64", from + "Content-Type: application/x; a=b\nContent-Transfer-Encoding: binary\n\n\xff\x00\xff\x00\xff\x00",
			from + "Content-Type: application/x; a=b\nContent-Transfer-Encoding: base64\nMIME-Version: 1.0\n\n/wD/AP8A\n",
			"base64 mime-version",
		},
	} {
		out, repairs, err := repaired(t, c.in, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if lf(out) != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, lf(out), c.want)
		}
		if words := strings.Join(repairs, " "); words != c.words {
			t.Errorf("%s: repairs %q, want %q", c.name, words, c.words)
		}
		if c.words != "" && strings.Count(out, "\n") != strings.Count(out, "\r\n") {
			t.Errorf("%s: a line ending that is not CRLF in %q", c.name, out)
		}
	}
}

// soft returns a line in quoted-printable.
func soft(line string) string {
	var rows []string
	for len(line) > 76 {
		rows = append(rows, line[:75])
		line = line[75:]
	}
	return strings.Join(append(rows, line), "=\n")
}
