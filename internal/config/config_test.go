package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// env returns a lookup of environment variables.
func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

// write writes a configuration file and returns its name.
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

func TestUnreadableFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.toml")
	if _, err := Load(missing, env()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	var e *fs.PathError
	if _, err := Load(t.TempDir(), env()); !errors.As(err, &e) {
		t.Errorf("directory: %v", err)
	}
	if c, err := Load(noFile, env()); err != nil || len(c.Files) > 0 {
		t.Errorf("none: %v %v", c, err)
	}
}

func TestDefaultFiles(t *testing.T) {
	for _, tt := range []struct {
		env  func(string) string
		want string
	}{
		{env("XDG_CONFIG_HOME", "/x", "HOME", "/h"), "/x/mailpipe/config.toml /etc/mailpipe/config.toml"},
		{env("XDG_CONFIG_HOME", "x", "HOME", "/h"), "/h/.config/mailpipe/config.toml /etc/mailpipe/config.toml"},
		{env("HOME", "/h"), "/h/.config/mailpipe/config.toml /etc/mailpipe/config.toml"},
		{env(), "/etc/mailpipe/config.toml"},
	} {
		if got := strings.Join(defaultFiles(tt.env), " "); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
		if first, _, _ := strings.Cut(tt.want, " "); UserFile(tt.env) != first {
			t.Errorf("the user's file is %s, want %s", UserFile(tt.env), first)
		}
	}
	home := t.TempDir()
	dir := filepath.Join(home, "mailpipe")
	os.Mkdir(dir, 0o700)
	name := filepath.Join(dir, "config.toml")
	os.WriteFile(name, []byte("[accounts.mine]\nserver = \"h\""), 0o600)
	c, err := Load("", env("XDG_CONFIG_HOME", home))
	if err != nil || c.Files[0] != name || c.accounts["mine"] == nil {
		t.Errorf("the user's own file: %v %v", c, err)
	}
	// A file in place of the directory is not an error.
	os.RemoveAll(dir)
	os.WriteFile(dir, nil, 0o600)
	if _, err := Load("", env("XDG_CONFIG_HOME", home)); err != nil {
		t.Errorf("a file in place of the directory: %v", err)
	}
}

// An account of the user's own file replaces that of the system, with all its
// keys. So does the default.
func TestTwoFiles(t *testing.T) {
	const own = `default = "b"
[accounts.a]
server = "own"
`
	const etc = `default = "a"
[accounts.a]
server = "etc"
helo = "x"
[accounts.b]
server = "etc"
`
	c := &Config{accounts: map[string]*Account{}}
	if err := c.read("own", []byte(own)); err != nil {
		t.Fatal(err)
	}
	if err := c.read("etc", []byte(etc)); err != nil {
		t.Fatal(err)
	}
	a := c.accounts["a"].settings
	if a["server"].origin().String() != "own:3" || len(a) != 1 {
		t.Errorf("account a has %v", a)
	}
	choice, err := c.Choose("", "", env())
	if err != nil || choice.Account.Name != "b" || choice.Origin.String() != "own:1" {
		t.Errorf("default: %v %v", choice, err)
	}
}

func TestChoose(t *testing.T) {
	c := load(t, `default = "home"
[accounts.work]
from = "Bob Work <bob@work.example>"
[accounts.home]
from = "bob@home.example"
[accounts.twin]
from = "bob@twin.example"
[accounts.twin2]
from = "bob@Twin.Example"
`)
	for _, tt := range []struct{ flag, from, variable, want, origin string }{
		{"", "", "", "home", ":1"},
		{"work", "bob@home.example", "twin", "work", "-A"},
		{"", "bob@home.example", "twin", "twin", "$MAILPIPE_ACCOUNT"},
		{"", "bob@work.example", "", "work", "From"},
		{"", "bob@WORK.example", "", "work", "From"},
		{"", "Bob@work.example", "", "home", ":1"},
		{"", "bob@twin.example", "", "home", ":1"}, // two accounts have it
		{"", "al@else.example", "", "home", ":1"},
	} {
		got, err := c.Choose(tt.flag, tt.from, env("MAILPIPE_ACCOUNT", tt.variable))
		if err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		if got.Account.Name != tt.want || !strings.HasSuffix(got.Origin.String(), tt.origin) {
			t.Errorf("%+v: got %s by %s", tt, got.Account.Name, got.Origin)
		}
		if got.Named != (tt.flag != "") {
			t.Errorf("%+v: Named is %v", tt, got.Named)
		}
	}
	only := load(t, "[accounts.work]\nfrom = \"bob@work.example\"\n")
	for from, origin := range map[string]string{
		"": "the only account", "al@else.example": "the only account", "bob@work.example": "From",
	} {
		got, err := only.Choose("", from, env())
		if err != nil || got.Account == nil || got.Account.Name != "work" || got.Origin.Name != origin || got.Named {
			t.Errorf("a single account, from %q: %+v, %v", from, got, err)
		}
	}
	if got, err := load(t, "[accounts.a]\n[accounts.b]\n").Choose("", "", env()); err != nil || got.Account != nil {
		t.Errorf("two accounts without a default: %+v, %v", got, err)
	}
	if _, err := only.Choose("home", "", env()); err == nil {
		t.Error("-A may not name another account than the only one")
	}
	if got, err := load(t, "").Choose("", "", env()); err != nil || got.Account != nil {
		t.Errorf("without accounts: %v %v", got, err)
	}
}

func TestUnknownAccount(t *testing.T) {
	const text = "[accounts.home]\n[accounts.work]\n"
	for _, tt := range []struct{ text, flag, variable, want string }{
		{text, "wrok", "", `-A: unknown account "wrok": not in FILE (did you mean work?)`},
		{text, "", "zzz", `$MAILPIPE_ACCOUNT: unknown account "zzz": not in FILE (accounts: home, work)`},
		{"", "work", "", `-A: unknown account "work": not in FILE`},
		{"\ndefault = \"wrok\"\n" + text, "", "", `FILE:2: default: unknown account "wrok" (did you mean work?)`},
	} {
		c := load(t, tt.text)
		_, err := c.Choose(tt.flag, "", env("MAILPIPE_ACCOUNT", tt.variable))
		var e *SettingError
		if !errors.As(err, &e) || strings.ReplaceAll(err.Error(), c.Files[0], "FILE") != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
	none, err := Load(noFile, env())
	if err != nil {
		t.Fatal(err)
	}
	const want = `-A: unknown account "work": no configuration file found`
	if _, err := none.Choose("work", "", env()); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
