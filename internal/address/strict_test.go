package address

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// Quoted local parts, no decoding, A-labels.
func TestParse(t *testing.T) {
	label := strings.Repeat("a", 63)
	domain252 := strings.Repeat(label+".", 3) + label[3:]
	for _, c := range []struct {
		in, name, mailbox string
	}{
		{"bob@example.org", "", "bob@example.org"},
		{"  bob@example.org ", "", "bob@example.org"},
		{"<bob@example.org>", "", "bob@example.org"},
		{"root@localhost", "", "root@localhost"},
		{"a\u200cb@c", "", "a\u200cb@c"}, // a zero-width joiner
		{"user@host_1", "", "user@host_1"},
		{"Bob@EXAMPLE.Org", "", "Bob@example.org"},
		{"Bob Doe <bob@example.org>", "Bob Doe", "bob@example.org"},
		{"Bob  Q.  Doe<bob@example.org>", "Bob Q. Doe", "bob@example.org"},
		{`"Doe, Bob" <bob@example.org>`, "Doe, Bob", "bob@example.org"},
		{`"Bob \"B\\\" Doe" <bob@example.org>`, `Bob "B\" Doe`, "bob@example.org"},
		{`Bob "B" Doe <bob@example.org>`, `Bob B Doe`, "bob@example.org"},
		{`"<evil@x.org>, " <bob@example.org>`, "<evil@x.org>,", "bob@example.org"},
		{`"a@b" <bob@example.org>`, "a@b", "bob@example.org"},
		{"René Müller <rene@example.org>", "René Müller", "rene@example.org"},
		// A name that looks like an encoded word is not decoded.
		{"=?utf-8?q?x?= <bob@example.org>", "=?utf-8?q?x?=", "bob@example.org"},
		{"=?utf-8?q?a=40evil.com=3E?=@example.com", "", "=?utf-8?q?a=40evil.com=3E?=@example.com"},
		// Local parts.
		{`"evil@x.com"@y.com`, "", `"evil@x.com"@y.com`},
		{`"plain"@y.com`, "", `plain@y.com`},
		{`"a b"@y.com`, "", `"a b"@y.com`},
		{`"a\"b\\c"@y.com`, "", `"a\"b\\c"@y.com`},
		{`"a..b"@y.com`, "", `"a..b"@y.com`},
		{`"a,b"@y.com`, "", `"a,b"@y.com`},
		{`""@y.com`, "", `""@y.com`},
		{"a%b@c", "", "a%b@c"},
		{"-oQ/tmp@x", "", "-oQ/tmp@x"},
		{"o'neil+tag=x@y.com", "", "o'neil+tag=x@y.com"},
		{"józef@example.org", "", "józef@example.org"},
		{strings.Repeat("a", 65) + "@y.com", "", strings.Repeat("a", 65) + "@y.com"}, // as in VERP
		{strings.Repeat("a", 252) + "@b", "", strings.Repeat("a", 252) + "@b"},
		{`"` + strings.Repeat(" ", 250) + `"@b`, "", `"` + strings.Repeat(" ", 250) + `"@b`},
		// Domains.
		{"a@bücher.example", "", "a@xn--bcher-kva.example"},
		{"a@BÜCHER.example", "", "a@xn--bcher-kva.example"},
		{"a@例え。テスト", "", "a@xn--r8jz45g.xn--zckzah"},
		{"a@XN--BCHER-KVA.example", "", "a@xn--bcher-kva.example"},
		{"a@r3---x.example", "", "a@r3---x.example"},
		{"a@[192.0.2.1]", "", "a@[192.0.2.1]"},
		{"a@[ipv6:2001:DB8::1]", "", "a@[IPv6:2001:db8::1]"},
		{"Bob <a@[192.0.2.1]>", "Bob", "a@[192.0.2.1]"},
		{"a@" + label + ".org", "", "a@" + label + ".org"},
		{"a@" + domain252, "", "a@" + domain252},
	} {
		a, err := Parse(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if want := strings.TrimSpace(c.name); strings.TrimSpace(a.Name) != want || a.Mailbox() != c.mailbox {
			t.Errorf("%s: %q %q, want %q %q", c.in, a.Name, a.Mailbox(), c.name, c.mailbox)
		}
		if back, err := Parse(a.Mailbox()); err != nil || back.Local != a.Local || back.Domain != a.Domain {
			t.Errorf("%s: %q is read back as %v, %v", c.in, a.Mailbox(), back, err)
		}
	}
}

// Text after an address, source routes, comments, lengths. The
// mark ^ precedes the wrong character.
func TestParseMistakes(t *testing.T) {
	label := strings.Repeat("a", 63)
	for _, c := range []struct{ in, reason string }{
		{"^", "missing"},
		{"  ^", "missing"},
		{"bob^", "missing @"},
		{"Bob Doe^", "missing @"},
		{"Doe^, Bob <bob@example.org>", "missing @ (a name that contains a comma must be quoted)"},
		{"<bob^>", "missing @"},
		{"<^>", "missing"},
		{"^@b", "before @"},
		{"<^@a:b@c>", "routes"},
		{"^@a:b@c", "before @"},
		{"a@b^@c", "second @"},
		{"a@^", "missing domain"},
		{"a@^ b", "missing domain"},
		{"<aaa@bbb.com>^ccc@ddd.com", "text after the address"},
		{"^Bob bob@example.org", "angle brackets"},
		{"a@b ^<c@d>", "must be quoted"},
		{"a@b^(c@d)", "comments"},
		{"^(c)a@b", "comments"},
		{"Bob ^(work) <a@b>", "comments"},
		{"Team^: a@b;", "groups"},
		{"^mailto:a@b", "mailto"},
		{"Bob ^MailTo:a@b", "mailto"},
		{"Bob <^mailto:a@b>", "mailto"},
		{"Bob <mail^:a@b>", "':' is not allowed"},
		{"a@b^; c@d", "semicolon"},
		{"a@exa^ mple.com", "space in the address"},
		{"^a b@c", "angle brackets"},
		{"a@b^>", "> without <"},
		{"Bob <a@b^", "missing >"},
		{"Bob <^ a@b>", "missing"},
		{`^"Bob <a@b>`, "unclosed"},
		{`<^"a@b>`, "unclosed"},
		{`Bob^"x" <a@b>`, "quote"},
		{`"x"^Bob <a@b>`, "quotes"},
		{`"x" ^`, "missing @"},
		{`a^"b"@c`, "quote"},
		{`Bo^\b <a@b>`, "quotes"},
		{`^[Bob] <a@b>`, "quotes"},
		{"^.a@b", "begins with a dot"},
		{"a^.@b", "ends with a dot"},
		{"a.^.b@c", "two dots"},
		{"a@^.b", "begins with a dot"},
		{"a@b^.", "ends with a dot"},
		{"a@b.^.c", "two dots"},
		{"a@^-a.com", "begins with a hyphen"},
		{"a@b.a^-.com", "ends with a hyphen"},
		{"a@b^:25", "not allowed in a domain"},
		{"a@b^/c", "not allowed in a domain"},
		{"^" + strings.Repeat("a", 253) + "@b", "address longer than 254 octets"},
		{"Bob <^" + strings.Repeat("a", 253) + "@b>", "address longer than 254 octets"},
		{`^"` + strings.Repeat(" ", 251) + `"@b`, "address longer than 254 octets"},
		{"^a@" + strings.Repeat(label+".", 3) + label[2:], "address longer than 254 octets"},
		{"a@^" + label + "a.b", "63"},
		{"a@^" + strings.Repeat(label+".", 3) + label[1:] + ".a", "255"},
		{"a@^[1.2.3", "unclosed"},
		{"a@[^1.2.3]", "invalid IP address"},
		{"a@[^::1]", "IPv6:"},
		{"a@[^IPv6:1.2.3.4]", "not an IPv6"},
		{"a@[^IPv6:fe80::1%eth0]", "invalid IP address"},
		{"a@[1.2.3.4]^:25", "text after the address"},
		{"a@b^\r\nRCPT TO:<c@d>", "control"},
		{"a^\x00@b", "control"},
		{"a^\tb@c", "control"},
		{"a^\x7f@b", "control"},
		{"a^\u0085@b", "control"},
		{"a^\xff@b", "UTF-8"},
		{"a^\u00a0@b", "invisible"},
		{"^\ufeffa@b", "invisible"},
		{"^\u200ea@b", "invisible"},
		{"^\u202aa@b", "invisible"},
		{"Bob <a^\u200b@b>", "invisible"},
		{"a@^\u00a0b", "not allowed in a domain"},
		{"a@b^\uff1cc", "not allowed in a domain"},
		{"a@b.^\u202e", "IDNA"},
		{"a@b^,c@d", "only one address"},
	} {
		at := strings.IndexByte(c.in, '^')
		in := c.in[:at] + c.in[at+1:]
		_, err := Parse(in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if e.Input != in || !strings.Contains(e.Reason, c.reason) || e.Offset != at {
			t.Errorf("%q: %q at %d, want %q at %d", in, e.Reason, e.Offset, c.reason, at)
		}
	}
}

// A list splits at commas, except in quotes.
func TestParseList(t *testing.T) {
	list, err := ParseList(`a@b, "Doe, J" <c@d> ,"x,y"@z`)
	if got := fmt.Sprint(list, err); got != "[{ a b} {Doe, J c d} { x,y z}] <nil>" {
		t.Error(got)
	}
	for _, c := range []struct {
		in, reason string
		at         int
	}{
		{"", "missing", 0},
		{"a@b,", "missing", 4},
		{"a@b,,c@d", "missing", 4},
		{"a@b, ,c@d", "missing", 5},
		{",a@b", "missing", 0},
		{"a@b,c@d(e)", "comments", 7},
		{"a@b,@c:d@e", "before @", 4},
		{"a@b, c", "missing @", 6},
		{"a@b c@d", "needs commas", 3},
	} {
		_, err := ParseList(c.in)
		var e *Error
		if !errors.As(err, &e) || e.Offset != c.at || !strings.Contains(e.Reason, c.reason) {
			t.Errorf("%q: %+v", c.in, err)
		}
	}
}

func TestParseDomain(t *testing.T) {
	host := strings.Repeat("a.", 126) + "b" // of 253 octets, more than an address can have
	for _, c := range []struct{ in, want, reason string }{
		{"Example.ORG", "example.org", ""},
		{"bücher.example", "xn--bcher-kva.example", ""},
		{"[192.0.2.1]", "[192.0.2.1]", ""},
		{host, host, ""},
		{"", "", "missing domain"},
		{"a b", "", "a space is not allowed in a domain"},
		{"a@b", "", "'@' is not allowed in a domain"},
		{"a.", "", "ends with a dot"},
		{"a\nb", "", "not allowed in a domain"},
	} {
		got, err := ParseDomain(c.in)
		if c.reason == "" {
			if got != c.want || err != nil {
				t.Errorf("%q: %q, %v, want %q", c.in, got, err, c.want)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%q: %q, %v, want %s", c.in, got, err, c.reason)
		}
	}
}

func TestMailbox(t *testing.T) {
	if got := (Address{}).Mailbox(); got != "" {
		t.Errorf("the null sender is %q", got)
	}
	a, _ := Parse("józef@bücher.example")
	b, _ := Parse("jozef@bücher.example")
	if a.Mailbox() != "józef@xn--bcher-kva.example" || b.Mailbox() != "jozef@xn--bcher-kva.example" {
		t.Errorf("%s, %s: only a local part needs SMTPUTF8", a.Mailbox(), b.Mailbox())
	}
}

func TestCaret(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"bob@exa mple.com", "bob@exa mple.com\n       ^"},
		{"日本 <a@b", "日本 <a@b\n         ^"},
		{"a\x1b[2J@b", "a\\x1b[2J@b\n ^"},
		{"e\u0301 <a@b", "e\u0301 <a@b\n      ^"},
		{"\u202ea <b", "\\u{202e}a <b\n            ^"},
		{"a\xff", "a\\xff\n ^"},
		{
			strings.Repeat("a@b,", 1000) + "c",
			"..." + strings.Repeat("a@b,", 10)[1:] + "c\n" + strings.Repeat(" ", 43) + "^",
		},
	} {
		_, err := ParseList(c.in)
		if got := err.(*Error).Caret(); got != c.want {
			t.Errorf("%q:\n%s\nwant\n%s", c.in, got, c.want)
		}
		if strings.ContainsAny(err.Error(), "\n\x1b") || !utf8.ValidString(err.Error()) {
			t.Errorf("%q: the error is not escaped: %q", c.in, err)
		}
	}
}

// Input that was made to take long takes linear time. Otherwise this test would
// take hours.
func TestLinear(t *testing.T) {
	const n = 100_000
	for _, in := range []string{
		strings.Repeat(`"Doe, J" <j.doe@example.org>,`, n-1) + "x@y",
		strings.Repeat("a@b,", n-1) + "x@y",
	} {
		if list, err := ParseList(in); err != nil || len(list) != n {
			t.Error(len(list), err)
		}
		if list, err := ParseHeader(in); err != nil || len(list) != n {
			t.Error(len(list), err)
		}
	}
	for _, piece := range []string{
		"(", "\"", "<", "@", "=?a?q?", "=?", ".", "[", "a@b:", "\\", "a ", "a.", "()", "<@a,",
	} {
		in := strings.Repeat(piece, n)
		ParseHeader(in)
		ParseHeader("a@" + in)
		ParseHeader("<" + in)
		ParseList(in)
		ParseList("a@" + in)
	}
}

func TestErrorText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"bob", `invalid address "bob": missing @`},
		{"a\x1b@b", `invalid address "a\x1b@b": control character`},
		{"a@b c@d", `invalid address "a@b c@d": space in the address (a list needs commas)`},
	} {
		if _, err := Parse(c.in); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.in, err, c.want)
		}
	}
}
