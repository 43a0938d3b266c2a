//go:build linux

package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/spool"
)

// server starts a server with a database that has the tables.
func server(t testing.TB, settings ...string) (server *pgtest.Server, db string) {
	t.Helper()
	server = pgtest.Start(t, settings...)
	db = server.CreateDatabase(t)
	initialize(t, server.URL(db))
	return server, db
}

func initialize(t testing.TB, url string) {
	t.Helper()
	s := use(t, url, pgtest.User)
	if err := s.init(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// use returns a store as a process of a role has it.
func use(t testing.TB, url, role string) *store {
	t.Helper()
	s, err := open(url)
	if err != nil {
		t.Fatal(err)
	}
	s.config.User, s.config.Password = role, pgtest.Password
	t.Cleanup(func() { s.Close() })
	return s
}

// envelope returns an envelope with two recipients.
func envelope() spool.Envelope {
	now := time.Now()
	return spool.Envelope{
		Created: now, Next: now, State: spool.Queued, Host: "cron", From: "alice@example.org",
		Recipients: []spool.Recipient{{Address: "bob@example.org"}, {Address: "carol@example.org"}},
		Flags:      []spool.Flag{{Name: "account", Value: "work"}},
	}
}

// add stores a message.
func add(t testing.TB, s *spool.Spool, text string) *spool.Entry {
	t.Helper()
	d, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	e, err := d.Commit(envelope())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// content returns the content of an entry.
func read(t testing.TB, e *spool.Entry) string {
	t.Helper()
	var b strings.Builder
	if _, err := e.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLife(t *testing.T) {
	t.Parallel()
	server, db := server(t)
	a, b := spool.New(use(t, server.URL(db), pgtest.User)), spool.New(use(t, server.URL(db), pgtest.User))
	e := add(t, a, "Subject: one\r\n\r\none\r\n")
	id := e.ID
	if _, err := b.Take(id); err != spool.ErrInUse {
		t.Errorf("Take: %v", err)
	}
	if got := read(t, e); got != "Subject: one\r\n\r\none\r\n" {
		t.Errorf("%q", got)
	}
	e.Close()
	e, err := b.Take(id)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, e); got != "Subject: one\r\n\r\none\r\n" {
		t.Errorf("%q", got)
	}
	if err := e.Dot([]string{"bob@example.org"}); err != nil {
		t.Fatal(err)
	}
	if err := e.Remove(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if _, err := a.Take(id); err != spool.ErrNotFound {
		t.Errorf("Take: %v", err)
	}
}
