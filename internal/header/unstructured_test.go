package header

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/mimetest"
)

func textField(name, value string, limit int) string {
	h := &Writer{EOL: "\n"}
	h.Text(name, value, limit)
	return string(h.buf)
}

func TestSubject(t *testing.T) {
	e := func(n int) string { return strings.Repeat("é", n) }
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct{ in, want string }{
		{"Hello", "Subject: Hello\n"},
		{"Hello.  World", "Subject: Hello.  World\n"},
		{"Rapport été", "Subject: Rapport =?utf-8?B?w6l0w6k=?=\n"},
		{"a naïve question é", "Subject: a =?utf-8?B?bmHDr3Zl?= question =?utf-8?B?w6k=?=\n"},
		{"naïve", "Subject: =?utf-8?B?bmHDr3Zl?=\n"},
		// Readers ignore the spaces between encoded words, so they are encoded.
		{"été à b", "Subject: =?utf-8?B?w6l0w6kgw6A=?= b\n"},
		{"a  é", "Subject: a =?utf-8?B?IMOp?=\n"},
		{" a ", "Subject: =?utf-8?Q?_a_?=\n"},
		// What looks like an encoded word is shown as it is.
		{"(=?utf-8?q?caf=C3=A9?=)", "Subject: =?utf-8?B?KD0/dXRmLTg/cT9jYWY9QzM9QTk/PSk=?=\n"},
		{"=?utf-8?q?x?=", "Subject: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?=\n"},
		{"a=?b", "Subject: =?utf-8?Q?a=3D=3Fb?=\n"},
		{"2 = 1 ? a_b", "Subject: 2 = 1 ? a_b\n"},
		// One encoded word if it fits. If not, it is split between characters, and
		// only the last one may have padding.
		{e(18), "Subject: =?utf-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOp?=\n"},
		{
			e(30),
			"Subject: =?utf-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOp?=\n" +
				" =?utf-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOp?=\n",
		},
		{
			strings.Repeat("word ", 20) + "end",
			"Subject:" + strings.Repeat(" word", 13) + "\n" + strings.Repeat(" word", 7) + " end\n",
		},
		{x(67), "Subject: " + x(67) + "\n"},
		{x(68), "Subject: =?utf-8?Q?" + x(55) + "?=\n =?utf-8?Q?" + x(13) + "?=\n"},
		{x(75), "Subject: =?utf-8?Q?" + x(55) + "?=\n =?utf-8?Q?" + x(20) + "?=\n"},
		{strings.Repeat("日", 13), "Subject: =?utf-8?B?" + strings.Repeat("5pel", 13) + "?=\n"}, // fills its room
		{"\u2028", "Subject: =?utf-8?B?4oCo?=\n"},
	} {
		got := textField("Subject", c.in, SubjectWord)
		if got != c.want {
			t.Errorf("%q is written as\n%s, want\n%s", c.in, got, c.want)
		}
		wantWords(t, got)
	}
}

// The encoded words of a long subject are short, contain whole characters,
// and are read back.
func TestLongSubject(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("é", 10_000), strings.Repeat("日本語テキスト", 2_000), strings.Repeat("a", 100_000),
		"a" + strings.Repeat("日", 5_000), strings.Repeat("😀", 3_000), strings.Repeat("ab é ", 3_000),
		strings.Repeat(" ", 1_000), "x" + strings.Repeat(" ", 200) + "y",
	} {
		got := textField("Subject", s, SubjectWord)
		wantWords(t, got)
		if n := mimetest.LongestLine(got); n > 76 {
			t.Errorf("%.10q: a line of %d octets", s, n)
		}
		if read := mimetest.ReadWords(t, mimetest.Unfold(t, got)); read != s {
			t.Errorf("%.10q: read back as %.100q", s, read)
		}
	}
}

func isHeaderText(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"Hello", "a  é ö", "=?utf-8?q?x?=", " =?", strings.Repeat("日本", 100), "a" + strings.Repeat("é ", 90),
		strings.Repeat(" ", 50) + "x", strings.Repeat("x", 80), "\u202E", "a " + strings.Repeat("y", 1200),
	} {
		f.Add("Subject", s)
		f.Add("X-"+strings.Repeat("N", 60), s)
	}
	f.Fuzz(func(t *testing.T, name, s string) {
		if !isHeaderText(s) {
			return
		}
		notInName := func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }
		if name == "" || len(name) > FoldColumns-2 || strings.ContainsFunc(name, notInName) {
			name = "Subject"
		}
		for _, limit := range []int{FoldColumns - 1, TokenLimit} {
			got := textField(name, s, limit)
			wantWords(t, got)
			if n := mimetest.LongestLine(got); n > 998 || limit < FoldColumns && n > FoldColumns {
				t.Fatalf("a line of %d octets in %q", n, got)
			}
			if read := mimetest.ReadWords(t, mimetest.Unfold(t, got)); read != s {
				t.Fatalf("%q is read back as %q from %q", s, read, got)
			}
		}
	})
}
