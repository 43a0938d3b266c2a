//go:build linux

package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/spool"
)

// noSettings removes the settings of the machine.
func noSettings(t *testing.T) (home string) {
	t.Helper()
	for _, setting := range os.Environ() {
		if key, _, _ := strings.Cut(setting, "="); strings.HasPrefix(key, "PG") {
			t.Setenv(key, "")
		}
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	return home
}

func TestIsURL(t *testing.T) {
	for where, want := range map[string]bool{
		"postgres://db/mail": true, "postgresql://": true, "postgres:/db": false, "user:": false, "/postgres://": false,
	} {
		if got := IsURL(where); got != want {
			t.Errorf("%s: %t", where, got)
		}
	}
}

func TestInvalidURL(t *testing.T) {
	noSettings(t)
	const password = "it must not have a password"
	for where, want := range map[string]string{
		"postgres://alice:Sesame@db/mail":               password,
		"postgres://alice:@db/mail":                     password,
		"postgres://:Sesame@db/mail":                    password,
		"postgres://alice%3ASesame@db/mail?password=":   password,
		"postgres://db/mail?password=Sesame":            password,
		"postgres://db/mail?pass%77ord=Sesame":          password,
		"postgres://db/mail?sslpassword=Sesame":         password,
		"postgres://db/mail?sslmode=require&password=x": password,
		"postgres://db/mail?sslmod=require":             `unknown parameter "sslmod"`,
		"postgres://db/mail?options=-cfsync%3Doff":      `unknown parameter "options"`,
		"postgres://db/mail?synchronous_commit=off":     `unknown parameter "synchronous_commit"`,
		"postgres://db/mail?sslmode=maybe":              "sslmode is invalid",
		"postgres://db/mail?sslrootcert=/nonexistent":   "unable to read CA file",
		"postgres://db/mail?sslmode":                    "missing key/value separator",
		"postgres://db:port/mail":                       "invalid port",
		"postgres://db:99999/mail":                      "invalid port",
		"postgres://[::1/mail":                          "matching",
		"postgres://db/mail?service=none":               "failed to read service",
		"postgres://db/mail?target_session_attrs=x":     "unknown target_session_attrs value",
		"postgres://d%zz/mail":                          "invalid percent-encoded token",
	} {
		_, err := Open(where)
		usage, ok := errors.AsType[*UsageError](err)
		if !ok || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Sesame") {
			t.Errorf("%s: %v, want %s", where, err, want)
		} else if want == password && usage.Hint != "write the password to ~/.pgpass, or set $PGPASSWORD" {
			t.Errorf("%s: hint %s", where, usage.Hint)
		}
	}
	if _, err := Init(t.Context(), "postgres://db/mail?x=y"); err == nil {
		t.Error("Init accepts an invalid URL")
	}
}

func TestName(t *testing.T) {
	noSettings(t)
	for where, want := range map[string]string{
		"postgres://db1,db2:5433/mail?sslmode=require":         "postgres://db1,db2:5433/mail",
		"postgresql://alice@db/mail?connect_timeout=3":         "postgres://alice@db/mail",
		"postgres:///mail?sslmode=require&host=/run/db&port=1": "postgres:///mail?host=/run/db&port=1",
	} {
		s, err := Open(where)
		if err != nil || s.Name() != want || !s.Shared() {
			t.Errorf("%s: %v, %v, want %s", where, s, err, want)
		}
	}
}

// TestTLSDefault asserts which hosts must prove their names.
func TestTLSDefault(t *testing.T) {
	home := noSettings(t)
	service := filepath.Join(home, ".pg_service.conf")
	check(t, os.WriteFile(service, []byte("[mail]\nhost=db1\n[lax]\nhost=db1\nsslmode=require\n"), 0o600))
	tests := []struct{ where, variable, want string }{
		{"postgres://db1,db2/mail", "", "db1: verify-full, db2: verify-full"},
		{"postgres://10.0.0.1/mail", "", "10.0.0.1: verify-full"},
		{"postgres://localhost,127.0.0.1,[::1]/mail", "", "localhost: none, 127.0.0.1: none, ::1: none"},
		{"postgres://localhost,db2/mail", "", "localhost: none, db2: verify-full"},
		{"postgres:///mail?host=/run/db", "", "/run/db: none"},
		{"postgres:///mail?host=db1", "", "db1: verify-full"},
		{"postgres://db1/mail?sslnegotiation=direct", "", "db1: verify-full"},
		{"postgres://db1/mail?sslmode=require", "", "db1: require"},
		{"postgres://localhost/mail?sslmode=require", "", "localhost: require"},
		{"postgres://db1/mail?sslmode=disable", "", "db1: none"},
		{"postgres://db1/mail", "PGSSLMODE=require", "db1: require"},
		{"postgres:///mail", "PGHOST=db1", "db1: verify-full"},
		{"postgres:///mail?service=mail", "", "db1: verify-full"},
		{"postgres:///mail?service=lax", "", "db1: require"},
		{"postgres:///mail", "PGSERVICE=lax", "db1: require"},
		{"postgres:///mail", "PGSERVICE=mail", "db1: verify-full"},
	}
	for _, test := range tests {
		t.Run(test.where+" "+test.variable, func(t *testing.T) {
			if key, value, ok := strings.Cut(test.variable, "="); ok {
				t.Setenv(key, value)
			}
			config, err := parse(test.where)
			check(t, err)
			var got []string
			first := &pgconn.FallbackConfig{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}
			hosts := append([]*pgconn.FallbackConfig{first}, config.Fallbacks...)
			for _, h := range hosts {
				mode := "none"
				switch {
				case h.TLSConfig == nil:
				case h.TLSConfig.InsecureSkipVerify:
					mode = "require"
				case h.TLSConfig.ServerName == h.Host:
					mode = "verify-full"
				}
				got = append(got, h.Host+": "+mode)
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if isOne := len(hosts) == 1; isOne != (config.ValidateConnect == nil) {
				t.Error("of several hosts, the one that can be written must be used")
			}
		})
	}
}

// TestTLS connects to a host that is not this machine, as far as its name says.
func TestTLS(t *testing.T) {
	t.Parallel()
	server := pgtest.StartTLS(t, "db.example.org")
	name := server.CreateDatabase(t)
	_, port, _ := strings.Cut(server.URL(name), "localhost:")
	plain := start(t)
	open := func(url string) error {
		s := openAs(t, url, pgtest.User)
		s.config.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"127.0.0.1"}, nil }
		began := time.Now()
		err := s.init(t.Context())
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: took %s", url, took)
		}
		return err
	}
	right := "postgres://db.example.org:" + port
	check(t, open(right+"?sslrootcert="+server.CA))
	if got := server.SQL(t, "postgres", "SELECT count(*) FROM pg_stat_ssl WHERE ssl"); got == "0" {
		t.Error("the connection is not encrypted")
	}
	wantFailure(t, open(right), spool.NotAllowed, "?sslrootcert=FILE")
	wantFailure(t, open(right), spool.NotAllowed, "certificate signed by unknown authority")
	wrong := "postgres://other.example.org:" + port
	err := open(wrong + "?sslrootcert=" + server.CA)
	wantFailure(t, err, spool.NotAllowed, "name the host in the URL as its certificate does")
	check(t, open(wrong+"?sslmode=require"))
	_, port, _ = strings.Cut(plain.url, "127.0.0.1:")
	wantFailure(t, open("postgres://db.example.org:"+port), spool.NotAllowed, "?sslmode=disable")
}

// TestPassword reads passwords as libpq does.
func TestPassword(t *testing.T) {
	home := noSettings(t)
	db := start(t)
	bouncer := pgtest.StartPgBouncer(t, db.Server)
	t.Setenv("PGUSER", pgtest.User)
	use := func(url string) error {
		s, err := Open(url)
		check(t, err)
		defer s.Close()
		_, err = s.IDs()
		return err
	}
	for _, url := range []string{db.url, bouncer.URL(db.name)} {
		wantFailure(t, use(url), spool.NotAllowed, "authentication failed")
		t.Setenv("PGPASSWORD", "wrong")
		wantFailure(t, use(url), spool.NotAllowed, "authentication failed")
		t.Setenv("PGPASSWORD", pgtest.Password)
		check(t, use(url))
		t.Setenv("PGPASSWORD", "")
	}
	pgpass := filepath.Join(home, ".pgpass")
	check(t, os.WriteFile(pgpass, fmt.Appendf(nil, "*:*:*:%s:%s\n", pgtest.User, pgtest.Password), 0o600))
	check(t, use(db.url))
	grants, err := Init(t.Context(), db.url)
	if err != nil || !strings.Contains(grants, "TO mailpipe_host;") {
		t.Errorf("%q, %v", grants, err)
	}
}
