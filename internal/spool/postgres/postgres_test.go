//go:build linux

package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/spool"
)

// A database is one with the tables, and how to reach it.
type database struct {
	*pgtest.Server
	name string
	url  string
}

// newDatabase creates a database on a server.
func newDatabase(t testing.TB, server *pgtest.Server) *database {
	t.Helper()
	name := server.CreateDatabase(t)
	db := &database{server, name, server.URL(name)}
	if err := db.open(t).init(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

// start starts a server with a database.
func start(t testing.TB, settings ...string) *database {
	t.Helper()
	return newDatabase(t, pgtest.Start(t, settings...))
}

// open returns the store as another process has it.
func (db *database) open(t testing.TB) *store { return openAs(t, db.url, pgtest.User) }

func openAs(t testing.TB, url, role string) *store {
	t.Helper()
	s, err := open(url)
	if err != nil {
		t.Fatal(err)
	}
	s.config.User, s.config.Password = role, pgtest.Password
	t.Cleanup(func() { s.Close() })
	return s
}

// sql runs statements as the superuser, and returns what they print.
func (db *database) sql(t testing.TB, statements string) string {
	t.Helper()
	return db.SQL(t, db.name, statements)
}

// want compares what statements print.
func (db *database) want(t testing.TB, statements, want string) {
	t.Helper()
	if got := db.sql(t, statements); got != want {
		t.Errorf("%s: %s, want %s", statements, got, want)
	}
}

const text = "Subject: one\r\n\r\nThe report.\r\n"

// newEnvelope returns an envelope with two recipients.
func newEnvelope() spool.Envelope {
	now := time.Now()
	return spool.Envelope{
		Created: now, Next: now, State: spool.Queued, Host: "cron", From: "alice@example.org",
		Recipients: []spool.Recipient{{Address: "bob@example.org"}, {Address: "carol@example.org"}},
		Flags:      []spool.Flag{{Name: "account", Value: "work"}},
	}
}

// draft returns a draft with a content. If the ID is empty, it gets a new one.
func draft(t testing.TB, s *store, id, content string) *spool.Draft {
	t.Helper()
	create := spool.New(s).Create
	if id != "" {
		create = func() (*spool.Draft, error) { return spool.New(s).CreateAs(id) }
	}
	d, err := create()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if _, err := d.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	return d
}

// add stores a message, and returns its ID.
func add(t testing.TB, s *store) string {
	t.Helper()
	e, err := draft(t, s, "", text).Commit(newEnvelope())
	if err != nil {
		t.Fatal(err)
	}
	check(t, e.Close())
	return e.ID
}

// take locks an entry.
func take(t testing.TB, s *store, id string) *spool.Entry {
	t.Helper()
	e, err := spool.New(s).Take(id)
	if err != nil {
		t.Fatalf("Take: %v", err)
	}
	return e
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError asserts that err is or wraps target.
func wantError(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("error %v, want %v", err, target)
	}
}

// wantFailure asserts that err is of the kind and has the words, which may be in its hint.
func wantFailure(t testing.TB, err error, kind spool.Kind, words string) {
	t.Helper()
	e, ok := errors.AsType[*spool.Error](err)
	if !ok || e.Kind != kind || !strings.Contains(err.Error()+"\n"+e.Hint, words) {
		t.Errorf("error %#v: %v, want kind %d with %q", e, err, kind, words)
	}
}

// contentOf returns the content of an entry.
func contentOf(t testing.TB, e *spool.Entry) string {
	t.Helper()
	var b strings.Builder
	if _, err := e.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
