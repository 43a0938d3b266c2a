package config

import (
	"errors"
	"strings"
	"testing"
)

func TestInvalidFile(t *testing.T) {
	const work = "[accounts.work]\n"
	for _, tt := range []struct{ text, want string }{
		// Keys at the top.
		{"x = 1", ":1: x: unknown key: must be one of default, accounts"},
		{"\ndefualt = \"work\"", ":2: defualt: unknown key (did you mean default?)"},
		{"default = 3", ":1: default: must be a string"},
		{"accounts = 3", ":1: accounts: must be a table of tables: [accounts.NAME]"},
		{"[accounts]\nwork = 3", ":2: accounts.work: must be a table: [accounts.work]"},
		{"[[accounts]]\nserver = \"a\"", ":1: accounts: must be a table of tables: [accounts.NAME]"},
		{"[account.work]\nserver = \"a\"", ":1: account: unknown key (did you mean accounts?)"},
		{
			"server = \"smtp://h\"",
			":1: server: belongs in the table of an account, after a line such as [accounts.work]",
		},

		// Keys of an account.
		{work + "srever = \"a\"", ":2: srever: unknown key (did you mean server?)"},
		{work + "Server = \"a\"", ":2: Server: unknown key (did you mean server?)"},
		{work + "\n# x\ntls-ca = \"a\"", ":4: tls-ca: unknown key (did you mean tls_ca?)"},
		{work + "host = \"a\"", ":2: host: unknown key (did you mean server?)"},
		{work + "password = \"hunter2\"", ":2: password: a password does not belong in this file"},
		{work + "pass = \"hunter2\"", ":2: pass: a password does not belong in this file"},
		{
			work + "zzz = 1",
			":2: zzz: unknown key: must be one of server, from, user, auth, password_command, password_file, tls, " +
				"tls_ca, tls_cert, tls_key, tls_fingerprint, tls_name, helo, timeout, " +
				"connect_timeout, log, spool, connections, " +
				"mails_per_connection, rate, pipelining",
		},
		{
			work + "password_file = \"a\"\npassword_command = \"b\"",
			":2: password_file contradicts password_command",
		},

		// Values of a wrong type.
		{work + "tls = true", ":2: tls: must be a string"},
		{work + "user = [\"a\"]", ":2: user: must be a string"},
		{work + "server = 25", ":2: server: must be a string or a list of strings"},
		{work + "server = []", ":2: server: must be a string or a list of strings"},
		{work + "server = [\"a\",\n 3]", ":2: server: must be a string or a list of strings"},
		{work + "pipelining = \"no\"", ":2: pipelining: must be true or false"},
		{work + "pipelining = 0", ":2: pipelining: must be true or false"},
		{work + "timeout = true", `:2: timeout: must be a number of seconds, or a string such as "90s"`},

		// Invalid values.
		{
			work + "tls = \"requierd\"",
			`:2: tls: unknown policy "requierd": must be one of required, opportunistic, none (did you mean required?)`,
		},
		{
			work + "auth = \"plian\"",
			`:2: auth: unknown mechanism "plian": must be one of SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, LOGIN, ` +
				`OAUTHBEARER, XOAUTH2, EXTERNAL, CRAM-MD5 (did you mean PLAIN?)`,
		},
		{work + "server = \"\"", `:2: server: must not be empty`},
		{
			work + "server = \"smtps://bob:hunter2@h\"",
			`:2: server "smtps://[hidden]@h": a password in a URL is visible to other users`,
		},
		{
			work + "server = \"smpt://h\"",
			`:2: server "smpt://h": unknown scheme "smpt": must be one of smtp, smtps, submission, lmtp, lmtp+unix, ` +
				`smtp+unix, pipe, sink (did you mean smtp://h?)`,
		},
		{work + "from = \"bob\"", ":2: from: "},
		{work + "user = \"\"", ":2: user: must not be empty"},
		{work + "user = \"a\\u0000b\"", ":2: user: contains a control character"},
		{work + "password_command = \" \"", ":2: password_command: must not be empty"},
		{
			work + "timeout = \"soon\"",
			`:2: timeout: invalid duration "soon": must be a number of seconds, or such as 90s, 5m or 1h`,
		},
		{work + "timeout = 0", `:2: timeout: invalid duration "0": `},
		{work + "timeout = -1.5", `:2: timeout: invalid duration "-1.5": `},
		{
			work + "tls_fingerprint = \"AB:CD\"",
			":2: tls_fingerprint: must be the SHA-256 of a certificate: 64 hexadecimal digits, colons allowed",
		},
		{work + "tls_name = \"a b\"", `:2: tls_name: invalid host name "a b"`},
		{work + "helo = \"a b\"", ":2: helo: must be a domain or an address literal"},
	} {
		checkReadError(t, tt.text, tt.want)
	}
}

// The library quotes values in some messages. They may be passwords.
func TestInvalidTOML(t *testing.T) {
	const work = "[accounts.work]\n"
	for _, tt := range []struct{ text, want string }{
		{"[accounts.work\nserver = \"a\"", ":2: "},
		{work + "server = a", ":2: missing value, or missing quotes around it"},
		{work + "password = hunter2", ":2: missing value, or missing quotes around it"},
		{work + "password = [hunter2]", ":2: missing value, or missing quotes around it"},
		{
			work + "password = \"hunter2\\u\"",
			":2: expected four hexadecimal digits after '\\u', but got [hidden] instead",
		},
		{work + "password = 2026-01-x", ":2: invalid datetime: [hidden]"},
		{work + "password \"hunter2\"", ":2: expected '.' or '=', but got a quote instead"},
		{work + "password = 007", ":2: Invalid integer [hidden]: cannot have leading zeroes"},
		{work + "password = 98765432109876543210", ":2: [hidden] is out of range for int64"},
		{work + "password = 9e999", ":2: [hidden] is out of range for float64"},
		{work + "password = -0x7", ":2: cannot use sign with non-decimal numbers: [hidden]"},
		{work + "server = \"a\"\nserver = \"b\"", ":3: Key 'accounts.work.server' has already been defined."},
		{work + "server = \"a\"\n" + work, ":3: Key 'accounts.work' has already been defined."},
		{
			"[accounts.\"a b\"]\nserver = \"a\"\nserver = \"b\"",
			":3: Key 'accounts.\"a b\".server' has already been defined.",
		},
		{"default = \"\xff\"", ":1: "},
		{
			"\xff\xfed\x00e\x00",
			":1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8",
		},
		// Escapes that the end of the file cuts off.
		{"\"\\", ":1: "},
		{"a = \"\\", ":1: "},
		{"default = \"a\"\n\n\"\\", ":3: "},
		{"a = \"\"\"\n\\", ":2: "},
	} {
		checkReadError(t, tt.text, tt.want)
	}
}

func checkReadError(t *testing.T, text, want string) {
	t.Helper()
	_, err := Load(write(t, text), env())
	var e *SettingError
	if !errors.As(err, &e) || !e.InFile() || !strings.Contains(err.Error(), "config.toml"+want) {
		t.Errorf("%q\n got %v\nwant %s", text, err, want)
		return
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%q: the error shows the password: %v", text, err)
	}
}

// A file of msmtp in place of ours gets a hint.
func TestMSMTPAsConfig(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"# for all\ndefaults\ntls on\n", true},
		{"account work\nhost h\n", true},
		{"\n  account work : home\n", true},
		{"host smtp.example.org\nuser bob", true},
		{"tls_starttls off", true},
		{"logfile ~/.msmtp.log", true},
		{"keepbcc on", true},
		{"tls_nocertcheck", true},
		{"\"x", false},
		{"host = smtp.example.org", false},
		{"[accounts.work]\nuser bob", false},
		{"machine h login bob password hunter2", false},
	} {
		name := write(t, tt.text)
		_, err := Load(name, env())
		var e *SettingError
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		want := ""
		if tt.want {
			want = "convert it: mailpipe config --from-msmtp " + name
		}
		if e.Fix != want {
			t.Errorf("%q: the fix is %q, want %q", tt.text, e.Fix, want)
		}
	}
}

// Editors on Windows write a BOM.
func TestBOM(t *testing.T) {
	c := load(t, "\ufeff[accounts.a]\nserver = \"h\"")
	if c.accounts["a"] == nil {
		t.Errorf("account a is missing: %+v", c)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("\"\\")
	f.Add("default = \"a\"\n[accounts.a]\nserver = [\"h\", \"smtps://h:1\"]\ntimeout = 3")
	f.Add("[accounts.\"a b\"]\nuser = \"x\"\n[accounts.c.d]\n")
	f.Fuzz(func(t *testing.T, text string) {
		c := &Config{accounts: map[string]*Account{}}
		err := c.read("f", []byte(text))
		var e *SettingError
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%T: %v", err, err)
		}
		if err != nil && e.Origin.Line == 0 {
			t.Fatalf("the error has no line: %v", err)
		}
		for _, name := range c.Accounts() {
			choice, err := c.Choose(name, "", env())
			if err == nil {
				Settle(flags(), env(), choice) // must not panic
			}
		}
	})
}
