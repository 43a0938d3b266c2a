package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// env is an environment for a test.
func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func load(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Load(write(t, text), env())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWrongFile(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"server = \"smtp://h\"", ":1: server: belongs in the table of an account, after a line such as [accounts.work]"},
		{"x = 1", ":1: x: unknown key: the keys are default, accounts"},
		{"\ndefualt = \"work\"", ":2: defualt: unknown key (did you mean default?)"},
		{"default = 3", ":1: default: must be a string"},
		{"accounts = 3", ":1: accounts: must be a table of tables: [accounts.NAME]"},
		{"[accounts]\nwork = 3", ":2: accounts.work: must be a table: [accounts.work]"},
		{"[[accounts]]\nserver = \"a\"", ":1: accounts: must be a table of tables: [accounts.NAME]"},
		{"[account.work]\nserver = \"a\"", ":1: account: unknown key (did you mean accounts?)"},
		{"[accounts.work]\nsrever = \"a\"", ":2: srever: unknown key (did you mean server?)"},
		{"[accounts.work]\n\n# x\ntls-ca = \"a\"", ":4: tls-ca: unknown key (did you mean tls_ca?)"},
		{"[accounts.work]\nhost = \"a\"", ":2: host: unknown key (did you mean server?)"},
		{"[accounts.work]\npassword = \"hunter2\"", ":2: password: a password does not belong in this file"},
		{"[accounts.work]\npass = \"hunter2\"", ":2: pass: a password does not belong in this file"},
		{"[accounts.work]\nzzz = 1", ":2: zzz: unknown key: the keys are server, from, user, auth, password_command, password_file, tls, tls_ca, tls_cert, tls_key, tls_fingerprint, tls_name, helo, timeout, connect_timeout"},
		{"[accounts.work]\ntls = \"requierd\"", `:2: tls: invalid policy: "requierd" is not one of required, opportunistic, none (did you mean required?)`},
		{"[accounts.work]\ntls = true", ":2: tls: must be a string"},
		{"[accounts.work]\nauth = \"plian\"", `:2: auth: invalid mechanism: "PLIAN" is not one of SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, LOGIN, OAUTHBEARER, XOAUTH2, EXTERNAL, CRAM-MD5 (did you mean PLAIN?)`},
		{"[accounts.work]\nserver = 25", `:2: server: must be a string or a list of strings`},
		{"[accounts.work]\nserver = []", `:2: server: must be a string or a list of strings`},
		{"[accounts.work]\nserver = [\"a\",\n 3]", `:2: server: must be a string or a list of strings`},
		{"[accounts.work]\nserver = \"\"", `:2: server: must not be empty`},
		{"[accounts.work]\nserver = \"smtps://bob:hunter2@h\"", `:2: server "smtps://[hidden]@h": a password in a URL is visible to other users`},
		{"[accounts.work]\nserver = \"smpt://h\"", `:2: server "smpt://h": invalid scheme: "smpt" is not one of smtp, smtps, submission, lmtp, lmtp+unix, smtp+unix, pipe, sink (did you mean smtp://h?)`},
		{"[accounts.work]\nfrom = \"bob\"", ":2: from: "},
		{"[accounts.work]\nuser = \"\"", ":2: user: must not be empty"},
		{"[accounts.work]\nuser = \"a\\u0000b\"", ":2: user: contains a control character"},
		{"[accounts.work]\npassword_command = \" \"", ":2: password_command: must not be empty"},
		{"[accounts.work]\ntimeout = \"soon\"", `:2: timeout: invalid duration "soon": must be a number of seconds, or such as 90s, 5m or 1h`},
		{"[accounts.work]\ntimeout = 0", `:2: timeout: invalid duration "0": `},
		{"[accounts.work]\ntimeout = -1.5", `:2: timeout: invalid duration "-1.5": `},
		{"[accounts.work]\ntimeout = true", `:2: timeout: must be a number of seconds, or a string such as "90s"`},
		{"[accounts.work]\ntls_fingerprint = \"AB:CD\"", ":2: tls_fingerprint: must be the SHA-256 of a certificate: 64 hexadecimal digits, colons allowed"},
		{"[accounts.work]\ntls_name = \"a b\"", `:2: tls_name: invalid host name "a b"`},
		{"[accounts.work]\nhelo = \"a b\"", ":2: helo: must be a domain or an address literal"},
		{"[accounts.work]\npassword_file = \"a\"\npassword_command = \"b\"", ":2: password_file contradicts password_command"},
		{"[accounts.work\nserver = \"a\"", ":2: "},
		{"[accounts.work]\nserver = a", ":2: missing value, or missing quotes around it"},
		{"[accounts.work]\npassword = hunter2", ":2: missing value, or missing quotes around it"},
		{"[accounts.work]\npassword = [hunter2]", ":2: missing value, or missing quotes around it"},
		{"[accounts.work]\npassword = \"hunter2\\u\"", ":2: expected four hexadecimal digits after '\\u', but got [hidden] instead"},
		{"[accounts.work]\npassword = 2026-01-x", ":2: invalid datetime: [hidden]"},
		{"[accounts.work]\npassword \"hunter2\"", ":2: expected '.' or '=', but got a quote instead"},
		{"[accounts.work]\npassword = 007", ":2: Invalid integer [hidden]: cannot have leading zeroes"},
		{"[accounts.work]\npassword = -0x7", ":2: cannot use sign with non-decimal numbers: [hidden]"},
		{"[accounts.work]\nserver = \"a\"\nserver = \"b\"", ":3: Key 'accounts.work.server' has already been defined."},
		{"default = \"\xff\"", ":1: "},
		{"\xff\xfed\x00e\x00", ":1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8"},
		{"[accounts.work]\nserver = \"a\"\n[accounts.work]\n", ":3: Key 'accounts.work' has already been defined."},
		{"[accounts.\"a b\"]\nserver = \"a\"\nserver = \"b\"", ":3: Key 'accounts.\"a b\".server' has already been defined."},
		{"[accounts.work]\nServer = \"a\"", ":2: Server: unknown key (did you mean server?)"},
		{"[accounts.work]\nuser = [\"a\"]", ":2: user: must be a string"},
	} {
		_, err := Load(write(t, test.text), env())
		var e *SettingError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "config.toml"+test.want) {
			t.Errorf("%q\n got %v\nwant %s", test.text, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error shows the password: %v", test.text, err)
		}
	}
}

// A BOM, as Windows writes it, is no part of a file.
func TestBOM(t *testing.T) {
	if c := load(t, "\ufeff[accounts.a]\nserver = \"h\""); c.accounts["a"] == nil {
		t.Errorf("%+v", c)
	}
}

func TestUnreadableFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.toml")
	if _, err := Load(missing, env()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	var e *fs.PathError
	if _, err := Load(t.TempDir(), env()); !errors.As(err, &e) {
		t.Errorf("folder: %v", err)
	}
	if c, err := Load(noFile, env()); err != nil || len(c.Files) > 0 {
		t.Errorf("none: %v %v", c, err)
	}
}

func TestUsualFiles(t *testing.T) {
	for _, test := range []struct {
		env  func(string) string
		want string
	}{
		{env("XDG_CONFIG_HOME", "/x", "HOME", "/h"), "/x/mailpipe/config.toml /etc/mailpipe/config.toml"},
		{env("XDG_CONFIG_HOME", "x", "HOME", "/h"), "/h/.config/mailpipe/config.toml /etc/mailpipe/config.toml"},
		{env("HOME", "/h"), "/h/.config/mailpipe/config.toml /etc/mailpipe/config.toml"},
		{env(), "/etc/mailpipe/config.toml"},
	} {
		if got := strings.Join(defaultFiles(test.env), " "); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	home := t.TempDir()
	folder := filepath.Join(home, "mailpipe")
	os.Mkdir(folder, 0o700)
	name := filepath.Join(folder, "config.toml")
	os.WriteFile(name, []byte("[accounts.mine]\nserver = \"h\""), 0o600)
	c, err := Load("", env("XDG_CONFIG_HOME", home))
	if err != nil || c.Files[0] != name || c.accounts["mine"] == nil {
		t.Errorf("%v %v", c, err)
	}
	// A file in place of the folder is no reason to stop.
	os.RemoveAll(folder)
	os.WriteFile(folder, nil, 0o600)
	if _, err := Load("", env("XDG_CONFIG_HOME", home)); err != nil {
		t.Error(err)
	}
}

// The user's own accounts win whole, and so does his default.
func TestTwoFiles(t *testing.T) {
	c := &Config{accounts: map[string]*Account{}}
	if err := c.read("own", []byte("default = \"b\"\n[accounts.a]\nserver = \"own\"")); err != nil {
		t.Fatal(err)
	}
	if err := c.read("etc", []byte("default = \"a\"\n[accounts.a]\nserver = \"etc\"\nhelo = \"x\"\n[accounts.b]\nserver = \"etc\"")); err != nil {
		t.Fatal(err)
	}
	if a := c.accounts["a"]; a.settings["server"].origin.String() != "own:3" || len(a.settings) != 1 {
		t.Errorf("a is %v", a)
	}
	choice, err := c.Choose("", "", env())
	if err != nil || choice.Account.Name != "b" || choice.Origin.String() != "own:1" {
		t.Errorf("default: %v %v", choice, err)
	}
}

func TestChoose(t *testing.T) {
	const text = `default = "home"
[accounts.work]
from = "Bob Work <bob@work.example>"
[accounts.home]
from = "bob@home.example"
[accounts.twin]
from = "bob@twin.example"
[accounts.twin2]
from = "bob@Twin.Example"
`
	c := load(t, text)
	for _, test := range []struct{ flag, from, variable, want, origin string }{
		{"", "", "", "home", ":1"},
		{"work", "bob@home.example", "twin", "work", "-A"},
		{"", "bob@home.example", "twin", "twin", "$MAILPIPE_ACCOUNT"},
		{"", "bob@work.example", "", "work", "From"},
		{"", "bob@WORK.example", "", "work", "From"},
		{"", "Bob@work.example", "", "home", ":1"},
		{"", "bob@twin.example", "", "home", ":1"}, // two have it
		{"", "al@else.example", "", "home", ":1"},
	} {
		got, err := c.Choose(test.flag, test.from, env("MAILPIPE_ACCOUNT", test.variable))
		if err != nil || got.Account.Name != test.want || !strings.HasSuffix(got.Origin.String(), test.origin) || got.Named != (test.flag != "") {
			t.Errorf("%+v: got %+v %v", test, got, err)
		}
	}
	if got, err := load(t, "").Choose("", "", env()); err != nil || got.Account != nil {
		t.Errorf("no file says anything: %v %v", got, err)
	}
	for _, test := range []struct{ flag, variable, want string }{
		{"wrok", "", `-A: unknown account "wrok": not in FILE (did you mean work?)`},
		{"", "zzz", `$MAILPIPE_ACCOUNT: unknown account "zzz": not in FILE (accounts: home, twin, twin2, work)`},
	} {
		_, err := c.Choose(test.flag, "", env("MAILPIPE_ACCOUNT", test.variable))
		var e *SettingError
		if !errors.As(err, &e) || strings.ReplaceAll(err.Error(), c.Files[0], "FILE") != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	none, _ := Load(noFile, env())
	if _, err := none.Choose("work", "", env()); err == nil || err.Error() != `-A: unknown account "work": no configuration file found` {
		t.Error(err)
	}
	_, err := load(t, "\ndefault = \"wrok\"\n[accounts.work]").Choose("", "", env())
	if err == nil || !strings.HasSuffix(err.Error(), `config.toml:2: default: unknown account "wrok" (did you mean work?)`) {
		t.Error(err)
	}
}

func TestCutOffEscape(t *testing.T) {
	for text, line := range map[string]int{"\"\\": 1, "a = \"\\": 1, "default = \"a\"\n\n\"\\": 3, "a = \"\"\"\n\\": 2} {
		c := &Config{accounts: map[string]*Account{}}
		var e *SettingError
		if err := c.read("f", []byte(text)); !errors.As(err, &e) || e.Origin.Line != line {
			t.Errorf("%q: %v, want line %d", text, err, line)
		}
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
			t.Fatalf("%v", err)
		}
		if err != nil && e.Origin.Line == 0 {
			t.Fatalf("no line: %v", err)
		}
		for _, name := range c.names() {
			if choice, err := c.Choose(name, "", env()); err == nil {
				Settle(func(string) []string { return nil }, env(), choice)
			}
		}
	})
}
