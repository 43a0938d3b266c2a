package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailpipe/wire"
)

// flags returns a lookup of flags, such as "tls=none". A flag may be repeated.
func flags(given ...string) func(string) []string {
	m := map[string][]string{}
	for _, g := range given {
		name, value, _ := strings.Cut(g, "=")
		m[name] = append(m[name], value)
	}
	return func(name string) []string { return m[name] }
}

// settle returns the settings with an account of a file.
func settle(
	t *testing.T, text string, flag func(string) []string, getenv func(string) string, account string,
) (*Settings, error) {
	t.Helper()
	choice, err := load(t, text).Choose(account, "", getenv)
	if err != nil {
		t.Fatal(err)
	}
	return Settle(flag, getenv, choice)
}

// listed returns the list of settings as text. Of the name of the file it keeps
// the line.
func listed(s *Settings) string {
	var b strings.Builder
	for _, l := range s.List() {
		if i := strings.LastIndex(l.Origin, "config.toml:"); i >= 0 {
			l.Origin = l.Origin[i+len("config.toml"):]
		}
		b.WriteString(l.Key + "=" + l.Value + " " + l.Origin)
		if l.Unused {
			b.WriteString(" unused")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

const fullAccount = `default = "work"
[accounts.work]
server = ["submission://mail.work.example", "submission://mail2.work.example"]
from = "bob@work.example"
user = "bob"
auth = "plain"
password_command = "pass show work"
tls = "required"
tls_ca = "~/ca.pem"
tls_fingerprint = "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"
tls_name = "MX.work.example"
helo = "laptop.work.example"
timeout = 30
connect_timeout = "1m"
pipelining = false
`

func TestAccount(t *testing.T) {
	s, err := settle(t, fullAccount, flags(), env("HOME", "/home/bob"), "")
	if err != nil {
		t.Fatal(err)
	}
	const want = `account=work :1
server=submission://mail.work.example :3
server=submission://mail2.work.example :3
from=bob@work.example :4
user=bob :5
auth=plain :6
password_command=pass [hidden] :7
tls=required :8
tls_ca=/home/bob/ca.pem :9
tls_fingerprint=00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff :10
tls_name=MX.work.example :11
helo=laptop.work.example :12
timeout=30 :13
connect_timeout=1m :14
pipelining=false :15
`
	if got := listed(s); got != want {
		t.Error(cmp.Diff(want, got))
	}
	if len(s.Servers) != 2 || !s.Chosen || s.Servers[1].Host != "mail2.work.example" {
		t.Errorf("servers: %+v", s.Servers)
	}
	if s.From != "bob@work.example" || s.Helo != "laptop.work.example" || s.TLSName != "mx.work.example" {
		t.Errorf("names: %+v", s)
	}
	if s.Timeout != 30*time.Second || s.ConnectTimeout != time.Minute {
		t.Errorf("timeouts: %v, %v", s.Timeout, s.ConnectTimeout)
	}
	if len(s.Fingerprints) != 1 || s.Fingerprints[0][1] != 0x11 {
		t.Errorf("fingerprints: %x", s.Fingerprints)
	}
	if l := s.Login(s.Servers[0], nil); l.User != "bob" || l.Mechanism != "PLAIN" {
		t.Errorf("login: %+v", l)
	}
}

// Flags win over the environment, that over the account, and that over the
// defaults.
func TestOrder(t *testing.T) {
	const account = "[accounts.a]\nserver = \"h:465\"\nfrom = \"a@x\"\n[accounts.b]\n"
	variables := env("MAILPIPE_SERVER", "smtp://env", "MAILPIPE_FROM", "env@x", "MAILPIPE_PASSWORD", "hunter2")
	given := flags(
		"server=smtp://flag", "server=flag2:2525", "from=flag@x", "user=al", "helo=flag", "timeout=5m", "tls=required",
	)
	for _, tt := range []struct {
		name    string
		flag    func(string) []string
		env     func(string) string
		account string
		want    string
	}{
		{"nothing", flags(), env(), "", `
server=smtp://localhost:25 default
tls=opportunistic default for smtp://localhost:25
`},
		{"account", flags(), env(), "a", `
account=a -A
server=h:465 :2
from=a@x :3
tls=required default for h:465
`},
		{"environment", flags(), variables, "a", `
account=a -A
server=smtp://env $MAILPIPE_SERVER
from=env@x $MAILPIPE_FROM
password=[hidden] $MAILPIPE_PASSWORD
tls=opportunistic default for smtp://env
`},
		{"flags", given, variables, "a", `
account=a -A
server=smtp://flag --server
server=flag2:2525 --server
from=flag@x --from
user=al --user
password=[hidden] $MAILPIPE_PASSWORD
tls=required --tls
helo=flag --helo
timeout=5m --timeout
`},
		{"a flag for the password", flags("user=al", "password-file=pw"), variables, "", `
server=smtp://env $MAILPIPE_SERVER
from=env@x $MAILPIPE_FROM
user=al --user
password_file=pw --password-file
tls=required default for smtp://env
`},
	} {
		s, err := settle(t, account, tt.flag, tt.env, tt.account)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		if got := "\n" + listed(s); got != tt.want {
			t.Errorf("%s: %s", tt.name, cmp.Diff(tt.want, got))
		}
		if s.Chosen != (tt.name != "nothing") {
			t.Errorf("%s: Chosen is %v", tt.name, s.Chosen)
		}
	}
}

// The login and the TLS settings of an account are for its own server, unless
// -A names the account.
func TestOtherServer(t *testing.T) {
	const text = `default = "a"
[accounts.a]
server = ["submission://own.example", "lmtp+unix:/run/own"]
user = "bob"
password_file = "pw"
tls = "required"
helo = "me.example"
[accounts.free]
user = "bob"
`
	for _, tt := range []struct {
		server, account, user string
		security              wire.Security
	}{
		{"", "", "bob", wire.TLSRequired},
		{"own.example:25", "", "bob", wire.TLSRequired},
		{"smtps://OWN.example", "", "bob", wire.TLSRequired},
		{"lmtp+unix:/run/own", "", "bob", wire.TLSRequired},
		{"lmtp+unix:/run/other", "", "", wire.TLSNone},
		{"other.example", "", "", wire.TLSOpportunistic},
		{"sink:/tmp/x", "", "", wire.TLSNone},
		{"other.example", "a", "bob", wire.TLSRequired},
		{"other.example", "free", "bob", wire.TLSRequired},
	} {
		given := flags()
		if tt.server != "" {
			given = flags("server=" + tt.server)
		}
		s, err := settle(t, text, given, env(), tt.account)
		if err != nil {
			t.Fatal(err)
		}
		user := ""
		if l := s.Login(s.Servers[0], nil); l != nil {
			user = l.User
		}
		if security := s.Security(s.Servers[0]); user != tt.user || security != tt.security {
			t.Errorf("%+v: user %q, tls %s", tt, user, security)
		}
		if unused := strings.Contains(listed(s), "user=bob :4 unused\n"); unused != (tt.user == "") {
			t.Errorf("%+v: the list is\n%s", tt, listed(s))
		}
		if tt.account != "free" && s.Helo != "me.example" {
			t.Errorf("%+v: helo is %q", tt, s.Helo)
		}
	}
	s, err := settle(t, text, flags(), env("MAILPIPE_SERVER", "other"), "")
	if err != nil || s.Login(s.Servers[0], nil) != nil {
		t.Errorf("$MAILPIPE_SERVER: %v", err)
	}
}

const pin = "tls-fingerprint=00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"

func TestSecurity(t *testing.T) {
	for _, tt := range []struct {
		flags []string
		want  wire.Security
	}{
		{[]string{"server=h"}, wire.TLSOpportunistic},
		{[]string{"server=lmtp://h"}, wire.TLSOpportunistic},
		{[]string{"server=smtps://h"}, wire.TLSRequired},
		{[]string{"server=h:465"}, wire.TLSRequired},
		{[]string{"server=h:587"}, wire.TLSRequired},
		{[]string{"server=smtp://h:587"}, wire.TLSOpportunistic},
		{[]string{"server=h", "user=bob"}, wire.TLSRequired},
		{[]string{"server=smtp://bob@h"}, wire.TLSRequired},
		{[]string{"server=h", "auth=external"}, wire.TLSRequired},
		{[]string{"server=h", "tls-ca=ca.pem"}, wire.TLSRequired},
		{[]string{"server=h", pin}, wire.TLSRequired},
		{[]string{"server=smtp+unix:/x"}, wire.TLSNone},
		{[]string{"server=lmtp+unix:/x", "user=bob"}, wire.TLSNone},
		{[]string{"server=smtp+unix:/x", pin}, wire.TLSRequired},
		{[]string{"server=pipe:x"}, wire.TLSNone},
		{[]string{"server=sink:x", "tls-ca=ca.pem"}, wire.TLSNone},
		{[]string{"server=h", "tls=none", "user=bob"}, wire.TLSNone},
		{[]string{"server=h:587", "tls=opportunistic"}, wire.TLSOpportunistic},
		{[]string{"server=smtps://h", "tls=opportunistic"}, wire.TLSOpportunistic},
		{[]string{"server=pipe:x", "tls=required"}, wire.TLSRequired},
	} {
		s, err := Settle(flags(tt.flags...), env(), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Security(s.Servers[0]); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.flags, got, tt.want)
		}
	}
}
