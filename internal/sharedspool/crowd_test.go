//go:build linux

package sharedspool

import (
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
)

// TestCrowd stores messages with 300 producers at once, which are more than the server
// accepts. All are kept within 30 s: in the database, or in the next spool.
func TestCrowd(t *testing.T) {
	t.Parallel()
	const most = 30 * time.Second
	count := number(t, "MAILPIPE_TEST_PRODUCERS", 300, 150)
	server := pgtest.Start(t, "max_connections=100")
	s := newSite(t, server)
	host := s.newLogin("host", "mailpipe_host")
	fallback := s.path("fallback")
	unlock := s.lockEntries()

	type producer struct {
		to   string
		open io.Closer // of standard input
		done <-chan result
	}
	var all []producer
	for i := range count {
		cmd := s.command(deliver + recipient(i))
		cmd.Args = append(cmd.Args, "--spool", fallback)
		cmd.Env = append(cmd.Env, host...)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		p := producer{recipient(i), stdin, start(t, cmd)}
		if _, err := io.WriteString(stdin, "Subject: crowd\n\nx\n"); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	began := time.Now()
	for _, p := range all {
		p.open.Close()
	}
	wait(t, "the server has too many clients", func() bool {
		return strings.Contains(server.Log(), "remaining connection slots are reserved")
	})
	unlock()
	for _, p := range all {
		r := <-p.done
		s.produced(p.to, r)
		if r.code != 0 {
			t.Errorf("deliver: exit status %d: %s", r.code, r.err)
		}
	}
	took := time.Since(began)
	if took > most {
		t.Errorf("it took %v, want at most %v", took, most)
	}
	inDatabase, _ := strconv.Atoi(s.sql("SELECT count(*) FROM mailpipe.entry"))
	second := s.newMachine(fallback, s.server)
	inDirectory := len(second.list())
	if inDatabase+inDirectory != count {
		t.Errorf("%d messages are in the database and %d in the directory, want %d", inDatabase, inDirectory, count)
	}
	second.mailpipe("queue flush --all", 0)
	t.Logf("after %v, %d are in the database and %d in the directory; %s", took, inDatabase, inDirectory, s.sendRest())
}

// lockEntries lets all producers wait that store an entry, until unlock is called.
func (s *site) lockEntries() (unlock func()) {
	s.t.Helper()
	cmd := exec.Command("psql", "-XAtq", s.spool)
	cmd.Env = append([]string{"PATH=/usr/bin:/bin"}, s.env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	done := start(s.t, cmd)
	if _, err := io.WriteString(stdin, "BEGIN; LOCK TABLE mailpipe.entry;\n"); err != nil {
		s.t.Fatal(err)
	}
	wait(s.t, "the table is locked", func() bool {
		return s.sql("SELECT count(*) FROM pg_locks WHERE relation = 'mailpipe.entry'::regclass AND granted "+
			"AND mode = 'AccessExclusiveLock'") == "1"
	})
	return func() {
		stdin.Close()
		if r := <-done; r.code != 0 {
			s.t.Errorf("psql: %s", r.err)
		}
	}
}

// newLogin makes a role that logs in, and has what queue init grants to another role. It
// returns the environment variables for the login.
func (s *site) newLogin(name, role string) []string {
	s.t.Helper()
	const password = "Sesame-host"
	s.sql(fmt.Sprintf("CREATE ROLE mailpipe_host; CREATE ROLE mailpipe_worker; CREATE ROLE %s LOGIN PASSWORD '%s'",
		name, password))
	s.sql(s.mailpipe("queue init", 0).out)
	s.sql("GRANT " + role + " TO " + name)
	return []string{"PGUSER=" + name, "PGPASSWORD=" + password}
}
