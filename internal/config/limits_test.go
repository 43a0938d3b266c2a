package config

import (
	"slices"
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	s, err := settle(t, `[accounts.a]
spool = ["~/spool", "/var/a b"]
connections = 3
mails_per_connection = 20
rate = "30/m"
`, flags(), env("HOME", "/home/me"), "a")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Spool, []string{"/home/me/spool", "/var/a b"}) || s.Connections != 3 ||
		s.MailsPerConnection != 20 || s.Every != 2*time.Second {
		t.Errorf("%q %d %d %v", s.Spool, s.Connections, s.MailsPerConnection, s.Every)
	}
	s, err = settle(t, "[accounts.a]\nspool = \"user:\"", flags(), env("MAILPIPE_SPOOL", "~/x\n\xff"), "a")
	if err != nil || !slices.Equal(s.Spool, []string{"~/x\n\xff"}) {
		t.Errorf("%q, %v", s.Spool, err)
	}
	for text, want := range map[string]string{
		`connections = 0`:           `config.toml:2: connections: must be a number from 1 up`,
		`connections = "3"`:         `config.toml:2: connections: must be a number`,
		`mails_per_connection = -1`: `config.toml:2: mails_per_connection: must be a number from 1 up`,
		`rate = "30"`:               `config.toml:2: rate: invalid rate "30": must be a number per s, m or h, such as 30/m`,
		`rate = "0/h"`:              `config.toml:2: rate: invalid rate "0/h"`,
		`rate = "1/d"`:              `config.toml:2: rate: invalid rate "1/d"`,
		`rate = 30`:                 `config.toml:2: rate: must be a string`,
		`spool = ""`:                `config.toml:2: spool: must not be empty`,
		`spool = []`:                `config.toml:2: spool: must be a string or a list of strings`,
		"spool = \"a\\u0000b\"":     `config.toml:2: spool: contains NUL`,
	} {
		_, err := Load(write(t, "[accounts.a]\n"+text), env())
		checkSettingError(t, err, want)
	}
}
