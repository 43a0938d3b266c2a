package header

import (
	"net/mail"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/address"
	"mailpipe/internal/ascii"
	"mailpipe/internal/mimetest"
)

func addressField(list []address.Address) string {
	h := &Writer{EOL: "\n"}
	h.Addresses("To", list)
	return string(h.buf)
}

// A display name cannot become an address.
func TestAddresses(t *testing.T) {
	at := func(name string) []address.Address {
		return []address.Address{{Name: name, Local: "z", Domain: "x.org"}}
	}
	for _, c := range []struct {
		list []address.Address
		want string
	}{
		{[]address.Address{{Local: "bob", Domain: "example.org"}}, "To: bob@example.org\n"},
		{at("Zoe Doe"), "To: Zoe Doe <z@x.org>\n"},
		{at("Zoë"), "To: =?utf-8?Q?Zo=C3=AB?= <z@x.org>\n"},
		{at("Doe, J."), "To: \"Doe, J.\" <z@x.org>\n"},
		{at(`Bob" <evil@x>, "`), `To: "Bob\" <evil@x>, \"" <z@x.org>` + "\n"},
		{at(`back\slash`), `To: "back\\slash" <z@x.org>` + "\n"},
		{at("a@b.org"), "To: \"a@b.org\" <z@x.org>\n"},
		{at("a  b"), "To: \"a  b\" <z@x.org>\n"},
		{at("=?utf-8?q?x?="), "To: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?= <z@x.org>\n"},
		{[]address.Address{{Local: "a b", Domain: "x.org"}, {Local: "é", Domain: "x.org"}}, "To: \"a b\"@x.org, é@x.org\n"},
		{append(append(at("Johann Wolfgang"), at("Friedrich Schiller")...), at("Gotthold Ephraim Lessing")...),
			"To: Johann Wolfgang <z@x.org>, Friedrich Schiller <z@x.org>, Gotthold\n Ephraim Lessing <z@x.org>\n"},
	} {
		if got := addressField(c.list); got != c.want {
			t.Errorf("%v is written as\n%s, want\n%s", c.list, got, c.want)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	f.Add("Zoë", "a b", "Doe, J.", "x")
	f.Add(`Bob" <evil@x>, "`, `"\`, "=?utf-8?Q?x?=", ".")
	f.Add(strings.Repeat("Lang ", 30), "a", strings.Repeat("é", 70), strings.Repeat("l", 64))
	f.Fuzz(func(t *testing.T, name1, local1, name2, local2 string) {
		list := []address.Address{
			{Name: name1, Local: local1, Domain: "example.org"},
			{Name: name2, Local: local2, Domain: "x.org"},
		}
		for _, a := range list {
			isPlain := a.Local != "" && len(a.Local) <= 64 && ascii.OnlyString(a.Local)
			if !isPlain || !utf8.ValidString(a.Name) || strings.ContainsFunc(a.Name+a.Local, unicode.IsControl) {
				return
			}
		}
		got := addressField(list)
		wantWords(t, strings.NewReplacer(",", " ", "<", " <").Replace(got))
		if n := mimetest.LongestLine(got); n > 76 && n > 70+2*64 {
			t.Fatalf("a line of %d octets in %q", n, got)
		}
		read, err := mail.ParseAddressList(mimetest.Unfold(t, got))
		if err != nil || len(read) != 2 {
			t.Fatalf("%q is read back as %v, %v", got, read, err)
		}
		for i, a := range list {
			// net/mail joins the words of a phrase by one space, and drops the quotes of a local part.
			isSame := read[i].Address == a.Local+"@"+a.Domain || read[i].Address == a.Mailbox()
			if read[i].Name != a.Name || !isSame {
				t.Fatalf("%q is read back as %q from %q", a, *read[i], got)
			}
		}
	})
}
