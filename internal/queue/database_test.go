//go:build linux

package queue

import (
	"os"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/spool"
	"mailpipe/internal/spool/postgres"
	"mailpipe/wire"
)

func init() {
	os.Setenv("PGUSER", pgtest.User)
	os.Setenv("PGPASSWORD", pgtest.Password)
}

// newShared returns a fixture whose spool is a database.
func newShared(t *testing.T, servers ...wire.Server) (f *fixture, server *pgtest.Server, sql func(string) string) {
	t.Helper()
	f = newFixture(t, servers...)
	server = pgtest.Start(t)
	db := server.CreateDatabase(t)
	if _, err := postgres.Init(t.Context(), server.URL(db)); err != nil {
		t.Fatal(err)
	}
	s, err := postgres.Open(server.URL(db))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f.Spool = s
	return f, server, func(statements string) string { return server.SQL(t, db, statements) }
}

// A message that another process has taken over before the dot is left to that process.
func TestLostBeforeDot(t *testing.T) {
	t.Parallel()
	r, server := newRelay(t)
	f, _, sql := newShared(t, server)
	f.put("b@example.org")
	isLost := false
	r.listen(func(command string) {
		if command == "DATA" && !isLost {
			isLost = true
			sql("UPDATE mailpipe.entry SET claim = 'other', lease = now() + interval '1 hour'")
		}
	})
	f.flush(Summary{Waiting: 1})
	if got := r.got(); got != "" {
		t.Errorf("received by %s", got)
	}
	if got := sql("SELECT attempts, state, claim, dot FROM mailpipe.entry"); got != "0|queued|other|" {
		t.Error(got)
	}
	if v, err := f.Spool.Server("key of relay"); v.Failures != 0 || err != nil {
		t.Errorf("%+v, %v", v, err)
	}
	f.put("c@example.org")
	f.flush(Summary{Sent: 1, Waiting: 1}, "sent c@example.org")
}

// If another process takes a message over after the dot, that is reported.
func TestLostAfterDot(t *testing.T) {
	t.Parallel()
	r, server := newRelay(t)
	f, _, sql := newShared(t, server)
	f.put("b@example.org")
	sql(`CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.claim = 'other'; RETURN NEW; END $$;
		CREATE TRIGGER lose BEFORE UPDATE ON mailpipe.entry FOR EACH ROW
			WHEN (OLD.dot IS NULL AND NEW.dot IS NOT NULL) EXECUTE FUNCTION lose()`)
	f.flush(Summary{Sent: 1}, "sent b@example.org", "trouble b@example.org: "+spool.ErrLost.Error())
	if got := r.got(); got != "b@example.org" {
		t.Errorf("received by %s", got)
	}
	if got := sql("SELECT state, claim, dot->>'attempts' FROM mailpipe.entry"); got != "queued|other|0" {
		t.Error(got)
	}
}

// If another process takes a message over while this one records that its outcome is unknown, the
// message is in use.
func TestLostInterrupted(t *testing.T) {
	t.Parallel()
	r, server := newRelay(t)
	f, _, sql := newShared(t, server)
	f.put("b@example.org")
	sql(`UPDATE mailpipe.entry SET dot = '{"attempts": 0, "recipients": ["b@example.org"]}';
		CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.claim = 'other'; RETURN NEW; END $$;
		CREATE TRIGGER lose BEFORE UPDATE ON mailpipe.entry FOR EACH ROW
			WHEN (OLD.claim IS NULL) EXECUTE FUNCTION lose()`)
	f.flush(Summary{Waiting: 1})
	if got := r.got(); got != "" {
		t.Errorf("received by %s", got)
	}
}

// Run waits for a database that cannot be reached, reports that once, and sends what is there
// then.
func TestRunOutage(t *testing.T) {
	t.Parallel()
	_, server := newRelay(t)
	f, db, _ := newShared(t, server)
	f.put("a@example.org")
	events := running(t, f)
	expect(t, events, Sent)
	db.Stop(pgtest.Fast)
	e := expect(t, events, Trouble)
	if e.ID != "" || !spool.IsUnreachable(e.Err) || !strings.Contains(e.Err.Error(), "connection refused") {
		t.Errorf("%q: %v", e.ID, e.Err)
	}
	time.Sleep(3 * pollTime) // it would report it again
	db.Restart()
	f.put("b@example.org")
	if e := expect(t, events, Sent); e.Envelope.Recipients[0].Address != "b@example.org" {
		t.Errorf("%+v", e)
	}
}

// An entry that cannot be locked because the database cannot be reached is sent later.
func TestFlushOutage(t *testing.T) {
	t.Parallel()
	r, server := newRelay(t)
	f, db, _ := newShared(t, server)
	f.put("a@example.org")
	f.put("b@example.org")
	r.listen(func(command string) {
		if strings.HasPrefix(command, "MAIL") {
			db.Stop(pgtest.Immediate)
			r.listen(nil)
		}
	})
	sum, err := f.Flush(t.Context(), Options{})
	if want := (Summary{Waiting: 2}); sum != want || err != nil {
		t.Errorf("%+v, %v, want %+v", sum, err, want)
	}
	if len(f.events) != 1 || !strings.HasPrefix(f.events[0], "trouble a@example.org: ") {
		t.Errorf("events %q", f.events)
	}
	f.events = nil
	db.Restart()
	f.flush(Summary{Sent: 2}, "sent a@example.org", "sent b@example.org")
}
