//go:build linux

package postgres

import (
	"errors"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/spool"
)

// TestStandby uses a primary whose commits wait for a standby, which takes over in the end.
func TestStandby(t *testing.T) {
	t.Parallel()
	pair := pgtest.StartPair(t)
	name := pair.CreateDatabase(t)
	check(t, openAs(t, pair.URL(name), pgtest.User).init(t.Context()))
	s := openAs(t, pair.URL(name), pgtest.User)
	id := add(t, s)

	// The standby alone can only be read.
	replayed := "SELECT pg_last_wal_replay_lsn() >= '" + pair.Primary.SQL(t, name, "SELECT pg_current_wal_lsn()") + "'"
	for pair.Standby.SQL(t, "postgres", replayed) != "t" {
		time.Sleep(5 * time.Millisecond)
	}
	standby := openAs(t, pair.Standby.URL(name), pgtest.User)
	began := time.Now()
	_, err := spool.New(standby).Take(id)
	wantFailure(t, err, spool.Unreachable, "read-only transaction")
	_, err = draft(t, standby, "", text).Commit(newEnvelope())
	wantFailure(t, err, spool.Unreachable, "cannot execute INSERT in a read-only transaction")
	if errors.Is(err, spool.ErrUncertain) {
		t.Error("what the server refused may have been committed")
	}
	wantTime(t, began, 10*time.Second)

	// A commit does not wait for a standby forever. As long as that has not the message, the same
	// commit promises nothing either, although the primary has it.
	pair.Standby.Pause()
	envelope := newEnvelope()
	for range 2 {
		began = time.Now()
		_, err = draft(t, s, someID, text).Commit(envelope)
		wantError(t, err, spool.ErrUncertain)
		wantTime(t, began, 10*time.Second)
		// The primary cancels the wait, because the connection was closed.
		for pair.Primary.SQL(t, name, "SELECT count(*) FROM mailpipe.entry WHERE id = '"+someID+"'") != "1" {
			time.Sleep(5 * time.Millisecond)
		}
	}
	pair.Standby.Continue()
	e, err := draft(t, s, someID, text).Commit(envelope)
	check(t, err)

	// A dot that only the primary has does not count: it is marked again.
	pair.Standby.Pause()
	marked := make(chan error, 1)
	go func() { marked <- e.Dot(e.Pending()) }()
	waits := func(since string) {
		t.Helper()
		sql := "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query_start > '" + since + "'"
		for pair.Primary.SQL(t, name, sql) == "0" {
			select {
			case err := <-marked:
				t.Fatalf("the dot is marked without the standby: %v", err)
			default:
			}
		}
	}
	waits("-infinity")
	now := pair.Primary.SQL(t, name, "SELECT clock_timestamp()")
	pair.Primary.SQL(t, name, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
	waits(now)
	pair.Standby.Continue()
	check(t, <-marked)

	// The standby becomes the primary while a message is stored and another one is sent.
	pair.Primary.Kill()
	stored := make(chan error)
	go func() {
		_, err := draft(t, openAs(t, pair.URL(name), pgtest.User), "", text).Commit(newEnvelope())
		stored <- err
	}()
	pair.Promote()
	check(t, e.Dot(e.Pending()))
	check(t, e.Remove())
	check(t, e.Close())
	check(t, <-stored)
	states := pair.Standby.SQL(t, name, "SELECT state FROM mailpipe.entry ORDER BY state")
	if states != "finished\nqueued\nqueued" {
		t.Error(states)
	}
}
