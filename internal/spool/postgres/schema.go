package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"mailpipe/internal/spool"
)

// version is that of the tables.
const version = 1

// tables creates what does not exist yet. It is one transaction.
//
// An entry that is finished keeps its row for a while, without the envelope, so that the
// same message is not stored and sent again. Its content is gone.
const tables = `
SELECT pg_advisory_xact_lock(hashtext('mailpipe')); -- else two at once may fail
CREATE SCHEMA IF NOT EXISTS mailpipe;
CREATE TABLE IF NOT EXISTS mailpipe.version (number integer PRIMARY KEY);
CREATE TABLE IF NOT EXISTS mailpipe.entry (
	id         text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9]{8}T[0-9]{6}Z-[a-z2-7]{6}$'),
	origin     text NOT NULL, -- tells a repetition from another message with the same ID
	stored     timestamptz NOT NULL DEFAULT clock_timestamp(), -- or changed
	state      text NOT NULL CHECK (state IN ('queued', 'held', 'failed', 'finished')),
	host       text NOT NULL,
	flags      json NOT NULL,
	created    timestamptz,
	next       timestamptz,
	last       timestamptz,
	attempts   integer NOT NULL,
	unfinished boolean NOT NULL,
	rows       integer NOT NULL, -- of the content; others do not count
	envelope   json, -- NULL if it is finished
	dot        json, -- the mark that a final dot may have been sent
	claim      text, -- of the process that has locked it
	lease      timestamptz, -- when that lock ends
	finished   timestamptz
);
CREATE INDEX IF NOT EXISTS entry_waiting ON mailpipe.entry (id) WHERE state <> 'finished';
CREATE INDEX IF NOT EXISTS entry_stored ON mailpipe.entry (stored);
CREATE INDEX IF NOT EXISTS entry_finished ON mailpipe.entry (finished) WHERE state = 'finished';
CREATE TABLE IF NOT EXISTS mailpipe.content (
	id   text COLLATE "C" REFERENCES mailpipe.entry ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
	n    integer,
	data bytea NOT NULL,
	PRIMARY KEY (id, n)
);
ALTER TABLE mailpipe.content ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS mailpipe.record (name text PRIMARY KEY, value json NOT NULL);
CREATE TABLE IF NOT EXISTS mailpipe.lock (name text PRIMARY KEY, claim text NOT NULL, lease timestamptz NOT NULL);
INSERT INTO mailpipe.version SELECT 1 WHERE NOT EXISTS (SELECT FROM mailpipe.version);
`

// grants is what the two roles may do. A host cannot read, change or delete a message,
// nor choose when it counts as stored.
const grants = `-- a host, which may only add messages
GRANT USAGE ON SCHEMA mailpipe TO mailpipe_host;
GRANT SELECT ON mailpipe.version TO mailpipe_host;
GRANT SELECT (id, origin) ON mailpipe.entry TO mailpipe_host;
GRANT INSERT (id, origin, state, host, flags, created, next, last, attempts, unfinished, envelope, rows)
    ON mailpipe.entry TO mailpipe_host;
GRANT INSERT ON mailpipe.content TO mailpipe_host;

-- a worker, which sends them
GRANT USAGE ON SCHEMA mailpipe TO mailpipe_worker;
GRANT SELECT ON mailpipe.version TO mailpipe_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON mailpipe.entry, mailpipe.record, mailpipe.lock TO mailpipe_worker;
GRANT SELECT, INSERT, DELETE ON mailpipe.content TO mailpipe_worker;
`

// Init creates the tables in the database with a URL, unless they exist. It returns the
// statements that let two roles use them.
func Init(ctx context.Context, where string) (string, error) {
	s, err := open(where)
	if err != nil {
		return "", err
	}
	defer s.Close()
	return grants, s.init(ctx)
}

func (s *store) init(ctx context.Context) error {
	s.creates = true
	return s.do(func(c *conn) error {
		if _, err := c.Exec(ctx, tables).ReadAll(); err != nil {
			return s.failed(err)
		}
		return c.check()
	})
}

// check returns an error if the tables are not those of this program. It finds out what
// the role may do, and what time it is.
func (c *conn) check() error {
	rows, err := c.query("SELECT max(number), has_table_privilege('mailpipe.entry', 'UPDATE'), " +
		micros("clock_timestamp()") + " FROM mailpipe.version")
	if err != nil {
		return err
	}
	number, _ := strconv.Atoi(string(rows[0][0]))
	switch {
	case rows[0][0] == nil:
		return c.store.fail(spool.BadSchema, errors.New("the table of the version is empty"), hintInit)
	case number != version:
		err := fmt.Errorf("unknown version %d of the tables: this program knows version %d", number, version)
		return c.store.fail(spool.BadSchema, err, "")
	}
	c.canSend = string(rows[0][1]) == "t"
	c.store.clock.set(timeOf(rows[0][2]))
	return nil
}
