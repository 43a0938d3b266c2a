package config

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailpipe/wire"
)

// flags are flags for a test: "tls=none", and again for a second value.
func flags(given ...string) func(string) []string {
	m := map[string][]string{}
	for _, g := range given {
		name, value, _ := strings.Cut(g, "=")
		m[name] = append(m[name], value)
	}
	return func(name string) []string { return m[name] }
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
`

func settle(t *testing.T, text string, flag func(string) []string, getenv func(string) string, account string) (*Settings, error) {
	t.Helper()
	choice, err := load(t, text).Choose(account, "", getenv)
	if err != nil {
		t.Fatal(err)
	}
	return Settle(flag, getenv, choice)
}

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

func TestSettle(t *testing.T) {
	s, err := settle(t, fullAccount, flags(), env("HOME", "/h"), "")
	if err != nil {
		t.Fatal(err)
	}
	want := `account=work :1
server=submission://mail.work.example :3
server=submission://mail2.work.example :3
from=bob@work.example :4
user=bob :5
auth=plain :6
password_command=pass [hidden] :7
tls=required :8
tls_ca=/h/ca.pem :9
tls_fingerprint=00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff :10
tls_name=MX.work.example :11
helo=laptop.work.example :12
timeout=30 :13
connect_timeout=1m :14
`
	if got := listed(s); got != want {
		t.Error(cmp.Diff(want, got))
	}
	if len(s.Servers) != 2 || s.Servers[1].Host != "mail2.work.example" || !s.Chosen || s.From != "bob@work.example" ||
		s.TLSName != "mx.work.example" || s.Helo != "laptop.work.example" || s.Timeout != 30*time.Second ||
		s.ConnectTimeout != time.Minute || len(s.Fingerprints) != 1 || s.Fingerprints[0][1] != 0x11 {
		t.Errorf("%+v", s)
	}
	if l := s.Login(s.Servers[0], nil); l.User != "bob" || l.Mechanism != "PLAIN" {
		t.Errorf("%+v", l)
	}
}

// Flags beat the environment, it beats the account, it beats the default.
func TestOrder(t *testing.T) {
	variables := env("MAILPIPE_SERVER", "smtp://env", "MAILPIPE_FROM", "env@x", "MAILPIPE_PASSWORD", "hunter2")
	given := flags("server=smtp://flag", "server=flag2:2525", "from=flag@x", "user=al", "helo=flag", "timeout=5m", "tls=required")
	for _, test := range []struct {
		name    string
		flag    func(string) []string
		env     func(string) string
		account string
		want    string
	}{
		{"nothing", flags(), env(), "", "server=smtp://localhost:25 default\ntls=opportunistic default for smtp://localhost:25\n"},
		{"account", flags(), env(), "a", "account=a -A\nserver=h:465 :2\nfrom=a@x :3\ntls=required default for h:465\n"},
		{"environment", flags(), variables, "a", "account=a -A\nserver=smtp://env $MAILPIPE_SERVER\nfrom=env@x $MAILPIPE_FROM\n" +
			"password=[hidden] $MAILPIPE_PASSWORD\ntls=opportunistic default for smtp://env\n"},
		{"flags", given, variables, "a", "account=a -A\nserver=smtp://flag --server\nserver=flag2:2525 --server\nfrom=flag@x --from\n" +
			"user=al --user\npassword=[hidden] $MAILPIPE_PASSWORD\ntls=required --tls\nhelo=flag --helo\ntimeout=5m --timeout\n"},
	} {
		s, err := settle(t, "[accounts.a]\nserver = \"h:465\"\nfrom = \"a@x\"\n", test.flag, test.env, test.account)
		if err != nil {
			t.Fatal(test.name, err)
		}
		if got := listed(s); got != test.want {
			t.Errorf("%s: %s", test.name, cmp.Diff(test.want, got))
		}
		if s.Chosen != (test.name != "nothing") {
			t.Errorf("%s: Chosen is %v", test.name, s.Chosen)
		}
	}
}

// An account's login and TLS settings are for its own server, unless -A says otherwise.
func TestOwnServer(t *testing.T) {
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
	for _, test := range []struct {
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
		flag := flags()
		if test.server != "" {
			flag = flags("server=" + test.server)
		}
		s, err := settle(t, text, flag, env(), test.account)
		if err != nil {
			t.Fatal(err)
		}
		user := ""
		if l := s.Login(s.Servers[0], nil); l != nil {
			user = l.User
		}
		if user != test.user || s.Security(s.Servers[0]) != test.security {
			t.Errorf("%+v: user %q, tls %s", test, user, s.Security(s.Servers[0]))
		}
		if unused := strings.Contains(listed(s), "user=bob :4 unused\n"); unused != (test.user == "") {
			t.Errorf("%+v: %s", test, listed(s))
		}
		if test.account != "free" && s.Helo != "me.example" {
			t.Errorf("%+v: helo is gone", test)
		}
	}
	s, err := settle(t, text, flags(), env("MAILPIPE_SERVER", "other"), "")
	if err != nil || s.Login(s.Servers[0], nil) != nil {
		t.Errorf("$MAILPIPE_SERVER: %v", err)
	}
}

const pin = "tls-fingerprint=00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"

func TestSecurity(t *testing.T) {
	for _, test := range []struct {
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
		s, err := Settle(flags(test.flags...), env(), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Security(s.Servers[0]); got != test.want {
			t.Errorf("%v: %s, want %s", test.flags, got, test.want)
		}
	}
}

func TestWhoLogsIn(t *testing.T) {
	for _, test := range []struct {
		text  string
		flags []string
		want  string
	}{
		{"", []string{"server=smtp://url@h"}, "url"},
		{"", []string{"server=smtp://url@h", "user=flag"}, "flag"},
		{"server = \"smtp://url@h\"\nuser = \"key\"", nil, "key"},
		{"server = \"smtp://url@h\"", []string{"user=flag"}, "flag"},
		{"server = \"smtp://url@h\"", nil, "url"},
		{"server = \"h\"\nuser = \"key\"", []string{"server=smtp://url@h"}, "url"},
	} {
		s, err := settle(t, "[accounts.a]\n"+test.text, flags(test.flags...), env(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Login(s.Servers[0], nil); got == nil || got.User != test.want {
			t.Errorf("%+v: %+v", test, got)
		}
	}
}

func TestSettleRefuses(t *testing.T) {
	for _, test := range []struct {
		text  string // of account a; empty: none
		flags []string
		env   func(string) string
		want  string
	}{
		{"", []string{"tls=requierd"}, env(), `--tls: invalid policy: "requierd" is not one of required, opportunistic, none (did you mean required?)`},
		{"", []string{"server=h", "server=h:0"}, env(), `--server "h:0": invalid port "0": must be a number from 1 to 65535`},
		{"", nil, env("MAILPIPE_SERVER", "h:0"), `$MAILPIPE_SERVER "h:0": invalid port`},
		{"", []string{"server=smtps://bob:hunter2@h"}, env(), `--server "smtps://[hidden]@h": a password in a URL is visible to other users`},
		{"", []string{"server=smtps://h", "tls=none"}, env(), `--tls none contradicts --server: smtps begins with TLS`},
		{"", []string{"server=h:465", "tls=none"}, env(), `--tls none contradicts --server: smtps begins`},
		{"tls = \"none\"\nserver = \"smtps://h\"", nil, env(), `config.toml:2: tls none contradicts server: smtps begins`},
		{"tls = \"none\"", []string{"server=smtps://h"}, env(), `--server contradicts tls = "none" of `},
		{"", []string{"auth=plain"}, env(), `--auth: missing user`},
		{"auth = \"plain\"", nil, env(), `config.toml:2: auth: missing user`},
		{"", []string{"user=bob:hunter2"}, env(), "--user: a password after a colon is visible to other users"},
		{"", []string{"password-file=x"}, env(), `--password-file: missing user`},
		{"", []string{"user=bob", "password-file=x", "password-command=y"}, env(), `--password-file contradicts --password-command`},
		{"", []string{"tls-key=x"}, env(), "--tls-key: missing certificate for the key"},
		{"tls_key = \"x\"", nil, env(), "config.toml:2: tls_key: missing certificate for the key"},
		{"", []string{"timeout=0"}, env(), `--timeout: invalid duration "0": `},
		{"", []string{"timeout=NaN"}, env(), `--timeout: invalid duration "NaN": `},
		{"", []string{"helo="}, env(), "--helo: must be a domain or an address literal"},
		{"", []string{"tls-fingerprint=00:11"}, env(), "--tls-fingerprint: must be the SHA-256 of a certificate"},
		{"", []string{"tls=opportunistic", pin}, env(), `--tls opportunistic contradicts --tls-fingerprint: the certificate would not be checked`},
		{"", []string{"tls=opportunistic", "tls-ca=ca.pem"}, env(), `--tls opportunistic contradicts --tls-ca: the certificate would not be checked`},
		{"", []string{"tls=none", pin}, env(), `--tls none contradicts --tls-fingerprint: `},
		{"tls = \"opportunistic\"", []string{pin}, env(), `--tls-fingerprint contradicts tls = "opportunistic" of `},
		{"tls = \"opportunistic\"\ntls_fingerprint = \"" + strings.TrimPrefix(pin, "tls-fingerprint=") + "\"", nil, env(), `config.toml:2: tls opportunistic contradicts tls_fingerprint: the certificate would not be checked`},
		{"tls_fingerprint = \"" + strings.TrimPrefix(pin, "tls-fingerprint=") + "\"\ntls = \"none\"", nil, env(), `config.toml:3: tls none contradicts tls_fingerprint`},
	} {
		account := ""
		if test.text != "" {
			account = "a"
		}
		_, err := settle(t, "[accounts.a]\n"+test.text, flags(test.flags...), test.env, account)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v\n got %v\nwant %s", test, err, test.want)
		}
		var e *SettingError
		if !errors.As(err, &e) || strings.HasPrefix(test.want, "config.toml") != e.InFile() {
			t.Errorf("%+v: %T", test, err)
		}
	}
	// Of a pin and a --tls of different layers the higher one is somebody's choice, unless it is the pin.
	account := "[accounts.a]\ntls_fingerprint = \"" + strings.TrimPrefix(pin, "tls-fingerprint=") + "\""
	for _, fine := range [][]string{{"tls=required", pin}, {pin}, {"tls=none"}} {
		if _, err := settle(t, account, flags(fine...), env(), "a"); err != nil {
			t.Error(err)
		}
	}
	// In a file, where nobody types it for curl, a colon is a letter of the user.
	if _, err := settle(t, "[accounts.a]\nuser = \"bob:x\"", flags(), env(), "a"); err != nil {
		t.Error(err)
	}
	// A password that is only in the account needs no user: one may come with -S.
	if _, err := settle(t, "[accounts.a]\npassword_file = \"x\"", flags(), env(), "a"); err != nil {
		t.Error(err)
	}
}

func TestFingerprint(t *testing.T) {
	plain := strings.Repeat("0a", 32)
	colons := strings.TrimSuffix(strings.Repeat("0A:", 32), ":")
	for text, ok := range map[string]bool{plain: true, colons: true, strings.ToUpper(plain): true,
		plain + "00": false, plain[2:]: false, colons + ":": false, strings.Replace(colons, "0A:0", "0A0:", 1): false,
		"0A:" + plain[2:]: false, strings.Replace(plain, "0a", "0g", 1): false, strings.ReplaceAll(colons, ":", "-"): false, "": false} {
		if sum, got := fingerprint(text); got != ok || ok && (len(sum) != 32 || sum[31] != 10) {
			t.Errorf("%q: %x %v", text, sum, got)
		}
	}
}
