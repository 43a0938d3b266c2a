//go:build linux

package pgtest

import (
	"fmt"
	"testing"
)

// FillSpool copies the only message of a spool, until there are count.
func (c client) FillSpool(t testing.TB, db string, count int) {
	t.Helper()
	got := c.SQL(t, db, fmt.Sprintf(fillStatements, count-1))
	if got != fmt.Sprint(count) {
		t.Fatalf("%s entries, want %d", got, count)
	}
}

// fillStatements make IDs from the letters of base32. They do not check foreign keys, which
// takes most of the time.
const fillStatements = `
SET session_replication_role = replica;
SET jit = off;
CREATE TEMPORARY TABLE copy AS SELECT e.id AS old,
	'20260102T030405Z-' || translate(lpad(to_hex(i), 6, '0'), '0189', 'ghij') AS id
	FROM mailpipe.entry e, generate_series(1, %d) i;
INSERT INTO mailpipe.entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', c.id,
	'envelope', jsonb_set(e.envelope::jsonb, '{id}', to_jsonb(c.id))))).*
	FROM mailpipe.entry e JOIN copy c ON e.id = c.old;
INSERT INTO mailpipe.content SELECT c.id, n, data FROM mailpipe.content JOIN copy c ON content.id = c.old;
ANALYZE;
SELECT count(*) FROM mailpipe.entry;
`
