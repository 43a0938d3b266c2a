package config

import (
	"strings"
	"testing"
)

// A password in the URL of a database is an error, which does not show it.
func TestSpoolPassword(t *testing.T) {
	for _, url := range []string{
		"postgres://bob:hunter2@h/db",
		"postgresql://bob:hunter2@h1:5432,h2/db",
		"Postgres://bob:hunter2@h/db",
		"postgres://:hunter2@h/db",
		"postgres://bob%3Ahunter2@h/db",
		"postgres://bob:hunter2/x@h/db",
		"postgres://bob:@hunter2@h/db",
		"postgres://h/db?password=hunter2",
		"postgres://h/db?user=bob&PASSWORD=hunter2",
		"postgres://h/db?user=bob;password=hunter2",
		"postgres://h/db?pass%77ord=hunter2",
		"postgres://h/db?sslkey=k&sslpassword=hunter2",
	} {
		scheme, _, _ := strings.Cut(strings.ToLower(url), ":")
		const reason = `://[hidden]": a password in a URL is visible to other users`
		_, err := Settle(flags("spool="+url), env(), Choice{})
		checkSettingError(t, err, `--spool "`+scheme+reason)
		_, err = Settle(flags(), env("MAILPIPE_SPOOL", url), Choice{})
		checkSettingError(t, err, `$MAILPIPE_SPOOL "`+scheme+reason)
		_, err = Load(write(t, "[accounts.a]\nspool = [\"x\", \""+url+"\"]"), env())
		checkSettingError(t, err, `config.toml:2: spool "`+scheme+reason)
		if err := CheckSpool(url); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestSpoolWithoutPassword(t *testing.T) {
	for _, where := range []string{
		"postgres://h/db", "postgresql://bob@h1:5432,h2:5433/db?passfile=/etc/pgpass", "postgres://%2Frun%2Fpostgresql/db",
		"postgres://[::1]:5432/db?application_name=a:b@c", "dir:with@colon", "~/postgres://bob:x@h", "user:",
	} {
		if err := CheckSpool(where); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
}

// A directory is not named as if it were a database.
func TestSpoolScheme(t *testing.T) {
	for _, where := range []string{"postgres:/h/db", "Postgres://h/db", "POSTGRESQL://h/db", "postgres:x", "postgresql:"} {
		_, err := Settle(flags("spool="+where), env(), Choice{})
		checkSettingError(t, err, `--spool "`+where+`": the URL of a database begins with postgres://`)
	}
	for _, where := range []string{"./postgres:x", "postgres", "mypostgres:x"} {
		if err := CheckSpool(where); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
}
