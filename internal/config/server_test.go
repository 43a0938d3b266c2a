package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseServer(t *testing.T) {
	for _, test := range []struct {
		text    string
		want    Server
		address string
	}{
		{"mail.example.org", Server{Scheme: "smtp", Host: "mail.example.org", Port: 25}, "mail.example.org:25"},
		{"Mail.Example.ORG.:2525", Server{Scheme: "smtp", Host: "mail.example.org", Port: 2525}, "mail.example.org:2525"},
		{"mail:25", Server{Scheme: "smtp", Host: "mail", Port: 25}, "mail:25"},
		{"mail:465", Server{Scheme: "smtps", Host: "mail", Port: 465}, "mail:465"},
		{"mail:587", Server{Scheme: "submission", Host: "mail", Port: 587}, "mail:587"},
		{"127.0.0.1:587", Server{Scheme: "submission", Host: "127.0.0.1", Port: 587}, "127.0.0.1:587"},
		{"[::1]:465", Server{Scheme: "smtps", Host: "::1", Port: 465}, "[::1]:465"},
		{"[::1]", Server{Scheme: "smtp", Host: "::1", Port: 25}, "[::1]:25"},
		{"::1", Server{Scheme: "smtp", Host: "::1", Port: 25}, "[::1]:25"},
		{"[2001:DB8::0:1]", Server{Scheme: "smtp", Host: "2001:db8::1", Port: 25}, "[2001:db8::1]:25"},
		{"smtp", Server{Scheme: "smtp", Host: "smtp", Port: 25}, "smtp:25"},
		{"smtp://h", Server{Scheme: "smtp", Host: "h", Port: 25}, "h:25"},
		{"smtp://h/", Server{Scheme: "smtp", Host: "h", Port: 25}, "h:25"},
		{"smtp://h:587", Server{Scheme: "smtp", Host: "h", Port: 587}, "h:587"},
		{"SMTPS://h", Server{Scheme: "smtps", Host: "h", Port: 465}, "h:465"},
		{"submission://h", Server{Scheme: "submission", Host: "h", Port: 587}, "h:587"},
		{"lmtp://h", Server{Scheme: "lmtp", Host: "h", Port: 24}, "h:24"},
		{"smtp://[::1]:2525", Server{Scheme: "smtp", Host: "::1", Port: 2525}, "[::1]:2525"},
		{"smtp://[fe80::1%25eth0]", Server{Scheme: "smtp", Host: "fe80::1%eth0", Port: 25}, "[fe80::1%eth0]:25"},
		{"smtps://bob@h", Server{Scheme: "smtps", Host: "h", Port: 465, User: "bob"}, "h:465"},
		{"smtps://bob%40example.org@h:1", Server{Scheme: "smtps", Host: "h", Port: 1, User: "bob@example.org"}, "h:1"},
		{"smtps://bob@example.org@h", Server{Scheme: "smtps", Host: "h", Port: 465, User: "bob@example.org"}, "h:465"},
		{"smtp://Bücher.example", Server{Scheme: "smtp", Host: "xn--bcher-kva.example", Port: 25}, "xn--bcher-kva.example:25"},
		{"bücher.example:25", Server{Scheme: "smtp", Host: "xn--bcher-kva.example", Port: 25}, "xn--bcher-kva.example:25"},
		{"my_relay", Server{Scheme: "smtp", Host: "my_relay", Port: 25}, "my_relay:25"},
		{"lmtp+unix:/run/lmtp", Server{Scheme: "lmtp+unix", Path: "/run/lmtp"}, "/run/lmtp"},
		{"smtp+unix:run/smtp", Server{Scheme: "smtp+unix", Path: "run/smtp"}, "run/smtp"},
		{"smtp+unix:///run/smtp", Server{Scheme: "smtp+unix", Path: "/run/smtp"}, "/run/smtp"},
		{"pipe:ssh bob@h nc mail 25", Server{Scheme: "pipe", Path: "ssh bob@h nc mail 25"}, "ssh bob@h nc mail 25"},
		{"pipe:a:b@c", Server{Scheme: "pipe", Path: "a:b@c"}, "a:b@c"},
		{"sink:/tmp/mail dir", Server{Scheme: "sink", Path: "/tmp/mail dir"}, "/tmp/mail dir"},
	} {
		got, err := parseServer(test.text)
		test.want.URL = test.text
		if err != nil || got != test.want {
			t.Errorf("%s: %v\n%s", test.text, err, cmp.Diff(test.want, got))
		}
		if got.Address() != test.address {
			t.Errorf("%s: address %s", test.text, got.Address())
		}
		if got.LMTP() != strings.HasPrefix(test.want.Scheme, "lmtp") || got.Implicit() != (test.want.Scheme == "smtps") ||
			got.Local() != (test.want.Host == "") {
			t.Errorf("%s: LMTP %v, Implicit %v, Local %v", test.text, got.LMTP(), got.Implicit(), got.Local())
		}
	}
}

func TestParseServerRefuses(t *testing.T) {
	const password = "a password does not belong in a URL, which others can see: use --password-command or --password-file"
	for _, test := range []struct{ text, want, near string }{
		{"", `"": the server is empty`, ""},
		{"smtp://", `"" is no name of a host`, ""},
		{"http://h", `"http" is no scheme: there are smtp, smtps, submission, lmtp, lmtp+unix, smtp+unix, pipe, sink`, "smtp://h"},
		{"smpts://h:1", `"smpts" is no scheme`, "smtps://h:1"},
		{"=smtp://h", "no = stands between a letter and its value", "smtp://h"},
		{"=smtp://bob:hunter2@h", "no = stands", "smtp://[hidden]@h"},
		{"smtp:mail.example.org", "a scheme is followed by //", "smtp://mail.example.org"},
		{"mx:example.org", `"mx:example.org": mx: is not there yet`, ""},
		{"sendmail:", "sendmail: is not there yet", ""},
		{"h:0", `a port is a number from 1 to 65535, not "0"`, ""},
		{"h:65536", "a port is a number", ""},
		{"h:smtp", `"h:[hidden]": a port is a number from 1 to 65535`, ""},
		{"h:+25", "a port is a number", ""},
		{"h:", "the port is missing behind the colon", ""},
		{"smtp://h:", "the port is missing behind the colon", ""},
		{"smtp://h:25/x", "nothing may follow the host and port", ""},
		{"smtp://h?x", "nothing may follow the host and port", ""},
		{"smtp://[::1", "brackets hold an IPv6 address, and a port may follow: [::1]:25", ""},
		{"[::1]25", "brackets hold an IPv6 address", ""},
		{"[127.0.0.1]", "brackets hold an IPv6 address", ""},
		{"[mail]", "brackets hold an IPv6 address", ""},
		{"smtp://127.0.0.1:25:26", "one port follows the host; an IPv6 address", ""},
		{"mail.example.org:25:", "one port follows the host", ""},
		{"::1:x", "an IPv6 address with a port stands in brackets: [::1]:25", ""},
		{"a b", `"a b" is no name of a host`, ""},
		{"-h", "is no name of a host", ""},
		{"a..b", "is no name of a host", ""},
		{"h\r\nQUIT", "a control character is in it", ""},
		{"./socket", "a server is host[:port] or a URL", ""},
		{"bob@example.org", "that is an address, not a server", "smtp://bob@example.org"},
		{"smtp+unix:", "the path of a socket stands behind smtp+unix:", "smtp+unix:/path"},
		{"lmtp+unix://host/x", "the path of a socket stands behind lmtp+unix:", "lmtp+unix:/path"},
		{"pipe:", "pipe: wants a command behind it", ""},
		{"pipe: ", "pipe: wants a command behind it", ""},
		{"sink:", "sink: wants a folder behind it", ""},
		{"smtp://@h", "the user before the @ cannot be read", ""},
		{"smtp://%zz@h", "the user before the @ cannot be read", ""},
		{"smtp://a%0Ab@h", "the user before the @ cannot be read", ""},
		{"smtp://bob:hunter2@h", password, ""},
		{"smtp://bob:hunt/er2@h", password, ""},
		{"smtp://bob:hunter2@", password, ""},
		{"smtp://:hunter2@h", password, ""},
		{"smtp://bob%3Ahunter2@h", password, ""},
		{"smtp://bob:@h", password, ""},
		{"bob:hunter2@h", password, ""},
		{"smtp:bob:hunter2@h", password, ""},
		{"smpt://bob:hunter2@h", "is no scheme", "smtp://[hidden]@h"},
		{"smtp://bob:hunter2", `"smtp://bob:[hidden]": a port is a number`, ""},
		{"smtp://bob:hunter2:25", `"smtp://bob:[hidden]": one port follows the host`, ""},
		{"smtp://bob:hunter2/", "a port is a number", ""},
		{"smtp://bob:hunt/er2", "nothing may follow", ""},
		{"smpt://bob:hunter2", "is no scheme", "smtp://bob:[hidden]"},
		{"bob:hunter2", `"bob:[hidden]": a port is a number`, ""},
		{"bob:hunt/er2", "a server is host[:port] or a URL", ""},
		{"smtp:bob:hunter2", `"smtp:[hidden]": `, ""},
		{"=smtp://bob:hunter2", "no = stands", "smtp://bob:[hidden]"},
		{"bob:hunter2@h\x00", "a control character is in it", ""},
	} {
		got, err := parseServer(test.text)
		e, ok := err.(*serverError)
		if !ok || !strings.Contains(err.Error(), test.want) || e.Near != test.near || got != (Server{}) {
			t.Errorf("%q\n got %v, near %q\nwant %s, near %q", test.text, err, e.Near, test.want, test.near)
		}
		if ok && strings.Contains(err.Error()+e.Near, "hunt") {
			t.Errorf("%q: the password is shown: %v", test.text, err)
		}
	}
}

func FuzzParseServer(f *testing.F) {
	for _, seed := range []string{"h", "h:465", "[::1]:25", "smtp://u@h:1/", "pipe:x", "smtp+unix:///a", "smtp://bob:hunter2@h", "bücher.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseServer(text)
		if err != nil {
			return
		}
		if s.Host == "" == (s.Path == "") || (s.Host != "") != (s.Port > 0) || strings.ContainsAny(s.Host, " @/\r\n") {
			t.Fatalf("%q: %+v", text, s)
		}
		if s.Host == "" {
			return
		}
		// What was understood, written as a URL, is understood the same.
		again, err := parseServer(s.Scheme + "://" + s.Address())
		again.URL, again.User = s.URL, s.User
		if err != nil || again != s {
			t.Fatalf("%q: %+v, again %+v %v", text, s, again, err)
		}
	})
}
