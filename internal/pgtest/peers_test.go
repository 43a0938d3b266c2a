//go:build linux

package pgtest

import (
	"bufio"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

func TestPair(t *testing.T) {
	t.Parallel()
	p := StartPair(t)
	want := "postgres://127.0.0.1:" + p.Primary.port + ",127.0.0.1:" + p.Standby.port + "/mail"
	if got := p.URL("mail"); got != want {
		t.Errorf("URL %s, want %s", got, want)
	}
	p.Primary.SQL(t, "postgres", "CREATE TABLE x (i int)")

	// A commit waits for the standby.
	p.Standby.Pause()
	done := make(chan error, 1)
	go func() {
		_, err := psql(t, p.URL("postgres"), p.Env(), "INSERT INTO x VALUES (42)")
		done <- err
	}()
	wait(t, "the commit waits", func() bool {
		return p.Primary.SQL(t, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "1"
	})
	p.Standby.Continue()
	if err := <-done; err != nil {
		t.Fatal(err)
	}

	p.Primary.Kill()
	wantSQL(t, p.Standby.client, "SELECT pg_is_in_recovery()", "t")
	p.Promote()
	wantSQL(t, p.client, "SELECT i FROM x", "42") // by the URL with both hosts
	wantSQL(t, p.Standby.client, "INSERT INTO x VALUES (43); SELECT count(*) FROM x", "2")
}

func TestTLS(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"localhost":      "",
		"db.example.org": `server certificate for "db.example.org" does not match host name "localhost"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := StartTLS(t, name, "max_connections=18")
			const query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid(); SHOW max_connections"
			wantSQL(t, s.client, query, "t\n18")
			url := s.URL("postgres") + "?sslmode=verify-full&sslrootcert="
			out, err := psql(t, url+s.CA, s.Env(), query)
			if want != "" {
				wantError(t, err, want)
			} else if out != "t\n18\n" {
				t.Errorf("%q, %v", out, err)
			}
			ca, _ := testservers.PEM(testservers.Issue(nil, testservers.Authority))
			_, err = psql(t, url+s.write("other.pem", string(ca)), s.Env(), query)
			wantError(t, err, "certificate verify failed")
		})
	}
}

// TestPgBouncer asserts that two clients share one connection to the server, so that
// each sees what the other has set for the session.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	s := Start(t)
	b := StartPgBouncer(t, s, "default_pool_size=1")
	db := b.CreateDatabase(t)

	_, err := psql(t, b.URL(db), []string{"PGUSER=" + User, "PGPASSWORD=x"}, "SELECT 1")
	wantError(t, err, "SASL authentication failed")
	s.SQL(t, db, "CREATE ROLE worker LOGIN PASSWORD 'abc'")
	out, err := psql(t, b.URL(db), []string{"PGUSER=worker", "PGPASSWORD=abc"}, "SELECT current_user")
	if out != "worker\n" {
		t.Errorf("%q, %v", out, err)
	}

	cmd := exec.Command(Tool(t, "psql"), "-XAtq", b.URL(db))
	cmd.Env = b.Env()
	stdin, inErr := cmd.StdinPipe()
	stdout, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		timer.Stop()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	rows := bufio.NewReader(stdout)
	ask := func(statements string) string {
		if _, err := stdin.Write([]byte(statements)); err != nil {
			t.Fatal(err)
		}
		row, err := rows.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	if got := ask("SET lock_timeout = 4321; SHOW lock_timeout;\n"); got != "4321ms\n" {
		t.Fatal(got)
	}
	if got := b.SQL(t, db, "SHOW lock_timeout; SET lock_timeout = 99"); got != "4321ms" {
		t.Errorf("another client has the lock_timeout %s", got)
	}
	if got := ask("SHOW lock_timeout;\n"); got != "99ms\n" {
		t.Errorf("the lock_timeout is still %s", got)
	}
	if got := b.SQL(t, "pgbouncer", "SHOW VERSION"); !strings.HasPrefix(got, "PgBouncer ") {
		t.Error(got)
	}
}
