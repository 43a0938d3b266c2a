package cli

import (
	"os"
	"path/filepath"
	"testing"

	"mailpipe/internal/spool"
)

// The names of files are stored in full, since a flush runs in another directory.
func TestAbsoluteValue(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, value, want string }{
		{"tls-ca", "ca.pem", dir + "/ca.pem"},
		{"tls-ca", "/ca.pem", "/ca.pem"},
		{"password-file", "p", dir + "/p"},
		{"config", "none", "none"},
		{"config", "c.toml", dir + "/c.toml"},
		{"server", "smtp+unix:s", "smtp+unix:" + dir + "/s"},
		{"server", "smtp+unix:///s", "smtp+unix:///s"},
		{"server", "sink:box", "sink:" + dir + "/box"},
		{"server", "sink:eml:box", "sink:eml:" + dir + "/box"},
		{"server", "smtp://host", "smtp://host"},
		{"server", "host:25", "host:25"},
		{"server", "pipe:cat", "pipe:cat"},
		{"user", "me", "me"},
	} {
		if got := absoluteValue(tt.name, tt.value); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.name, tt.value, got, tt.want)
		}
	}
}

// The configuration is read at each attempt. A variable of the flush does not
// choose another server, and an account that a variable named does not log in at a
// server that is not its own.
func TestRoute(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	write := func(server string) {
		text := "[accounts.a]\nserver = \"" + server + "\"\nuser = \"me\"\nconnections = 3\nrate = \"1/s\"\n[accounts.b]\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &call{Env: &Env{Getenv: func(string) string { return "smtp://flush" }, Stderr: os.Stderr}}
	config := spool.Flag{Name: "config", Value: file}
	for _, tt := range []struct {
		flags []spool.Flag
		want  string
		login bool
	}{
		{[]spool.Flag{config, {Name: "account", Value: "a"}}, "smtp://first:25 me", true},
		{[]spool.Flag{config, {Name: "$MAILPIPE_ACCOUNT", Value: "a"}}, "smtp://first:25 me", true},
		{
			[]spool.Flag{config, {Name: "$MAILPIPE_ACCOUNT", Value: "a"}, {Name: "server", Value: "other"}},
			"smtp://other:25", false,
		},
		{[]spool.Flag{config, {Name: "account", Value: "a"}, {Name: "server", Value: "other"}}, "smtp://other:25 me", true},
		{[]spool.Flag{config}, "smtp://localhost:25", false},
	} {
		write("smtp://first")
		r, err := c.route(&spool.Envelope{Flags: tt.flags})
		if err != nil || len(r.Keys) != 1 || r.Keys[0] != tt.want || (r.Servers[0].Login != nil) != tt.login {
			t.Errorf("%v: %v, %v; want %s", tt.flags, r.Keys, err, tt.want)
		}
	}
	write("smtp://second")
	r, err := c.route(&spool.Envelope{Flags: []spool.Flag{config, {Name: "account", Value: "a"}}})
	if err != nil || r.Keys[0] != "smtp://second:25 me" || r.Connections != 3 || r.Every.Seconds() != 1 {
		t.Errorf("%v %d %v, %v", r.Keys, r.Connections, r.Every, err)
	}
}
