package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The example of msmtp's manual, in words of our own, and what becomes of it.
func TestFromMSMTP(t *testing.T) {
	const rc = `# for all
defaults
port 587
tls on
tls_trust_file /etc/ssl/certs/ca-certificates.crt
logfile ~/.msmtp.log

account freemail
host smtp.freemail.example
from joe_smith@freemail.example
from_full_name Joe "Smith"
auth on
user joe.smith
passwordeval "gpg2 -q -d ~/.pw.gpg | head -n1"

account freemail2 : freemail
from joey@freemail.example

account isp
host mail.isp.example
port 25
from smithjoe@isp.example
auth plain
user 12345
password hunter2

account "odd name"
host ::1
port 2525
protocol lmtp
tls off
timeout 60
domain odd.example
account default : freemail
`
	const want = `# Accounts of rc, an msmtp configuration.
# line 6: logfile ~/.msmtp.log: there is no log: keep what --report prints

default = "freemail"

[accounts.freemail]
server = "submission://smtp.freemail.example"
from = "\"Joe \\\"Smith\\\"\" <joe_smith@freemail.example>"
user = "joe.smith"
password_command = "gpg2 -q -d ~/.pw.gpg | head -n1"
tls = "required"
tls_ca = "/etc/ssl/certs/ca-certificates.crt"

[accounts.freemail2]
server = "submission://smtp.freemail.example"
from = "\"Joe \\\"Smith\\\"\" <joey@freemail.example>"
user = "joe.smith"
password_command = "gpg2 -q -d ~/.pw.gpg | head -n1"
tls = "required"
tls_ca = "/etc/ssl/certs/ca-certificates.crt"

[accounts.isp]
server = "smtp://mail.isp.example"
from = "smithjoe@isp.example"
user = "12345"
auth = "PLAIN"
tls = "required"
tls_ca = "/etc/ssl/certs/ca-certificates.crt"
# line 25: password: not copied. Write it to a file that only you can read (mode 600), and add:
# password_file = "~/.config/mailpipe/isp.password"
# or add the command of a password manager that prints it:
# password_command = "pass show mail"

[accounts."odd name"]
server = "lmtp://[::1]:2525"
tls = "none"
helo = "odd.example"
timeout = "60"
connect_timeout = "60"
`
	got, err := FromMSMTP(strings.NewReader(rc), "rc")
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Error(cmp.Diff(want, got))
	}
	c := load(t, got)
	choice, err := c.Choose("", "joey@freemail.example", env())
	if err != nil || choice.Account.Name != "freemail2" {
		t.Errorf("%v %v", choice, err)
	}
}

// Every command of msmtp 1.8, and of those before it, becomes a key or a comment.
func TestMSMTPCommands(t *testing.T) {
	const login = "host h\nauth on\nuser bob\npassword hunter2\n"
	for _, test := range []struct{ rc, want string }{
		{"host h", "server = \"smtp://h\""},
		{"host h\nport 587", "server = \"smtp://h:587\""}, // msmtp does without TLS where nothing is said
		{"host h\nport 587\ntls on", "server = \"submission://h\""},
		{login + "port 587", "server = \"submission://h\""},
		{"host h\nport 465", "server = \"smtp://h:465\""}, // STARTTLS there
		{"host h\ntls on\ntls_starttls off", "server = \"smtps://h\"\ntls = \"required\""},
		{"host h\nport 465\ntls\ntls_starttls off", "server = \"smtps://h\"\ntls = \"required\""},
		{"host h\nport 2465\ntls on\ntls_nostarttls", "server = \"smtps://h:2465\""},
		{"host h\nprotocol lmtp\nport 24", "server = \"lmtp://h\""},
		{"host h\nprotocol lmtp\ntls on\ntls_starttls off", "# line 5: tls_starttls off: LMTP with immediate TLS is not supported: STARTTLS is used"},
		{"host h\nsocket /run/smtp", "server = \"smtp+unix:/run/smtp\""},
		{"socket /run/lmtp\nprotocol lmtp", "server = \"lmtp+unix:/run/lmtp\""},
		{"from bob@x.example", "# account default: missing host: mailpipe would use smtp://localhost:25"},
		{"host h\ntls off", "tls = \"none\""},
		{login + "tls off", "# line 5: tls off: dropped: a password is sent only over verified TLS or a Unix socket"},
		{"host h\ntls on\ntls_certcheck off", "tls = \"opportunistic\""},
		{"host h\ntls on\ntls_nocertcheck", "tls = \"opportunistic\"\n# line 4: tls_certcheck off: if the server offers no TLS, the mail is sent in the clear, which msmtp would refuse"},
		{"host h\ntls on\ntls_certcheck off\ntls_fingerprint " + strings.Repeat("AB", 32), "tls = \"required\"\ntls_fingerprint = \"ABAB"},
		{"host h\ntls on\ntls_certcheck off\ntls_fingerprint " + strings.Repeat("AB", 32), "# line 4: tls_certcheck off: dropped: tls_fingerprint pins the certificate"},
		{"host h\ntls on\ntls_certcheck off\ntls_fingerprint AB", "# line 5: tls_fingerprint AB: must be the SHA-256 of a certificate"},
		{login + "tls on\ntls_certcheck off", "tls = \"required\"\n# line 4: password"},
		{login + "tls on\ntls_certcheck off", "# line 6: tls_certcheck off: dropped: a password is sent only over verified TLS. `mailpipe deliver --probe` prints the fingerprint for tls_fingerprint"},
		{"host h\ntls on\ntls_trust_file system", "tls = \"required\"\n"},
		{"host h\ntls on\ntls_trust_file ~/ca.pem", "tls_ca = \"~/ca.pem\""},
		{"host h\ntls on\ntls_crl_file x", "# line 4: tls_crl_file x: revocation lists are not supported"},
		{"host h\ntls on\ntls_fingerprint " + strings.TrimSuffix(strings.Repeat("AB:", 32), ":"), "tls_fingerprint = \"AB:AB:"},
		{"host h\ntls on\ntls_fingerprint " + strings.TrimSuffix(strings.Repeat("AB:", 20), ":"), "# line 4: tls_fingerprint AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB: must be the SHA-256"},
		{"host h\ntls on\ntls_cert_file c\ntls_key_file k", "tls_cert = \"c\"\ntls_key = \"k\""},
		{"host h\ntls on\ntls_cert_file pkcs11:x?pin-value=hunter2\ntls_key_file pkcs11:x", "# line 4: tls_cert_file: a certificate must be in a file, not on a device"},
		{"host h\ntls on\ntls_host_override mx.example", "tls_name = \"mx.example\""},
		{"host h\ntls_min_dh_prime_bits 512", "# line 3: tls_min_dh_prime_bits 512: not needed"},
		{"host h\ntls_priorities NORMAL", "# line 3: tls_priorities NORMAL: not needed"},
		{"host h\ntls_force_sslv3", "# line 3: tls_force_sslv3: SSL 3 is not supported"},
		{"host h\nauth scram-sha-256\nuser bob", "user = \"bob\"\nauth = \"SCRAM-SHA-256\""},
		{"host h\nauth xoauth2\nuser bob\npasswordeval tok", "auth = \"XOAUTH2\"\npassword_command = \"tok\""},
		{"host h\nauth cram-md5\nuser bob", "auth = \"CRAM-MD5\""},
		{"host h\nauth external\ntls on", "auth = \"EXTERNAL\""},
		{"host h\nauth external\nuser bob", "user = \"bob\"\nauth = \"EXTERNAL\"\n"},
		{"host h\nauth\nuser bob", "user = \"bob\""},
		{"host h\nauth gssapi\nuser bob", "# line 3: auth gssapi: not supported: the best mechanism that the server offers is used"},
		{"host h\nauth digest-md5\nuser bob", "# line 3: auth digest-md5: not supported"},
		{"host h\nauth ntlm\nuser bob\nntlmdomain d", "# line 5: ntlmdomain d: NTLM is not supported"},
		{"host h\nauth off\nuser bob", "# line 4: user bob: auth is off, so msmtp does not log in. With user = \"bob\", mailpipe would"},
		{"host h\nauth on", "# line 3: auth on: missing user"},
		{login + "passwordeval tok", "# line 5: passwordeval: dropped: msmtp uses the password instead"},
		{"host h\nauth on\nuser bob\npasswordeval tok\npassword", "password_command = \"tok\""},
		{"host h\nauth on\nuser bob", "# password_command = \"secret-tool lookup host h service smtp user bob\""},
		{"host h\nauth on\nuser it's", "# password_command = \"secret-tool lookup host h service smtp user 'it'\\\\''s'\""},
		{"host h\ntimeout off", "# line 3: timeout off: every wait has a limit"},
		{"host h\nconnect_timeout 30", "timeout = \"30\"\nconnect_timeout = \"30\""},
		{"host h\ntimeout 0", "# line 3: timeout 0: invalid duration \"0\""},
		{"host h\ndomain %H", "# line 3: domain %H: patterns are not replaced"},
		{"host h\nfrom %U@%H", "# line 3: from %U@%H: patterns are not replaced"},
		{"host h\nfrom *@x.example", "# line 3: from *@x.example: an account is chosen by one address"},
		{"host h\nfrom bob", "# line 3: from bob: "},
		{"host h\nallow_from_override off", "# line 3: allow_from_override off: -f always wins"},
		{"host h\ndsn_notify failure,delay", "# line 3: dsn_notify failure,delay: use --notify with each mail"},
		{"host h\ndsn_return headers", "# line 3: dsn_return headers: use --ret"},
		{"host h\nset_from_header on", "# line 3: set_from_header on: compose always writes From"},
		{"host h\nadd_missing_from_header", "# line 3: add_missing_from_header: compose"},
		{"host h\nset_date_header off", "# line 3: set_date_header off: a missing Date is always added"},
		{"host h\nadd_missing_date_header on", "# line 3: add_missing_date_header on: a missing"},
		{"host h\nset_msgid_header off", "# line 3: set_msgid_header off: a missing Message-ID"},
		{"host h\nset_to_header off", "# line 3: set_to_header off: compose"},
		{"host h\nremove_bcc_headers off", "# line 3: remove_bcc_headers off: Bcc is always removed"},
		{"host h\nkeepbcc on", "# line 3: keepbcc on: Bcc is always removed"},
		{"host h\nundisclosed_recipients on", "# line 3: undisclosed_recipients on: use --bcc for all recipients"},
		{"host h\nlogfile -", "# line 3: logfile -: there is no log"},
		{"host h\nlogfile_time_format %s", "# line 3: logfile_time_format %s: there is no log"},
		{"host h\nsyslog LOG_MAIL", "# line 3: syslog LOG_MAIL: there is no log: pipe what --report prints into logger(1)"},
		{"host h\naliases /etc/aliases", "# line 3: aliases /etc/aliases: aliases are not supported"},
		{"host h\nauto_from on", "# line 3: auto_from on: the default is user@host"},
		{"host h\nmaildomain x", "# line 3: maildomain x: the default is user@host"},
		{"host h\nproxy_host 127.0.0.1", "# line 3: proxy_host 127.0.0.1: SOCKS is not supported"},
		{"host h\nproxy_port 9050", "# line 3: proxy_port 9050: SOCKS is not supported"},
		{"host h\nsource_ip 127.0.0.2", "# line 3: source_ip 127.0.0.2: the local address cannot be chosen"},
		{"host h\nauth on\nuser b\npassword \xff", "# line 5: password: not copied"},
		{"host h\npassword hunter2", "# line 3: password: dropped: auth is off"},
		{"host h\nauth on\npassword hunter2", "# line 3: auth on: missing user\n# line 4: password: dropped: missing user"},
		{"host h\nuser b\npasswordeval echo hunter2", "# line 4: passwordeval: dropped: auth is off"},
		{"host h\ntls off\ntls_trust_file ca\ntls_fingerprint x\ntls_host_override n\ntls_cert_file pkcs11:x?pin-value=hunter2\ntls_key_file k",
			"tls = \"none\"\n# line 4: tls_trust_file: dropped: tls is off\n# line 5: tls_fingerprint: dropped: tls is off\n# line 6: tls_host_override: dropped: tls is off\n" +
				"# line 7: tls_cert_file: dropped: tls is off\n# line 8: tls_key_file: dropped: tls is off\n"},
		{login + "tls_trust_file ca", "tls_ca = \"ca\""},
		{"host h\ntls on\ntls_key_file k", "# line 4: tls_key_file: dropped: missing tls_cert_file"},
		{"host h\neval echo password hunter2", "# line 3: eval: the output of a command cannot be used"},
		{"host h\npasswrod hunter2", "# line 3: passwrod: unknown to mailpipe"},
		{"host h\nlogfile \x1b[2J", `# line 3: logfile \x1b[2J: there is no log`},
	} {
		got, err := FromMSMTP(strings.NewReader("account default\n"+test.rc+"\n"), "rc")
		if strings.HasPrefix(test.rc, "host h\nauth on\nuser bob\npassword") || !strings.HasPrefix(test.rc, "host") {
			got, err = FromMSMTP(strings.NewReader(test.rc+"\n"), "rc") // before any account, as msmtp 1.2 had it
		}
		if err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%s\n got %s%v\nwant %s", test.rc, got, err, test.want)
			continue
		}
		if strings.Contains(got, "hunter2") {
			t.Errorf("%s: the password is in it:\n%s", test.rc, got)
		}
		load(t, got)
	}
}

func TestMSMTPRefuses(t *testing.T) {
	for _, test := range []struct{ rc, want string }{
		{"account", "rc:1: account: missing name of the account"},
		{"account a\naccount a", `rc:2: account: duplicate account "a"`},
		{"account b : a", `rc:1: account: unknown account "a": must be defined before this line`},
		{"account a\nhost h\ntls maybe", `rc:3: tls: must be on or off, not "maybe"`},
		{"account a\nhost h\nprotocol http", `rc:3: protocol: must be smtp or lmtp, not "http"`},
		{"account a\nhost h\nport x", `rc:3: port: invalid port "[hidden]": must be a number from 1 to 65535`},
		{"account a\nhost \xff", "rc:2: host: not valid UTF-8"},
		{"account " + strings.Repeat("x", 70000), "rc: too long line: over 64 KiB"},
	} {
		_, err := FromMSMTP(strings.NewReader(test.rc), "rc")
		var e *SettingError
		if !errors.As(err, &e) || err.Error() != test.want {
			t.Errorf("%.40q: got %v, want %s", test.rc, err, test.want)
		}
	}
}

// Inheritance: defaults are filled in, listed accounts win with what was said in them.
func TestMSMTPInheritance(t *testing.T) {
	const rc = "defaults\nhost d\nport 1\naccount a\nhost a\naccount b\nport 2\naccount c : a, b\ndefaults\nport 3\naccount e : a\n"
	got, err := FromMSMTP(strings.NewReader(rc), "rc")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"[accounts.a]\nserver = \"smtp://a:1\"", "[accounts.b]\nserver = \"smtp://d:2\"",
		"[accounts.c]\nserver = \"smtp://a:2\"", "[accounts.e]\nserver = \"smtp://a:3\""} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "default =") {
		t.Error("msmtp has no default here")
	}
}

// Whatever msmtp's file says, ours can be read.
func FuzzFromMSMTP(f *testing.F) {
	for _, seed := range []string{"account a\nhost h\nuser \"b", "defaults\nauth on\nuser x\nfrom a@b\naccount a:b", "host h\ntimeout 1e9\ndomain [::1]\nport 465\ntls\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rc string) {
		got, err := FromMSMTP(strings.NewReader(rc+"\nhost h\npassword hunter2\n"), "rc")
		if err != nil {
			return
		}
		if strings.Contains(got, "hunter2") && !strings.Contains(rc, "hunter2") {
			t.Fatalf("the password is in\n%s", got)
		}
		c := &Config{accounts: map[string]*Account{}}
		if err := c.read("f", []byte(got)); err != nil {
			t.Fatalf("%v\n%s", err, got)
		}
		if _, err := c.Choose("", "", env()); err != nil {
			t.Fatalf("%v\n%s", err, got)
		}
	})
}
