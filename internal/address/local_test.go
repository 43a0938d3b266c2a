package address

import (
	"strings"
	"testing"
)

func TestParseLocal(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"root", "root"},
		{"root, bob@example.org,, \"a b\"", `root bob@example.org "a b"`},
		{"nobody,root", "nobody root"},
		{"<root>", "root"},
		{"root (Cron Daemon)", "Cron Daemon|root"},
		{"(Cron (a) \\) Daemon)\n root, bob", "Cron (a) ) Daemon|root bob"},
		{`"(Cron Daemon)" <root>`, "(Cron Daemon)|root"},
		{"Fail2Ban <fail2ban>", "Fail2Ban|fail2ban"},
		{"bob@example.org (Bob \xe9)", "Bob é|bob@example.org"},
		{"Bob <bob@example.org> (x)", "Bob|bob@example.org"},
		{"admins: root, bob;", "root bob"},
		{"-f", "-f"},
		{"", ""},
	} {
		list, err := ParseLocal(c.in)
		got := listed(list)
		if err != nil || got != c.want {
			t.Errorf("%q: got %s, %v, want %s", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{
		"@", "<>", "<@b>", "Bob root", "root <bob> x", "a@b <root>", "a@", "<root", "root (", "\"a\x00\"", "\xff",
		strings.Repeat("r", 255),
	} {
		if list, err := ParseLocal(in); err == nil {
			t.Errorf("%q: got %v", in, list)
		}
	}
}
