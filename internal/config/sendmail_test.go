package config

import (
	"strings"
	"testing"
)

func TestSendmailTable(t *testing.T) {
	c := load(t, "[sendmail]\naliases = \"~/aliases\"\ndomain = \"Bücher.example\"\n"+
		"rewrite_from = \"never\"\nlog = \"syslog\"\n")
	got := c.Sendmail(env("HOME", "/home/me"))
	want := Sendmail{Aliases: "/home/me/aliases", Domain: "xn--bcher-kva.example", RewriteFrom: "never", Log: "syslog"}
	if got != want {
		t.Errorf("got %+v", got)
	}
	if got := load(t, "").Sendmail(env()); got != (Sendmail{}) {
		t.Errorf("got %+v", got)
	}
	for text, want := range map[string]string{
		`sendmail = 3`:                        `config.toml:1: sendmail: must be a table: [sendmail]`,
		"[sendmail]\nalias = \"x\"":           `config.toml:2: alias: unknown key (did you mean aliases?)`,
		"[sendmail]\nserver = \"x\"":          `server: unknown key: must be one of aliases, domain, rewrite_from, log`,
		"[sendmail]\naliases = 3":             `config.toml:2: aliases: must be a string`,
		"[sendmail]\ndomain = \"a b\"":        `config.toml:2: domain: invalid domain "a b"`,
		"[sendmail]\nrewrite_from = \"Bare\"": `unknown rule "Bare": must be one of bare, never, always (did you mean bare?)`,
	} {
		if _, err := Load(write(t, text), env()); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
