package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseServer(t *testing.T) {
	for _, tt := range []struct {
		text    string
		want    ServerURL
		address string
	}{
		{"mail.example.org", ServerURL{Scheme: "smtp", Host: "mail.example.org", Port: 25}, "mail.example.org:25"},
		{"Mail.Example.ORG.:2525", ServerURL{Scheme: "smtp", Host: "mail.example.org", Port: 2525}, "mail.example.org:2525"},
		{"mail:25", ServerURL{Scheme: "smtp", Host: "mail", Port: 25}, "mail:25"},
		{"mail:465", ServerURL{Scheme: "smtps", Host: "mail", Port: 465}, "mail:465"},
		{"mail:587", ServerURL{Scheme: "submission", Host: "mail", Port: 587}, "mail:587"},
		{"127.0.0.1:587", ServerURL{Scheme: "submission", Host: "127.0.0.1", Port: 587}, "127.0.0.1:587"},
		{"[::1]:465", ServerURL{Scheme: "smtps", Host: "::1", Port: 465}, "[::1]:465"},
		{"[::1]", ServerURL{Scheme: "smtp", Host: "::1", Port: 25}, "[::1]:25"},
		{"::1", ServerURL{Scheme: "smtp", Host: "::1", Port: 25}, "[::1]:25"},
		{"[2001:DB8::0:1]", ServerURL{Scheme: "smtp", Host: "2001:db8::1", Port: 25}, "[2001:db8::1]:25"},
		{"smtp", ServerURL{Scheme: "smtp", Host: "smtp", Port: 25}, "smtp:25"},
		{"smtp://h", ServerURL{Scheme: "smtp", Host: "h", Port: 25}, "h:25"},
		{"smtp://h/", ServerURL{Scheme: "smtp", Host: "h", Port: 25}, "h:25"},
		{"smtp://h:587", ServerURL{Scheme: "smtp", Host: "h", Port: 587}, "h:587"},
		{"SMTPS://h", ServerURL{Scheme: "smtps", Host: "h", Port: 465}, "h:465"},
		{"submission://h", ServerURL{Scheme: "submission", Host: "h", Port: 587}, "h:587"},
		{"lmtp://h", ServerURL{Scheme: "lmtp", Host: "h", Port: 24}, "h:24"},
		{"smtp://[::1]:2525", ServerURL{Scheme: "smtp", Host: "::1", Port: 2525}, "[::1]:2525"},
		{"smtp://[fe80::1%25eth0]", ServerURL{Scheme: "smtp", Host: "fe80::1%eth0", Port: 25}, "[fe80::1%eth0]:25"},
		{"smtps://bob@h", ServerURL{Scheme: "smtps", Host: "h", Port: 465, User: "bob"}, "h:465"},
		{"smtps://b%40x.org@h:1", ServerURL{Scheme: "smtps", Host: "h", Port: 1, User: "b@x.org"}, "h:1"},
		{"smtps://b@x.org@h", ServerURL{Scheme: "smtps", Host: "h", Port: 465, User: "b@x.org"}, "h:465"},
		{
			"smtp://Bücher.example",
			ServerURL{Scheme: "smtp", Host: "xn--bcher-kva.example", Port: 25},
			"xn--bcher-kva.example:25",
		},
		{
			"bücher.example:25",
			ServerURL{Scheme: "smtp", Host: "xn--bcher-kva.example", Port: 25},
			"xn--bcher-kva.example:25",
		},
		{"my_relay", ServerURL{Scheme: "smtp", Host: "my_relay", Port: 25}, "my_relay:25"},
		{"lmtp+unix:/run/lmtp", ServerURL{Scheme: "lmtp+unix", Path: "/run/lmtp"}, "/run/lmtp"},
		{"smtp+unix:run/smtp", ServerURL{Scheme: "smtp+unix", Path: "run/smtp"}, "run/smtp"},
		{"smtp+unix:///run/smtp", ServerURL{Scheme: "smtp+unix", Path: "/run/smtp"}, "/run/smtp"},
		{"pipe:ssh bob@h nc mail 25", ServerURL{Scheme: "pipe", Path: "ssh bob@h nc mail 25"}, "ssh bob@h nc mail 25"},
		{"pipe:a:b@c", ServerURL{Scheme: "pipe", Path: "a:b@c"}, "a:b@c"},
		{"sink:/tmp/mail dir", ServerURL{Scheme: "sink", Path: "/tmp/mail dir"}, "/tmp/mail dir"},
	} {
		got, err := parseServer(tt.text)
		tt.want.Name = Shown("server", tt.text)
		if err != nil || got != tt.want {
			t.Errorf("%s: %v\n%s", tt.text, err, cmp.Diff(tt.want, got))
		}
		if got.Address() != tt.address {
			t.Errorf("%s: address %s", tt.text, got.Address())
		}
		if got.LMTP() != strings.HasPrefix(tt.want.Scheme, "lmtp") {
			t.Errorf("%s: LMTP is %v", tt.text, got.LMTP())
		}
		if got.Implicit() != (tt.want.Scheme == "smtps") {
			t.Errorf("%s: Implicit is %v", tt.text, got.Implicit())
		}
		if got.Local() != (tt.want.Host == "") {
			t.Errorf("%s: Local is %v", tt.text, got.Local())
		}
	}
}

func TestParseServerRefuses(t *testing.T) {
	const password = "a password in a URL is visible to other users"
	for _, tt := range []struct{ text, want, near string }{
		{"", "must not be empty", ""},
		{"smtp://", `invalid host name ""`, ""},
		{
			"http://h",
			`unknown scheme "http": must be one of smtp, smtps, submission, lmtp, lmtp+unix, smtp+unix, pipe, sink`,
			"smtp://h",
		},
		{"smpts://h:1", `unknown scheme "smpts": must be one of`, "smtps://h:1"},
		{"=smtp://h", "begins with =", "smtp://h"},
		{"=smtp://bob:hunter2@h", "begins with =", "smtp://[hidden]@h"},
		{"smtp:mail.example.org", "missing // after the scheme", "smtp://mail.example.org"},
		{"mx:example.org", `"mx:example.org": unsupported scheme mx:`, ""},
		{"sendmail:", "unsupported scheme sendmail:", ""},
		{"h:0", `invalid port "0": must be a number from 1 to 65535`, ""},
		{"h:65536", "invalid port", ""},
		{"h:smtp", `"h:[hidden]": invalid port "[hidden]"`, ""},
		{"h:+25", "invalid port", ""},
		{"h:", "missing port after the colon", ""},
		{"smtp://h:", "missing port after the colon", ""},
		{"smtp://h:25/x", "nothing may follow the host and the port", ""},
		{"smtp://h?x", "nothing may follow the host and the port", ""},
		{"smtp://[::1", "invalid IPv6 address in brackets: write [::1] or [::1]:25", ""},
		{"[::1]25", "invalid IPv6 address in brackets", ""},
		{"[127.0.0.1]", "invalid IPv6 address in brackets", ""},
		{"[mail]", "invalid IPv6 address in brackets", ""},
		{"smtp://127.0.0.1:25:26", "too many colons: write host:port, or an IPv6 address", ""},
		{"mail.example.org:25:", "too many colons", ""},
		{"::1:x", "or an IPv6 address as [::1]:25", ""},
		{"a b", `invalid host name "a b"`, ""},
		{"-h", "invalid host name", ""},
		{"a..b", "invalid host name", ""},
		{"h\r\nQUIT", "contains a control character", ""},
		{"./socket", "must be host[:port] or a URL", ""},
		{"bob@example.org", "is an address, not a server", "smtp://bob@example.org"},
		{"smtp+unix:", "missing path of the socket", "smtp+unix:/path"},
		{"lmtp+unix://host/x", "missing path of the socket", "lmtp+unix:/path"},
		{"pipe:", "missing command after pipe:", ""},
		{"pipe: ", "missing command after pipe:", ""},
		{"sink:", "missing directory after sink:", ""},
		{"sink:eml:", "missing directory after sink:eml:", ""},
		{"smtp://@h", "invalid user before the @", ""},
		{"smtp://%zz@h", "invalid user before the @", ""},
		{"smtp://a%0Ab@h", "invalid user before the @", ""},
		{"smtp://bob:hunter2@h", password, ""},
		{"smtp://bob:hunt/er2@h", password, ""},
		{"smtp://bob:hunter2@", password, ""},
		{"smtp://:hunter2@h", password, ""},
		{"smtp://bob%3Ahunter2@h", password, ""},
		{"smtp://bob:@h", password, ""},
		{"bob:hunter2@h", password, ""},
		{"smtp:bob:hunter2@h", password, ""},
		{"smpt://bob:hunter2@h", "unknown scheme", "smtp://[hidden]@h"},
		{"smtp://bob:hunter2", `"smtp://bob:[hidden]": invalid port`, ""},
		{"smtp://bob:hunter2:25", `"smtp://bob:[hidden]": too many colons`, ""},
		{"smtp://bob:hunter2/", "invalid port", ""},
		{"smtp://bob:hunt/er2", "nothing may follow", ""},
		{"smpt://bob:hunter2", "unknown scheme", "smtp://bob:[hidden]"},
		{"bob:hunter2", `"bob:[hidden]": invalid port`, ""},
		{"bob:hunt/er2", "must be host[:port] or a URL", ""},
		{"smtp:bob:hunter2", `"smtp:[hidden]": `, ""},
		{"=smtp://bob:hunter2", "begins with =", "smtp://bob:[hidden]"},
		{"bob:hunter2@h\x00", "contains a control character", ""},
	} {
		got, err := parseServer(tt.text)
		if err == nil {
			t.Errorf("%q was accepted, want %s", tt.text, tt.want)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || err.Near != tt.near || got != (ServerURL{}) {
			t.Errorf("%q\n got %v, near %q\nwant %s, near %q", tt.text, err, err.Near, tt.want, tt.near)
		}
		if strings.Contains(err.Error()+err.Near, "hunt") {
			t.Errorf("%q: the password is shown: %v", tt.text, err)
		}
	}
}

func FuzzParseServer(f *testing.F) {
	for _, seed := range []string{
		"h", "h:465", "[::1]:25", "smtp://u@h:1/", "pipe:x", "smtp+unix:///a", "smtp://bob:hunter2@h", "bücher.example",
	} {
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
		// The same as a URL must give the same server.
		again, err := parseServer(s.Scheme + "://" + s.Address())
		again.Name, again.User = s.Name, s.User
		if err != nil || again != s {
			t.Fatalf("%q: %+v, as a URL %+v %v", text, s, again, err)
		}
	})
}
