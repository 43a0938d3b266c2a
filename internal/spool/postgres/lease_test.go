//go:build linux

package postgres

import (
	"fmt"
	"testing"
	"time"

	"mailpipe/internal/spool"
)

// testRenewal holds locks for longer than a lease lasts.
func testRenewal(t *testing.T, db *database) {
	a, b := db.open(t), db.open(t)
	a.lease, a.renew = time.Second, 100*time.Millisecond
	e, err := draft(t, a, "", text).Commit(newEnvelope())
	check(t, err)
	second := take(t, a, add(t, b))
	release, err := a.Lock("x")
	check(t, err)
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, id := range []string{e.ID, second.ID} {
			_, err := spool.New(b).Take(id)
			wantError(t, err, spool.ErrInUse)
		}
		_, err = b.Lock("x")
		wantError(t, err, spool.ErrInUse)
	}
	check(t, e.Dot(e.Pending()))
	check(t, e.Remove())
	check(t, e.Close())
	check(t, second.Close())
	check(t, take(t, b, second.ID).Close()) // at once
	release()
	release, err = b.Lock("x")
	check(t, err)
	release()
}

// testSlowDot marks a dot while the row is locked for so long that the lease is nearly over.
func testSlowDot(t *testing.T, db *database) {
	a := db.open(t)
	a.lease, a.renew = 2*time.Second, time.Hour
	e := take(t, a, add(t, a))
	locked := make(chan bool)
	go func() {
		db.sql(t, fmt.Sprintf("BEGIN; SELECT id FROM mailpipe.entry WHERE id = '%s' FOR UPDATE; SELECT pg_sleep(1.5)", e.ID))
		close(locked)
	}()
	const sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
	for db.sql(t, sleeping) != "1" {
		time.Sleep(5 * time.Millisecond)
	}
	check(t, e.Dot(e.Pending()))
	db.want(t, "SELECT lease > now() + interval '1 second' FROM mailpipe.entry", "t")
	<-locked
	check(t, e.Close())
}
