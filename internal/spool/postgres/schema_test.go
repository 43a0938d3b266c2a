//go:build linux

package postgres

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/spool"
)

// createRoles creates the two roles and grants what Init prints.
func createRoles(t *testing.T, db *database) {
	t.Helper()
	for _, role := range []string{"mailpipe_host", "mailpipe_worker"} {
		db.sql(t, `DO $$ BEGIN CREATE ROLE `+role+` LOGIN PASSWORD '`+pgtest.Password+`';
			EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$`)
	}
	db.sql(t, grants)
}

// testRoles asserts that a host can add messages and nothing else, and that a worker can do
// its work and not change the tables.
func testRoles(t *testing.T, db *database) {
	createRoles(t, db)
	host, worker := openAs(t, db.url, "mailpipe_host"), openAs(t, db.url, "mailpipe_worker")
	envelope := newEnvelope()
	for range 2 { // the second time has no effect
		e, err := draft(t, host, someID, text).Commit(envelope)
		check(t, err)
		if e.Locked() {
			t.Error("a host has locked an entry")
		}
		check(t, e.Close())
	}
	db.want(t, "SELECT claim, lease, state FROM mailpipe.entry; SELECT count(*) FROM mailpipe.content", "||queued\n1")

	// What a host adds to the content of another does not count.
	check(t, host.do(func(c *conn) error {
		_, err := c.query("INSERT INTO mailpipe.content VALUES ($1, 1, 'more')", someID)
		return err
	}))

	denied := func(err error) {
		t.Helper()
		wantFailure(t, err, spool.NotAllowed, "permission denied for table entry (SQLSTATE 42501)")
	}
	_, err := host.Read(someID)
	denied(err)
	_, _, _, err = host.Claim(someID)
	denied(err)
	denied(host.Look([]string{someID})[0].Err)
	denied(host.Scan(nil, func(string, *spool.Envelope, error) { t.Error("scanned") }))
	denied(host.Sweep(time.Time{}))
	for _, statement := range []string{
		"SELECT envelope FROM mailpipe.entry", "UPDATE mailpipe.entry SET state = 'held'", "DELETE FROM mailpipe.entry",
		"SELECT data FROM mailpipe.content", "UPDATE mailpipe.content SET data = ''", "DELETE FROM mailpipe.content",
		"INSERT INTO mailpipe.entry (id, stored) VALUES ('x', now())", "TRUNCATE mailpipe.entry",
		"SELECT FROM mailpipe.record", "INSERT INTO mailpipe.lock VALUES ('x', 'x', now())",
		"UPDATE mailpipe.version SET number = 2",
	} {
		err := host.do(func(c *conn) error {
			_, err := c.query(statement)
			return err
		})
		wantFailure(t, err, spool.NotAllowed, "mailpipe queue init")
	}

	// An ID that is none would be in the way of every command that lists them.
	for _, id := range []string{"", "../x", "{", "a b", "x\n", someID + "\n", strings.ToUpper(someID)} {
		err := host.do(func(c *conn) error {
			_, err := c.query(`INSERT INTO mailpipe.entry
				(id, origin, state, host, flags, created, next, attempts, unfinished, envelope, rows)
				VALUES ($1, '', 'queued', '', '[]', now(), now(), 0, false, '{}', 1)`, id)
			return err
		})
		wantFailure(t, err, spool.IO, "violates check constraint")
	}

	// What a host cannot look up is as if it were not there.
	release, err := host.Lock("x")
	check(t, err)
	release()
	hosts := spool.New(host)
	check(t, hosts.ServerFailed("relay", "refused", false, time.Now()))
	if v, err := hosts.Server("relay"); v.Failures != 0 || err != nil {
		t.Errorf("%+v, %v", v, err)
	}
	check(t, hosts.ServerWorks("relay"))
	now := time.Now()
	if at, err := hosts.Reserve("relay", time.Second, now); !at.Equal(now) || err != nil {
		t.Errorf("%s, %v", at, err)
	}
	if all, err := hosts.Servers(); all != nil || err != nil {
		t.Errorf("%v, %v", all, err)
	}
	if others, err := host.Others(someID); others || err != nil {
		t.Errorf("%t, %v", others, err)
	}
	_, err = hosts.IDs()
	wantFailure(t, err, spool.NotAllowed, "the role may only add messages")
	wantFailure(t, err, spool.NotAllowed, "mailpipe queue init")
	_, err = hosts.Find("x7kq3f")
	wantFailure(t, err, spool.NotAllowed, "the role may only add messages")

	workers := spool.New(worker)
	e, err := workers.Take(someID)
	check(t, err)
	if got := contentOf(t, e); got != text {
		t.Errorf("%q", got)
	}
	check(t, e.Dot(e.Pending()))
	check(t, e.Save())
	check(t, e.Remove())
	check(t, e.Close())
	add(t, worker)
	check(t, workers.ServerFailed("relay", "refused", false, now))
	check(t, workers.ServerWorks("relay"))
	check(t, workers.Sweep(now))
	release, err = worker.Lock("x")
	check(t, err)
	worker.renewLeases()
	release()
	for _, statement := range []string{
		"DROP TABLE mailpipe.entry", "ALTER TABLE mailpipe.entry ADD x integer", "CREATE TABLE mailpipe.x ()",
		"UPDATE mailpipe.version SET number = 2", "UPDATE mailpipe.content SET data = ''", "TRUNCATE mailpipe.entry",
	} {
		err := worker.do(func(c *conn) error {
			_, err := c.query(statement)
			return err
		})
		wantFailure(t, err, spool.NotAllowed, "SQLSTATE 42501")
	}

	// A repetition after the message was sent is not sent again.
	again, err := draft(t, host, someID, text).Commit(envelope)
	check(t, err)
	check(t, again.Close())
	_, err = workers.Take(someID)
	wantError(t, err, spool.ErrNotFound)
	db.want(t, "SELECT count(*) FROM mailpipe.content WHERE id = '"+someID+"'", "0")
}

// testInit uses databases without the tables, or with others.
func testInit(t *testing.T, db *database) {
	var initializing sync.WaitGroup
	db.sql(t, "DROP SCHEMA mailpipe CASCADE")
	_, err := db.open(t).IDs("")
	wantFailure(t, err, spool.BadSchema, "mailpipe queue init --spool "+name(db.url))
	for range 5 {
		initializing.Go(func() {
			if err := db.open(t).init(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	initializing.Wait()
	id := add(t, db.open(t))
	check(t, db.open(t).init(context.Background()))
	check(t, take(t, db.open(t), id).Close())

	db.sql(t, "DELETE FROM mailpipe.version")
	_, err = db.open(t).IDs("")
	wantFailure(t, err, spool.BadSchema, "mailpipe queue init --spool")
	db.sql(t, "INSERT INTO mailpipe.version VALUES (2)")
	for _, err := range []error{
		func() error { _, err := db.open(t).IDs(""); return err }(),
		func() error { _, err := draft(t, db.open(t), "", text).Commit(newEnvelope()); return err }(),
		db.open(t).init(context.Background()),
	} {
		wantFailure(t, err, spool.BadSchema, "unknown version 2 of the tables")
	}

	if db.url != db.URL(db.name) { // PgBouncer waits whether the server creates it
		return
	}
	gone := openAs(t, strings.Replace(db.url, db.name, "nodb", 1), pgtest.User)
	_, err = gone.IDs("")
	wantFailure(t, err, spool.BadSchema, `database "nodb" does not exist`)
}
