package address

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Comments, groups and folding in a header are understood; an addr-spec
// is never decoded.
func TestParseHeader(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" \r\n ", ""},
		{"bob@example.org", "bob@example.org"},
		{"Bob Doe <bob@example.org>", "Bob Doe|bob@example.org"},
		{"a@b, c@d,\r\n\te@f", "a@b c@d e@f"},
		{"a@b,, c@d,", "a@b c@d"},
		{"a@b; c@d", "a@b c@d"},
		{`"Doe, J" <c@d>, "x\"y" <e@f>`, `Doe, J|c@d x"y|e@f`},
		{`"a b"@c, "c..d"@e, c..d@e`, `"a b"@c "c..d"@e "c..d"@e`},
		// Comments, folding, obsolete forms (RFC 5322 appendix A).
		{"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete|pete@silly.test"},
		{"(c@d) a@b (x (y) z), e@f", "a@b e@f"},
		{"John \"Q.\"\n Public <a@b>", "John Q. Public|a@b"},
		{"Joe Q. Public <john.q.public@example.com>", "Joe Q. Public|john.q.public@example.com"},
		{
			"Mary Smith <@node.test,@b.test:mary@example.net>, , jdoe@test  . example",
			"Mary Smith|mary@example.net jdoe@test.example",
		},
		{"<@a , , @b : c@d>", "c@d"},
		{"bob . \"x y\" (c) . smith @ example (c) . org", `"bob.x y.smith"@example.org`},
		{"\"Bob\r\n Doe\" <a@b>", "Bob Doe|a@b"},
		{"<a@[192.0.2.1]>, b@[ IPv6:::1 ]", "a@[192.0.2.1] b@[IPv6:::1]"},
		// Groups.
		{
			"A Group:Ed Jones <joe@where.test>,joe@where.test,John <jdoe@one.test>;",
			"Ed Jones|joe@where.test joe@where.test John|jdoe@one.test",
		},
		{"undisclosed-recipients:;", ""},
		{"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", ""},
		{"g: a@b; c@d, \"h\": e@f, g@h;, i@j", "a@b c@d e@f g@h i@j"},
		{"g: a@b", "a@b"},
		// Encoded words.
		{"=?utf-8?q?Ren=C3=A9_M?= =?utf-8?b?w7xsbGVy?= <r@x>", "René Müller|r@x"},
		{"=?utf-8?q?a=C3?=\r\n =?utf-8?q?=A9b?= x <r@x>", "aéb x|r@x"},
		{"=?UTF-8?q?a=C3?= =?utf-8?Q?=A9?= <r@x>", "aé|r@x"},
		{"=?utf-8?q?a?=b <r@x>", "=?utf-8?q?a?=b|r@x"},
		{"=?utf-8?x?a?= =?utf-8?q?a =?utf-8?q?é?= =?u <r@x>", "=?utf-8?x?a?= =?utf-8?q?a =?utf-8?q?é?= =?u|r@x"},
		{"=?u(x?q?a?=) <r@x>", "=?u|r@x"},
		{"=?iso-8859-1*fr?Q?Andr=E9?= <r@x>", "André|r@x"},
		{"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= <r@x>", "日本|r@x"},
		{"=?hz-gb-2312?Q?=7E=7BVPND=7E=7D?= <r@x>", "中文|r@x"},
		{"=?koi8-r?B?8NLJ18XU?= =?x-none?q?b?= <r@x>", "Привет=?x-none?q?b?=|r@x"},
		{"=?x-none?q?a?= =?x-none?q?b?= <r@x>", "=?x-none?q?a?= =?x-none?q?b?=|r@x"},
		{"=?utf-8?q?a=zz?= =?utf-8?b?!?= <r@x>", "=?utf-8?q?a=zz?==?utf-8?b?!?=|r@x"},
		{"=?utf-8?b?YQ?= <r@x>", "a|r@x"},
		{"=?utf-8?q?=3Cevil=40x=3E=2C?= <r@x>", "<evil@x>,|r@x"},
		{"=?utf-8?q?evil@x,?= <r@x>", "evil@x,|r@x"},
		{"=?utf-8?q?a=0D=0ABcc:_evil?= <r@x>", "a  Bcc: evil|r@x"},
		{"=?utf-8?q?a=40evil.com=3E?=@example.com", "=?utf-8?q?a=40evil.com=3E?=@example.com"},
		{"\"=?utf-8?q?a?=\" <r@x>", "=?utf-8?q?a?=|r@x"},
		// Invalid, but frequent.
		{"Bob@x.org <bob@X.org>, c@d", "bob@x.org c@d"},
		{"[Team] Bob <a@b>", "[Team] Bob|a@b"},
		{"Ren\xe9 <a@b>", "René|a@b"},
		{"René <józef@bücher.example>", "René|józef@xn--bcher-kva.example"},
		{strings.Repeat("r", 252) + "@b", strings.Repeat("r", 252) + "@b"},
	} {
		list, err := ParseHeader(c.in)
		got := listed(list)
		if err != nil || got != c.want {
			t.Errorf("%q:\n got %s, %v\nwant %s", c.in, got, err, c.want)
		}
	}
}

// listed returns addresses as name|mailbox, separated by spaces.
func listed(list []Address) string {
	var all []string
	for _, a := range list {
		s := a.Mailbox()
		if a.Name != "" {
			s = a.Name + "|" + s
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

// A semicolon ends a group, and does nothing else.
func TestCheckHeader(t *testing.T) {
	for in, want := range map[string]string{
		"a@b, c@d":      "",
		"a@b; c@d":      "a semicolon that ends no group",
		"a@b;":          "a semicolon that ends no group",
		"g: a@b;, c@d":  "",
		"g: a@b;; c@d":  "a semicolon that ends no group",
		"g: a@b":        "missing semicolon after a group",
		"g:":            "missing semicolon after a group",
		"g:; h: (x;) ;": "",
		"\"a;b\" <c@d>": "",
		"a b":           "missing @",
	} {
		got := ""
		_, err := CheckHeader(in)
		if bad, ok := errors.AsType[*Error](err); ok {
			got = bad.Reason
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestParseHeaderMistakes(t *testing.T) {
	for _, c := range []struct{ in, reason string }{
		{"^root", "missing @"},
		{"a@b, ^Doe, J <c@d>", "missing @"},
		{"<^>", "missing @"},
		{"^=?utf-8?q?a", "missing @"},
		{"<^a>", "missing @"},
		{"^@b", "before @"},
		{"<@a:^@b>", "before @"},
		{"<^@a,@b>", "route without a colon"},
		{"<^@a,@b", "route without a colon"},
		{"a@^", "missing domain"},
		{"a@^ b_!", "not allowed"},
		{"a@^b.", "ends with a dot"},
		{"a@[^", "unclosed bracket"},
		{"a@^[x]", "invalid IP address"},
		{"^Bob a@b", "angle brackets"},
		{"^\"x\"y@b", "angle brackets"},
		{"^=?u?q?@,?=@b", "angle brackets"},
		{"<aaa@bbb.com>^ccc@ddd.com", "text after the address"},
		{"a@b ^c@d", "text after the address"},
		{"a@b ^<c@d>", "missing comma"},
		{"a@b ^<a@d>", "missing comma"},
		{"a@b <a@b ^", "missing >"},
		{"a@b <a@b>^x", "text after the address"},
		{"<^(a@b>", "unclosed comment"},
		{"<@a^(,b:c@d>", "unclosed comment"},
		{"a ^(", "unclosed comment"},
		{"a@b. ^(", "unclosed comment"},
		{"a@" + strings.Repeat("b . ", 510) + "b ^. c", "too long"},
		{"a@b^@c", "text after the address"},
		{"a@b^>", "text after the address"},
		{"<a@b^", "missing >"},
		{"<a@b^, c@d>", "missing >"},
		{"^>", "unexpected"},
		{"^)", "unexpected"},
		{"^:a@b;", "unexpected"},
		{"g: h^: a@b;", "unexpected"},
		{"a@b, ^(c (d)", "unclosed comment"},
		{"^\"a", "unclosed quote"},
		{"a^\x00@b", "unexpected"},
		{"^\"a\x00\"@b", "control"},
		{"^\"a\u0085\"@b", "control"},
		{"^\xff@b", "invalid UTF-8"},
		{"a@^\xff", "IDNA"},
		{"^" + strings.Repeat("r", 253) + "@b", "address longer than 254 octets"},
		{"A <^" + strings.Repeat("r", 253) + "@b>", "address longer than 254 octets"},
	} {
		at := strings.IndexByte(c.in, '^')
		in := c.in[:at] + c.in[at+1:]
		if strings.HasPrefix(c.in, "a@[^") {
			at = 2
		}
		list, err := ParseHeader(in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v, %v", in, list, err)
			continue
		}
		if e.Input != in || e.Offset != at || !strings.Contains(e.Reason, c.reason) {
			t.Errorf("%q: %q at %d, want %q at %d", in, e.Reason, e.Offset, c.reason, at)
		}
	}
}

// What ParseList accepts is one SMTP path, and ParseHeader reads the same address.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`a@b`, `"Doe, \"J" <"a b"@c.d>`, `x@[IPv6:::1]`, "é@bücher.example", "a@b,c@d", "\u202e<a@b>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseList(s)
		if err != nil {
			checkError(t, s, err)
			return
		}
		for _, a := range list {
			checkMailbox(t, a)
			lenient, err := ParseHeader(a.Mailbox())
			if err != nil || len(lenient) != 1 || lenient[0].Mailbox() != a.Mailbox() {
				t.Fatalf("%q: ParseHeader reads %q as %v, %v", s, a.Mailbox(), lenient, err)
			}
		}
		// What is valid on a command line is valid in a header, and means the same.
		lenient, err := ParseHeader(s)
		if err != nil || len(lenient) != len(list) {
			t.Fatalf("%q: strict %v, lenient %v, %v", s, list, lenient, err)
		}
		for i := range list {
			if lenient[i].Mailbox() != list[i].Mailbox() {
				t.Fatalf("%q: strict %v, lenient %v", s, list, lenient)
			}
		}
	})
}

func FuzzParseHeader(f *testing.F) {
	for _, s := range []string{
		"a@b", "g: a@b, c@d;", `"a b" . c (x) @ d . e`, "=?utf-8?q?a?= <@x:a@b>", "(((", "a@b <c@d>; e@f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseHeader(s)
		if err != nil {
			checkError(t, s, err)
			return
		}
		for _, a := range list {
			checkMailbox(t, a)
		}
	})
}

// A display name never becomes an address.
func FuzzDisplayName(f *testing.F) {
	for _, s := range []string{"Bob", `Bob" <evil@x>, "`, "=?utf-8?q?=3Cevil=40x=3E?=", "évil@x,", "\\", "a\r\n b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
		var hex strings.Builder
		for i := range len(name) {
			fmt.Fprintf(&hex, "=%02X", name[i])
		}
		for _, s := range []string{
			`"` + escaped + `" <bob@example.org>`,
			"=?utf-8?q?" + hex.String() + "?= <bob@example.org>",
		} {
			list, err := ParseHeader(s)
			if err != nil || len(list) != 1 || list[0].Mailbox() != "bob@example.org" {
				t.Fatalf("%q: %v, %v", s, list, err)
			}
			if strings.ContainsAny(list[0].Name, "\r\n\x00") {
				t.Fatalf("%q: name %q", s, list[0].Name)
			}
			if a, err := Parse(s); err == nil && a.Mailbox() != "bob@example.org" {
				t.Fatalf("%q: %v", s, a)
			}
		}
	})
}

func checkMailbox(t *testing.T, a Address) {
	t.Helper()
	m := a.Mailbox()
	for i := range len(m) {
		if m[i] < ' ' || m[i] == 0x7f {
			t.Fatalf("mailbox %q has a control character", m)
		}
	}
	if len(m) > pathMax {
		t.Fatalf("mailbox %q has %d octets", m, len(m))
	}
	back, err := Parse(m)
	var e *Error
	if errors.As(err, &e) && e.Reason == "invisible character" {
		return
	}
	if err != nil || back.Local != a.Local || back.Domain != a.Domain {
		t.Fatalf("%q is read back as %+v, %v; it was %+v", m, back, err, a)
	}
}

func checkError(t *testing.T, s string, err error) {
	t.Helper()
	e, ok := err.(*Error)
	if !ok || e.Input != s || e.Offset < 0 || e.Offset > len(s) || e.Reason == "" {
		t.Fatalf("%q: %#v", s, err)
	}
	if lines := strings.Split(e.Caret(), "\n"); len(lines) != 2 {
		t.Fatalf("%q: %q", s, e.Caret())
	}
}
