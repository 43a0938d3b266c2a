package config

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The accounts resemble the example of msmtp's manual.
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

default = "freemail"

[accounts.freemail]
server = "submission://smtp.freemail.example"
from = "\"Joe \\\"Smith\\\"\" <joe_smith@freemail.example>"
user = "joe.smith"
password_command = "gpg2 -q -d ~/.pw.gpg | head -n1"
tls = "required"
tls_ca = "/etc/ssl/certs/ca-certificates.crt"
log = "~/.msmtp.log"

[accounts.freemail2]
server = "submission://smtp.freemail.example"
from = "\"Joe \\\"Smith\\\"\" <joey@freemail.example>"
user = "joe.smith"
password_command = "gpg2 -q -d ~/.pw.gpg | head -n1"
tls = "required"
tls_ca = "/etc/ssl/certs/ca-certificates.crt"
log = "~/.msmtp.log"

[accounts.isp]
server = "smtp://mail.isp.example"
from = "smithjoe@isp.example"
user = "12345"
auth = "PLAIN"
tls = "required"
tls_ca = "/etc/ssl/certs/ca-certificates.crt"
log = "~/.msmtp.log"
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
log = "~/.msmtp.log"
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

// testdata/msmtp.txt has every command of msmtp 1.8 and of older versions.
// Lines before the first account belong to the account default.
func TestMSMTPCommands(t *testing.T) {
	text, err := os.ReadFile("testdata/msmtp.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		var rc string
		var want []string
		for line := range strings.Lines(block) {
			if beginning, ok := strings.CutPrefix(line, "> "); ok {
				want = append(want, strings.TrimSpace(beginning))
			} else {
				rc += line
			}
		}
		checkMSMTP(t, rc, want)
		if len(want) > 0 {
			cases++
		}
	}
	if cases < 80 {
		t.Errorf("only %d cases in testdata/msmtp.txt", cases)
	}
	checkMSMTP(t, "host h\nauth on\nuser b\npassword \xff\n", []string{"# line 4: password: not copied."})
	checkMSMTP(t, "host h\nauth on\nuser b\npasswordeval echo hunter2\x00\n",
		[]string{"# line 4: passwordeval echo [hidden]: contains NUL"})
	checkMSMTP(t, "host h\nlogfile \x1b[2J\n", []string{`# line 2: logfile \x1b[2J: `})
}

// checkMSMTP converts an msmtprc. It checks that the result can be read, that
// its lines begin as expected, and that the password hunter2 is not among them.
func checkMSMTP(t *testing.T, rc string, want []string) {
	t.Helper()
	got, err := FromMSMTP(strings.NewReader(rc), "rc")
	if err != nil {
		t.Errorf("%s\n%v", rc, err)
		return
	}
	if strings.Contains(got, "hunter2") {
		t.Errorf("%s\nshows the password:\n%s", rc, got)
	}
	for _, w := range want {
		if !strings.Contains("\n"+got, "\n"+w) {
			t.Errorf("%s\n got %s\nwant %s", rc, got, w)
		}
	}
	load(t, got)
}

// Nothing in an msmtprc reaches the terminal as a control or invisible
// character. The TOML has the same value as the msmtprc.
func TestMSMTPEscapes(t *testing.T) {
	const name = "a\u202e\u009b\U000e0041"
	got, err := FromMSMTP(strings.NewReader("account "+name+"\nhost h\ntls on\ntls_trust_file /\u202e\n"), "rc")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`[accounts."a\u202E\u009B\U000E0041"]`, `tls_ca = "/\u202E"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not contain %s", got, want)
		}
	}
	choice, err := load(t, got).Choose(name, "", env())
	if err != nil || choice.Account.Name != name {
		t.Errorf("the account %q: %v, %v", name, choice, err)
	}
}

func TestMSMTPRefused(t *testing.T) {
	for _, tt := range []struct{ rc, want string }{
		{"account", "rc:1: account: missing name of the account"},
		{"account a\naccount a", `rc:2: account: duplicate account "a"`},
		{"account b : a", `rc:1: account: unknown account "a": must be defined before this line`},
		{"account a\nhost h\ntls maybe", `rc:3: tls: must be on or off, not "maybe"`},
		{"account a\nhost h\nprotocol http", `rc:3: protocol: must be smtp or lmtp, not "http"`},
		{"set_from_header maybe", `rc:1: set_from_header: must be on, off or auto, not "maybe"`},
		{"account a\nhost h\nport 0", `rc:3: port: invalid port "0": must be a number from 1 to 65535`},
		{"account a\nhost \xff", "rc:2: host: not valid UTF-8"},
		{"account a\npassword=hunter2\xff", "rc:2: password[hidden]: not valid UTF-8"},
		{strings.Repeat("logfile x\n", maxConfig/10+1), "rc: too large: over 1 MiB"},
	} {
		_, err := FromMSMTP(strings.NewReader(tt.rc), "rc")
		var e *SettingError
		if !errors.As(err, &e) || err.Error() != tt.want {
			t.Errorf("%.40q: got %v, want %s", tt.rc, err, tt.want)
		}
	}
}

// The lines of the defaults come first. Those of the parents replace them, the
// last parent first.
func TestMSMTPInheritance(t *testing.T) {
	const rc = `defaults
host d
port 1
account a
host a
account b
port 2
account c : a, b
defaults
port 3
account e : a
`
	got, err := FromMSMTP(strings.NewReader(rc), "rc")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"[accounts.a]\nserver = \"smtp://a:1\"",
		"[accounts.b]\nserver = \"smtp://d:2\"",
		"[accounts.c]\nserver = \"smtp://a:2\"",
		"[accounts.e]\nserver = \"smtp://a:3\"",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "default =") {
		t.Errorf("there is a default, but no account default:\n%s", got)
	}
}

// Whatever is in an msmtprc, the TOML is valid.
func FuzzFromMSMTP(f *testing.F) {
	f.Add("account a\nhost h\nuser \"b")
	f.Add("defaults\nauth on\nuser x\nfrom a@b\naccount a:b")
	f.Add("host h\ntimeout 1e9\ndomain [::1]\nport 465\ntls\n")
	f.Fuzz(func(t *testing.T, rc string) {
		got, err := FromMSMTP(strings.NewReader(rc+"\nhost h\npassword hunter2\n"), "rc")
		if err != nil {
			return
		}
		if strings.Contains(got, "hunter2") && !strings.Contains(rc, "hunter2") {
			t.Fatalf("it shows the password:\n%s", got)
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
