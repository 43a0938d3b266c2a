package compose

import (
	"mime"
	"net/mail"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/ascii"
)

func textField(name, value string, limit int) string {
	h := &headerWriter{eol: "\n"}
	h.text(name, value, limit)
	return string(h.buf)
}

// unfold returns the value of the one field that s is.
func unfold(t *testing.T, s string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i, line := range lines {
		switch {
		case line == "" || i > 0 && strings.Trim(line, " ") == "":
			t.Fatalf("a line of nothing in %q", s)
		case i > 0 && line[0] != ' ':
			t.Fatalf("a new field in %q", s)
		case !ascii.OnlyString(line):
			t.Fatalf("not ASCII: %q", line)
		case strings.ContainsFunc(line, unicode.IsControl):
			t.Fatalf("a control character: %q", line)
		}
	}
	_, value, _ := strings.Cut(strings.Join(lines, ""), ":")
	return strings.TrimPrefix(value, " ")
}

func longestLine(s string) (n int) {
	for _, line := range strings.Split(s, "\n") {
		n = max(n, len(strings.TrimSuffix(line, "\r")))
	}
	return n
}

// wantWords holds the rules of encoded words (RFC 2047 §2, §5).
func wantWords(t *testing.T, s string) {
	t.Helper()
	padded := false
	for _, word := range strings.Fields(s) {
		if !strings.HasPrefix(word, "=?utf-8?") {
			padded = false
			continue
		}
		if len(word) > 75 {
			t.Fatalf("a word of %d: %s", len(word), word)
		}
		if padded {
			t.Fatalf("a padded word with another after it: %q", s)
		}
		padded = strings.Contains(word, "?B?") && strings.HasSuffix(word, "=?=")
		one, err := new(mime.WordDecoder).Decode(word)
		if err != nil || !utf8.ValidString(one) {
			t.Fatalf("%s is read as %q, %v", word, one, err)
		}
	}
}

func TestSubject(t *testing.T) {
	e := func(n int) string { return strings.Repeat("é", n) }
	for _, c := range []struct{ in, want string }{
		{"Hello", "Subject: Hello\n"},
		{"Hello.  World", "Subject: Hello.  World\n"},
		{"Rapport été", "Subject: Rapport =?utf-8?B?w6l0w6k=?=\n"},
		{"a naïve question é", "Subject: a =?utf-8?B?bmHDr3Zl?= question =?utf-8?B?w6k=?=\n"},
		{"naïve", "Subject: =?utf-8?B?bmHDr3Zl?=\n"},
		// Blanks between encoded words are lost, so they go inside.
		{"été à b", "Subject: =?utf-8?B?w6l0w6kgw6A=?= b\n"},
		{"a  é", "Subject: a =?utf-8?B?IMOp?=\n"},
		{" a ", "Subject: =?utf-8?Q?_a_?=\n"},
		// What looks like an encoded word shows as it is.
		{"(=?utf-8?q?caf=C3=A9?=)", "Subject: =?utf-8?B?KD0/dXRmLTg/cT9jYWY9QzM9QTk/PSk=?=\n"},
		{"=?utf-8?q?x?=", "Subject: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?=\n"},
		{"a=?b", "Subject: =?utf-8?Q?a=3D=3Fb?=\n"},
		{"2 = 1 ? a_b", "Subject: 2 = 1 ? a_b\n"},
		// One word where it fits, else cut between characters, B without padding but the last.
		{e(18), "Subject: =?utf-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOp?=\n"},
		{e(30), "Subject: =?utf-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOp?=\n =?utf-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOp?=\n"},
		{strings.Repeat("word ", 20) + "end", "Subject:" + strings.Repeat(" word", 13) + "\n" + strings.Repeat(" word", 7) + " end\n"},
		{strings.Repeat("x", 67), "Subject: " + strings.Repeat("x", 67) + "\n"},
		{strings.Repeat("x", 68), "Subject: =?utf-8?Q?" + strings.Repeat("x", 55) + "?=\n =?utf-8?Q?" + strings.Repeat("x", 13) + "?=\n"},
		{strings.Repeat("x", 75), "Subject: =?utf-8?Q?" + strings.Repeat("x", 55) + "?=\n =?utf-8?Q?" + strings.Repeat("x", 20) + "?=\n"},
		{strings.Repeat("日", 13), "Subject: =?utf-8?B?" + strings.Repeat("5pel", 13) + "?=\n"}, // to the last octet of the room
		{"\u2028", "Subject: =?utf-8?B?4oCo?=\n"},
	} {
		got := textField("Subject", c.in, subjectWord)
		if got != c.want {
			t.Errorf("%q goes as\n%s, want\n%s", c.in, got, c.want)
		}
		wantWords(t, got)
	}
}

// C07: encoded words of a long subject are short, whole and read back.
func TestLongSubject(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("é", 10_000), strings.Repeat("日本語テキスト", 2_000), strings.Repeat("a", 100_000), "a" + strings.Repeat("日", 5_000),
		strings.Repeat("😀", 3_000), strings.Repeat("ab é ", 3_000), strings.Repeat(" ", 1_000), "x" + strings.Repeat(" ", 200) + "y",
	} {
		got := textField("Subject", s, subjectWord)
		wantWords(t, got)
		if n := longestLine(got); n > 76 {
			t.Errorf("%.10q: a line of %d", s, n)
		}
		if read := readWords(t, unfold(t, got)); read != s {
			t.Errorf("%.10q: read back as %.100q", s, read)
		}
	}
}

func readWords(t *testing.T, s string) string {
	t.Helper()
	read, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func isHeaderText(s string) bool { return checkText("", s) == nil && s != "" }

func FuzzText(f *testing.F) {
	for _, s := range []string{"Hello", "a  é ö", "=?utf-8?q?x?=", " =?", strings.Repeat("日本", 100), "a" + strings.Repeat("é ", 90), strings.Repeat(" ", 50) + "x", strings.Repeat("x", 80), "\u202E", "a " + strings.Repeat("y", 1200)} {
		f.Add("Subject", s)
		f.Add("X-"+strings.Repeat("N", 60), s)
	}
	f.Fuzz(func(t *testing.T, name, s string) {
		if !isHeaderText(s) {
			return
		}
		m := &Message{Header: []Field{{name, ""}}}
		if m.checkHeader() != nil {
			name = "Subject"
		}
		for _, limit := range []int{foldColumns - 1, tokenLimit} {
			got := textField(name, s, limit)
			wantWords(t, got)
			if n := longestLine(got); n > 998 || limit < foldColumns && n > foldColumns {
				t.Fatalf("a line of %d in %q", n, got)
			}
			if read := readWords(t, unfold(t, got)); read != s {
				t.Fatalf("%q is read back as %q from %q", s, read, got)
			}
		}
	})
}

func addressField(list []Address) string {
	h := &headerWriter{eol: "\n"}
	h.addresses("To", list)
	return string(h.buf)
}

// C13: a display name cannot become an address.
func TestAddresses(t *testing.T) {
	at := func(name string) []Address { return []Address{{Name: name, Local: "z", Domain: "x.org"}} }
	for _, c := range []struct {
		list []Address
		want string
	}{
		{[]Address{bob}, "To: bob@example.org\n"},
		{at("Zoe Doe"), "To: Zoe Doe <z@x.org>\n"},
		{at("Zoë"), "To: =?utf-8?Q?Zo=C3=AB?= <z@x.org>\n"},
		{at("Doe, J."), "To: \"Doe, J.\" <z@x.org>\n"},
		{at(`Bob" <evil@x>, "`), `To: "Bob\" <evil@x>, \"" <z@x.org>` + "\n"},
		{at(`back\slash`), `To: "back\\slash" <z@x.org>` + "\n"},
		{at("a@b.org"), "To: \"a@b.org\" <z@x.org>\n"},
		{at("a  b"), "To: \"a  b\" <z@x.org>\n"},
		{at("=?utf-8?q?x?="), "To: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?= <z@x.org>\n"},
		{[]Address{{Local: "a b", Domain: "x.org"}, {Local: "é", Domain: "x.org"}}, "To: \"a b\"@x.org, é@x.org\n"},
		{append(append(at("Johann Wolfgang"), at("Friedrich Schiller")...), at("Gotthold Ephraim Lessing")...),
			"To: Johann Wolfgang <z@x.org>, Friedrich Schiller <z@x.org>, Gotthold\n Ephraim Lessing <z@x.org>\n"},
	} {
		if got := addressField(c.list); got != c.want {
			t.Errorf("%v goes as\n%s, want\n%s", c.list, got, c.want)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	f.Add("Zoë", "a b", "Doe, J.", "x")
	f.Add(`Bob" <evil@x>, "`, `"\`, "=?utf-8?Q?x?=", ".")
	f.Add(strings.Repeat("Lang ", 30), "a", strings.Repeat("é", 70), strings.Repeat("l", 64))
	f.Fuzz(func(t *testing.T, name1, local1, name2, local2 string) {
		list := []Address{{Name: name1, Local: local1, Domain: "example.org"}, {Name: name2, Local: local2, Domain: "x.org"}}
		for _, a := range list {
			if checkAddress(a) != nil || a.Local == "" || len(a.Local) > 64 || !ascii.OnlyString(a.Local) {
				return
			}
		}
		got := addressField(list)
		wantWords(t, strings.NewReplacer(",", " ", "<", " <").Replace(got))
		if n := longestLine(got); n > 76 && n > 70+2*64 {
			t.Fatalf("a line of %d in %q", n, got)
		}
		read, err := mail.ParseAddressList(unfold(t, got))
		if err != nil || len(read) != 2 {
			t.Fatalf("%q: %v, %v", got, read, err)
		}
		for i, a := range list {
			// net/mail joins the words of a phrase by one blank and drops the quotes of a local part.
			if read[i].Name != a.Name || read[i].Address != a.Local+"@"+a.Domain && read[i].Address != a.Mailbox() {
				t.Fatalf("%q is read back as %q from %q", a, *read[i], got)
			}
		}
	})
}

func paramField(name, value string) string {
	h := &headerWriter{eol: "\n", tail: 1}
	h.begin("Content-Disposition")
	h.put(" " + "attachment")
	h.param(param{name, value})
	h.end()
	return string(h.buf)
}

// C28, C30: names that need RFC 2231, and its continuations.
func TestParam(t *testing.T) {
	const d = "Content-Disposition: attachment;"
	for _, c := range []struct{ in, want string }{
		{"chart.png", d + " filename=chart.png\n"},
		{"my chart.png", d + " filename=\"my chart.png\"\n"},
		{"a'b(1).txt", d + " filename=\"a'b(1).txt\"\n"},
		{"été 2026.png", d + " filename*=utf-8''%C3%A9t%C3%A9%202026.png\n"},
		{`a"b.txt`, d + " filename*=utf-8''a%22b.txt\n"},
		{`a\b;c,d`, d + " filename*=utf-8''a%5Cb%3Bc%2Cd\n"},
		{" a", d + " filename*=utf-8''%20a\n"},
		{"=?utf-8?Q?x?=", d + " filename*=utf-8''%3D%3Futf-8%3FQ%3Fx%3F%3D\n"},
		{"a~b", d + " filename=a~b\n"},
		{".bashrc", d + " filename=.bashrc\n"},
		{strings.Repeat("n", 60), d + "\n filename=" + strings.Repeat("n", 60) + "\n"},
		{strings.Repeat("n", 66), d + "\n filename*0*=utf-8''" + strings.Repeat("n", 55) + ";\n filename*1*=nnnnnnnnnnn\n"},
		{strings.Repeat("é", 12), d + "\n filename*0*=utf-8''" + strings.Repeat("%C3%A9", 9) + ";\n filename*1*=" + strings.Repeat("%C3%A9", 3) + "\n"},
	} {
		if got := paramField("filename", c.in); got != c.want {
			t.Errorf("%q goes as\n%s, want\n%s", c.in, got, c.want)
		}
	}
}

func FuzzParam(f *testing.F) {
	for _, s := range []string{"a.png", "été.png", `";,\`, strings.Repeat("😀é", 40), "100%.txt", strings.Repeat("a", 200), "=?x", " "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !isHeaderText(s) {
			return
		}
		got := paramField("filename", s)
		if n := longestLine(got); n > 76 {
			t.Fatalf("a line of %d in %q", n, got)
		}
		value := unfold(t, got)
		if strings.Contains(value, "=?") {
			t.Fatalf("an encoded word in %q", value)
		}
		if quoted := strings.Split(value, `"`); len(quoted) > 1 && strings.ContainsAny(quoted[1], ";,\\\n") {
			t.Fatalf("%q", value)
		}
		_, params, err := mime.ParseMediaType(value)
		if err != nil || params["filename"] != s {
			t.Fatalf("%q is read back as %q, %v", s, params["filename"], err)
		}
		for _, line := range strings.Split(got, "\n") { // every section holds whole characters
			if _, v, ok := strings.Cut(line, "*="); ok {
				v = strings.TrimSuffix(strings.TrimPrefix(v, "utf-8''"), ";")
				_, params, err := mime.ParseMediaType("x; f*=utf-8''" + v)
				if err != nil || !utf8.ValidString(params["f"]) {
					t.Fatalf("%q: %v", line, err)
				}
			}
		}
	})
}
