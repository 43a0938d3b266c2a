package cli

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
	"mailpipe/internal/progress"
	"mailpipe/internal/queue"
	"mailpipe/internal/spool"
)

// flagsOf returns flags that are written as name=value.
func flagsOf(given ...string) []spool.Flag {
	var flags []spool.Flag
	for _, g := range given {
		name, value, _ := strings.Cut(g, "=")
		flags = append(flags, spool.Flag{Name: name, Value: value})
	}
	return flags
}

// Nothing that names a file, a command, a socket or a login is allowed in a shared spool,
// nor a flag that this program does not have.
func TestCheckShared(t *testing.T) {
	for _, tt := range []struct{ flags, want string }{
		{"", ""},
		{"account=a", ""},
		{"account=a no-pipelining=", ""},
		{"server=smtp://h", ""},
		{"server=smtps://h server=lmtp://h:24 server=submission://h server=h:587", ""},
		{"$MAILPIPE_SERVER=smtp://h $MAILPIPE_TLS=required", ""},
		{"server=h tls=none tls-name=n tls-fingerprint=f", ""},

		{"password-file=/etc/shadow", "--password-file is not allowed"},
		{"account=a password-command=id", "--password-command is not allowed"},
		{"tls-ca=/f", "--tls-ca is not"}, {"tls-cert=/f", "--tls-cert is not"}, {"tls-key=/f", "--tls-key is not"},
		{"config=/f", "--config is not"}, {"config=none", "--config is not"},
		{"$MAILPIPE_PASSWORD_FILE=/f", "$MAILPIPE_PASSWORD_FILE is not"},
		{"$MAILPIPE_PASSWORD=x", "$MAILPIPE_PASSWORD is not"},
		{"$XDG_CONFIG_HOME=/f", "$XDG_CONFIG_HOME is not"}, {"$HOME=/f", "$HOME is not"}, {"HOME=/f", "--HOME is not"},
		{"user=u", "--user is not"}, {"$MAILPIPE_USER=u", "$MAILPIPE_USER is not"}, {"auth=PLAIN", "--auth is not"},
		{"helo=h", "--helo is not"}, {"timeout=1", "--timeout is not"}, {"connect-timeout=1", "--connect-timeout is not"},
		{"log=/f", "--log is not"}, {"spool=/f", "--spool is not"}, {"S=smtp://h", "--S is not"}, {"=", "-- is not"},
		{"Server=pipe:id", "--Server is not"}, {"account\x00=a", "--account\x00 is not"},

		{"server=pipe:id", "--server is not allowed in a shared spool: a worker connects to servers over TCP only"},
		{"server=smtp://h server=PIPE:id", "over TCP only"},
		{"server=sink:/d", "over TCP only"}, {"server=sink:eml:/d", "over TCP only"},
		{"server=smtp+unix:/s", "over TCP only"}, {"server=lmtp+unix:///s", "over TCP only"},
		{"$MAILPIPE_SERVER=pipe:id", "$MAILPIPE_SERVER is not allowed"},
		{"server=smtps://u@h", "--server is not allowed in a shared spool: a worker logs in only with its own accounts"},
		{"server=smtps://u:p@h", "a password in a URL"},
		{"server=file:///f", "unknown scheme"}, {"server=", "must not be empty"},
		{"server=smtp://h\r\nRCPT", "control character"},

		{"account=a server=smtp://h", "a worker uses the server of the account that --account names"},
		{"account=a $MAILPIPE_SERVER=h", "$MAILPIPE_SERVER is not allowed"},
		{"$MAILPIPE_ACCOUNT=a", "$MAILPIPE_ACCOUNT is not"},
		{"account=a tls=none", "--tls is not allowed in a shared spool: without a server"},
		{"tls-fingerprint=f", "--tls-fingerprint is not"}, {"account=a tls-name=n", "--tls-name is not"},
		{"$MAILPIPE_TLS=none", "$MAILPIPE_TLS is not"},
	} {
		var flags []spool.Flag
		if tt.flags != "" {
			flags = flagsOf(strings.Split(tt.flags, " ")...)
		}
		err := checkShared(flags)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q: %v, want %q", tt.flags, err, tt.want)
		}
	}
}

// newWorker returns the call of a worker with a configuration file and an environment.
func newWorker(t *testing.T, text string, env map[string]string) *call {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.String("config", file, "")
	getenv := func(name string) string { return env[name] }
	return &call{
		Env:   &Env{Getenv: getenv, Stderr: os.Stderr},
		flags: urfave.NewContext(nil, set, nil), progress: new(progress.Line),
	}
}

const workerAccounts = `
default = "work"
[accounts.work]
server = "submission://relay.example.com"
user = "bob"
password_command = "echo hunter2"
[accounts.plain]
server = "smtp://plain.example.com"
`

// A worker uses its own account, or the server of the envelope. It has a password only
// for its own account.
func TestSharedRoute(t *testing.T) {
	secrets := map[string]string{"MAILPIPE_PASSWORD": "hunter2"}
	own := map[string]string{
		"MAILPIPE_SERVER": "smtps://own.example.com", "MAILPIPE_USER": "me", "MAILPIPE_PASSWORD": "hunter2",
		"MAILPIPE_FROM": "no address", "MAILPIPE_SPOOL": "postgres://u:p@h",
	}
	netrc := map[string]string{"HOME": t.TempDir()}
	err := os.WriteFile(filepath.Join(netrc["HOME"], ".netrc"), []byte("default password hunter2\n"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		flags  string
		env    map[string]string
		key    string
		secret string // empty if there is no login
	}{
		{"account=work", nil, "submission://relay.example.com:587 bob", "hunter2"},
		{"account=work", own, "submission://relay.example.com:587 bob", "hunter2"},
		{"account=plain", own, "smtp://plain.example.com:25", ""},
		{"", nil, "submission://relay.example.com:587 bob", "hunter2"},
		{"", own, "smtps://own.example.com:465 me", "hunter2"},
		{"server=smtp://evil.example.net", nil, "smtp://evil.example.net:25", ""},
		{"server=smtps://evil.example.net", secrets, "smtps://evil.example.net:465", ""},
		{"server=smtps://relay.example.com:2525", secrets, "smtps://relay.example.com:2525", ""},
		{"server=submission://relay.example.com tls=none", own, "submission://relay.example.com:587 tls=none", ""},
		{"$MAILPIPE_SERVER=smtps://evil.example.net", netrc, "smtps://evil.example.net:465", ""},
	} {
		c := newWorker(t, workerAccounts, tt.env)
		var flags []spool.Flag
		if tt.flags != "" {
			flags = flagsOf(strings.Split(tt.flags, " ")...)
		}
		r, err := c.sharedRoute(&spool.Envelope{Flags: flags})
		if err != nil || len(r.Keys) != 1 || r.Keys[0] != tt.key {
			t.Errorf("%s: %q, %v; want %q", tt.flags, r.Keys, err, tt.key)
			continue
		}
		secret := ""
		if login := r.Servers[0].Login; login != nil {
			if secret, err = login.Secret(); err != nil {
				t.Error(err)
			}
		}
		if secret != tt.secret {
			t.Errorf("%s: the password is %q, want %q", tt.flags, secret, tt.secret)
		}
	}
}

// The account named by a variable of the worker is its default. Its variables for a server
// are for no account: nor is their password.
func TestSharedRouteWithVariables(t *testing.T) {
	text := strings.Replace(workerAccounts, "password_command = \"echo hunter2\"\n", "", 1)
	c := newWorker(t, text, map[string]string{
		"MAILPIPE_SERVER": "smtps://own.example.com", "MAILPIPE_PASSWORD": "hunter2",
	})
	r, err := c.sharedRoute(&spool.Envelope{Flags: flagsOf("account=work")})
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := r.Servers[0].Login.Secret(); err == nil {
		t.Errorf("the password is %q", secret)
	}
	c = newWorker(t, text, map[string]string{"MAILPIPE_ACCOUNT": "plain"})
	r, err = c.sharedRoute(&spool.Envelope{})
	if err != nil || r.Keys[0] != "smtp://plain.example.com:25" {
		t.Error(r.Keys, err)
	}
}

// An account that the worker does not have is left to others. What is not allowed is
// damage. An invalid configuration is neither.
func TestSharedRouteErrors(t *testing.T) {
	c := newWorker(t, workerAccounts, nil)
	_, err := c.sharedRoute(&spool.Envelope{Flags: flagsOf("account=wrk")})
	if !errors.Is(err, queue.ErrUnknownAccount) || err.Error() != `unknown account "wrk"` {
		t.Error(err)
	}
	_, err = c.sharedRoute(&spool.Envelope{ID: "x", Flags: flagsOf("password-command=id")})
	if !is[*spool.DamageError](err) || !strings.HasPrefix(err.Error(), "x: --password-command is not allowed") {
		t.Error(err)
	}
	c = newWorker(t, "[accounts.work]\nserver = \"smtp://\"\n", nil)
	_, err = c.sharedRoute(&spool.Envelope{Flags: flagsOf("account=work")})
	if !is[*config.SettingError](err) || errors.Is(err, queue.ErrUnknownAccount) {
		t.Error(err)
	}
	c = newWorker(t, "default = \"x\"\n[accounts.work]\n", nil)
	_, err = c.sharedRoute(&spool.Envelope{})
	if !is[*config.SettingError](err) || errors.Is(err, queue.ErrUnknownAccount) {
		t.Error(err)
	}
}

// A host leaves out what is about itself, and records the account in force.
func TestShareFlags(t *testing.T) {
	for _, tt := range []struct{ flags, want, err string }{
		{"", "account=work", ""},
		{"account=plain", "account=plain", ""},
		{"account=plain $MAILPIPE_ACCOUNT=work", "account=plain", ""},
		{"$MAILPIPE_ACCOUNT=plain", "account=plain", ""},
		{"helo=h timeout=9 connect-timeout=9 $XDG_CONFIG_HOME=/c no-pipelining=", "no-pipelining= account=work", ""},
		{"server=smtp://h", "server=smtp://h", ""},
		{"$MAILPIPE_ACCOUNT=work server=smtp://h tls=required", "server=smtp://h tls=required", ""},
		{"$MAILPIPE_ACCOUNT=plain server=smtp://plain.example.com", "server=smtp://plain.example.com", ""},
		{"config=none server=h", "server=h", ""},
		{"account=plain server=h", "", "--server is not allowed in a shared spool: a worker uses the server of the account"},
		{"server=smtp://relay.example.com", "", "--server is not allowed in a shared spool: a worker has the login and the " +
			"TLS policy of account work only for that account"},
		{"server=smtp://h user=u", "", "--user is not"},
		{"config=/c", "", "--config is not"},
		{"account=plain tls=required", "", "--tls is not"},
	} {
		text := workerAccounts
		c := newWorker(t, text, nil)
		file := c.flags.String("config")
		var flags []spool.Flag
		if tt.flags != "" {
			flags = flagsOf(strings.Split(tt.flags, " ")...)
		}
		all, err := config.Load(file, c.Getenv)
		if err != nil {
			t.Fatal(err)
		}
		values := valuesOf(flags)
		getenv := func(name string) string { return last(values["$"+name]) }
		choice, err := all.Choose(last(values["account"]), "", getenv)
		if err != nil {
			t.Fatal(err)
		}
		settings, err := config.Settle(values.of, getenv, choice)
		if err != nil {
			t.Fatal(err)
		}
		shared, err := shareFlags(flags, settings)
		if tt.err != "" {
			if err == nil || !strings.HasPrefix(err.Error(), tt.err) {
				t.Errorf("%s: %v, want %s", tt.flags, err, tt.err)
			}
			continue
		}
		var got []string
		for _, f := range shared {
			got = append(got, f.Name+"="+f.Value)
		}
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, %v; want %s", tt.flags, got, err, tt.want)
		}
	}
}

// In the spool of a user, the server of an envelope gets no login of an account.
func TestUnshareFlags(t *testing.T) {
	flags, err := unshareFlags(flagsOf("server=smtps://evil.example.net"))
	if err != nil {
		t.Fatal(err)
	}
	c := &call{Env: &Env{Getenv: func(string) string { return "" }, Stderr: os.Stderr}}
	r, err := c.route(&spool.Envelope{Flags: flags})
	if err != nil || r.Keys[0] != "smtps://evil.example.net:465" || r.Servers[0].Login != nil {
		t.Error(r.Keys, err)
	}
	if flags[len(flags)-1] != (spool.Flag{Name: "config", Value: "none"}) {
		t.Error("the default account is used:", flags)
	}
	if flags, err := unshareFlags(flagsOf("account=a")); err != nil || len(flags) != 1 {
		t.Error(flags, err)
	}
	if _, err := unshareFlags(flagsOf("server=pipe:id")); err == nil {
		t.Error("a command is allowed")
	}
}
