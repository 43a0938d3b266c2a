//go:build linux

package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/spool"
)

// TestStore runs what needs no server of its own, first directly and then through
// PgBouncer, whose connections to the server change with each transaction.
func TestStore(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	bouncer := pgtest.StartPgBouncer(t, server, "default_pool_size=3")
	tests := map[string]func(*testing.T, *database){
		"life": testLife, "states": testStates, "result": testResult, "many rows": testManyRows,
		"damage": testDamage, "collision": testCollision, "repetition": testRepetition, "forget": testForget,
		"scan": testScan, "hostile": testHostile, "records": testRecords, "locks": testLocks, "lost": testLost,
		"died": testDied, "roles": testRoles, "sweep": testSweep, "clock": testClock, "init": testInit,
		"settings": testSettings, "renewal": testRenewal, "slow dot": testSlowDot,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newDatabase(t, server))
		})
		t.Run(name+" through PgBouncer", func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, server)
			db.url = bouncer.URL(db.name)
			test(t, db)
		})
	}
}

// testLife stores a message, and another process sends it.
func testLife(t *testing.T, db *database) {
	a, b := db.open(t), db.open(t)
	e, err := draft(t, a, "", text).Commit(newEnvelope())
	check(t, err)
	id := e.ID
	if !e.Locked() || !a.Shared() {
		t.Errorf("locked: %t, shared: %t", e.Locked(), a.Shared())
	}
	if got := contentOf(t, e); got != text {
		t.Errorf("content %q", got)
	}
	_, err = spool.New(b).Take(id)
	wantError(t, err, spool.ErrInUse)
	check(t, e.Close())

	e = take(t, b, id)
	if got := contentOf(t, e); got != text {
		t.Errorf("content %q", got)
	}
	_, err = spool.New(b).Take(id) // in the same process
	wantError(t, err, spool.ErrInUse)
	check(t, e.Dot([]string{"bob@example.org"}))
	db.want(t, "SELECT dot->>'recipients' FROM mailpipe.entry", `["bob@example.org"]`)
	check(t, e.Dot([]string{"carol@example.org"}))
	check(t, e.Remove())
	check(t, e.Close())
	_, err = spool.New(a).Take(id)
	wantError(t, err, spool.ErrNotFound)
	_, err = spool.New(a).Read(id)
	wantError(t, err, spool.ErrNotFound)
	db.want(t, "SELECT state, envelope, dot, lease FROM mailpipe.entry; SELECT count(*) FROM mailpipe.content",
		"finished|||\n0")
}

// testResult saves the result of an attempt, which removes the dot.
func testResult(t *testing.T, db *database) {
	a, b := db.open(t), db.open(t)
	id := add(t, a)
	e := take(t, a, id)
	check(t, e.Dot(e.Pending()))
	e.Recipients[0].Outcome, e.Attempts, e.State = "accepted", 1, spool.Failed
	e.Reason = "550 \x00\xff nein"
	e.Last = time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	check(t, e.Save())
	check(t, e.Close())
	e = take(t, b, id)
	if e.Interrupted != nil || e.State != spool.Failed || e.Attempts != 1 || e.Reason != "550 \x00\ufffd nein" ||
		!slices.Equal(e.Pending(), []string{"carol@example.org"}) {
		t.Errorf("%+v", e.Envelope)
	}
	db.want(t, "SELECT state, attempts, extract(epoch FROM last)::int, dot FROM mailpipe.entry", "failed|1|1795921200|")
}

// testDied leaves a dot, as a process does that dies.
func testDied(t *testing.T, db *database) {
	a, b := db.open(t), db.open(t)
	a.lease, a.renew = 100*time.Millisecond, time.Hour
	id := add(t, a)
	e := take(t, a, id)
	check(t, e.Dot([]string{"carol@example.org"}))
	if seen := b.Look([]string{id})[0]; !seen.InUse || seen.Err != nil {
		t.Errorf("%+v", seen)
	}
	e = waitFor(t, b, id)
	if want := []string{"carol@example.org"}; !slices.Equal(e.Interrupted, want) || e.Recipients[1].Outcome != "unknown" {
		t.Errorf("%+v", e)
	}
	check(t, e.Close())
	seen := b.Look([]string{id})[0]
	if seen.InUse || seen.Err != nil || seen.Reason != spool.ErrInterrupted.Error() {
		t.Errorf("%+v", seen)
	}
}

// waitFor takes an entry as soon as its lease is over.
func waitFor(t *testing.T, s *store, id string) *spool.Entry {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		e, err := spool.New(s).Take(id)
		if err == nil {
			return e
		}
		wantError(t, err, spool.ErrInUse)
	}
	t.Fatal("the lease does not end")
	return nil
}

// testLost changes an entry that another process has taken.
func testLost(t *testing.T, db *database) {
	a, b := db.open(t), db.open(t)
	a.lease, a.renew = 100*time.Millisecond, time.Hour
	id := add(t, a)
	old := take(t, a, id)
	other := waitFor(t, b, id)
	wantError(t, old.Dot(old.Pending()), spool.ErrLost)
	old.State = spool.Held
	wantError(t, old.Save(), spool.ErrLost)
	wantError(t, old.Remove(), spool.ErrLost)
	check(t, old.Close())
	_, err := spool.New(a).Take(id) // Close has not unlocked what is not its own
	wantError(t, err, spool.ErrInUse)
	check(t, other.Remove())
	check(t, other.Close())
}

// testStates lists entries of all states.
func testStates(t *testing.T, db *database) {
	s := db.open(t)
	var ids []string
	for _, state := range []spool.State{spool.Queued, spool.Held, spool.Failed} {
		e := newEnvelope()
		e.State = state
		entry, err := draft(t, s, "", text).Commit(e)
		check(t, err)
		check(t, entry.Close())
		ids = append(ids, entry.ID)
	}
	gone := add(t, s)
	e := take(t, s, gone)
	check(t, e.Remove())
	check(t, e.Close())
	slices.Sort(ids)
	got, err := s.IDs("")
	if err != nil || !slices.Equal(got, ids) {
		t.Errorf("%q, %v, want %q", got, err, ids)
	}
	for _, suffix := range []string{ids[1], ids[1][17:]} {
		if got, err := spool.New(s).Find(suffix); got != ids[1] || err != nil {
			t.Errorf("Find %s: %s, %v", suffix, got, err)
		}
	}
	_, err = spool.New(s).Find(gone)
	wantError(t, err, spool.ErrNotFound)
	for id, want := range map[string]bool{ids[0]: true, gone: true} {
		if got, err := s.Others(id); got != want || err != nil {
			t.Errorf("Others: %t, %v", got, err)
		}
	}
	seen := s.Look([]string{ids[2], gone, ids[0]})
	if seen[0].ID != ids[2] || seen[1].Err != spool.ErrNotFound || seen[2].ID != ids[0] {
		t.Errorf("%+v", seen)
	}
	for _, id := range ids {
		e := take(t, s, id)
		check(t, e.Remove())
		check(t, e.Close())
	}
	if got, err := s.Others(gone); got || err != nil {
		t.Errorf("Others: %t, %v", got, err)
	}
}

// testManyRows stores contents of around one and two rows.
func testManyRows(t *testing.T, db *database) {
	s := db.open(t)
	for _, size := range []int{0, 1, rowSize - 1, rowSize, rowSize + 1, 2*rowSize - 1, 2 * rowSize, 2*rowSize + 1} {
		content := strings.Repeat("0123456\x00\xff\n", size/10+1)[:size]
		e, err := draft(t, s, "", content).Commit(newEnvelope())
		check(t, err)
		check(t, e.Close())
		e = take(t, s, e.ID)
		if got := contentOf(t, e); got != content {
			t.Errorf("size %d: got %d octets", size, len(got))
		}
		rows := max(1, (size+rowSize-1)/rowSize)
		db.want(t, fmt.Sprintf("SELECT count(*), max(n) FROM mailpipe.content WHERE id = '%s'", e.ID),
			fmt.Sprintf("%d|%d", rows, rows-1))
		check(t, e.Remove())
		check(t, e.Close())
	}
	db.want(t, "SELECT count(*) FROM mailpipe.content", "0")
}

// testDamage reads rows that are not what was written.
func testDamage(t *testing.T, db *database) {
	for change, want := range map[string]string{
		"UPDATE mailpipe.entry SET envelope = '{}'":                      "invalid envelope: version 0",
		"UPDATE mailpipe.entry SET envelope = '[]'":                      "invalid envelope: json: cannot unmarshal array",
		"UPDATE mailpipe.entry SET envelope = NULL":                      "invalid envelope: ",
		"UPDATE mailpipe.entry SET dot = '[]'":                           "invalid dot: ",
		"DELETE FROM mailpipe.content WHERE n = 1":                       "the content has 1048576 octets instead of 1048577",
		"UPDATE mailpipe.content SET data = 'abc' WHERE n = 1":           "the content has 1048579 octets instead of 1048577",
		"UPDATE mailpipe.content SET data = 'x' WHERE n = 1":             "wrong checksum: the content was changed",
		"UPDATE mailpipe.content SET n = 3 WHERE n = 1":                  "the content has 1048576 octets instead of 1048577",
		`UPDATE mailpipe.entry SET envelope = '{"version": 99}'`:         "written by a newer mailpipe (version 99)",
		"UPDATE mailpipe.entry SET unfinished = true, envelope = 'null'": "invalid envelope: version 0",
		"UPDATE mailpipe.entry SET flags = '{}'":                         "",
	} {
		s := db.open(t)
		entry, err := draft(t, s, "", strings.Repeat("a", rowSize+1)).Commit(newEnvelope())
		check(t, err)
		check(t, entry.Close())
		db.sql(t, change)
		scanned := 0
		check(t, s.Scan(nil, func(id string, e *spool.Envelope, err error) {
			scanned++
			isDamaged := strings.Contains(change, "unfinished") || strings.Contains(change, "flags")
			if _, ok := errors.AsType[*spool.DamageError](err); id != entry.ID || ok != isDamaged {
				t.Errorf("%s: Scan: %v", change, err)
			}
		}))
		if scanned != 1 {
			t.Errorf("%s: %d entries", change, scanned)
		}
		e, err := spool.New(s).Take(entry.ID)
		if err == nil {
			_, err = e.WriteTo(new(strings.Builder))
			e.Close()
		}
		damage, ok := errors.AsType[*spool.DamageError](err)
		switch {
		case want == "":
			check(t, err)
		case !ok || !strings.HasPrefix(damage.Error(), entry.ID+": "+want):
			t.Errorf("%s: %v, want %s", change, err, want)
		}
		if seen := s.Look([]string{entry.ID})[0]; want != "" && !strings.Contains(want, "checksum") && seen.Err == nil {
			t.Errorf("%s: Look: %+v", change, seen)
		}
		db.want(t, "SELECT claim FROM mailpipe.entry", "") // what cannot be read is not locked either
		db.sql(t, "DELETE FROM mailpipe.entry")
		db.want(t, "SELECT count(*) FROM mailpipe.content", "0")
	}
}

// testHostile reads rows that a host made up. They keep nothing else from being read.
func testHostile(t *testing.T, db *database) {
	s := db.open(t)
	good := add(t, s)
	n := 0
	made := func(column, value string) string {
		n++
		id := fmt.Sprintf("20271129T0300%02dZ-x7kq3f", n)
		if column == "id" {
			id = value
		}
		db.sql(t, fmt.Sprintf(`CREATE TEMP TABLE new AS SELECT * FROM mailpipe.entry WHERE id = '%s';
			UPDATE new SET id = '%s', envelope = replace(envelope::text, id, '%[2]s')::json;
			UPDATE new SET %s = '%s'; INSERT INTO mailpipe.entry SELECT * FROM new;
			INSERT INTO mailpipe.content SELECT '%[2]s', n, data FROM mailpipe.content WHERE id = '%[1]s'`,
			good, id, column, value))
		return id
	}
	for _, column := range []string{"created", "next", "last"} {
		for _, value := range []string{"infinity", "-infinity", "4713-01-01 BC", "294276-12-31"} {
			made(column, value)
		}
	}
	made("attempts", "-2147483648")
	made("rows", "2147483647")
	invalid := made("id", "20279930T030001Z-x7kq3f")
	scanned := 0
	check(t, s.Scan(nil, func(id string, e *spool.Envelope, err error) {
		scanned++
		if (err == nil) != (id != invalid) {
			t.Errorf("%s: %v", id, err)
		}
	}))
	ids, err := s.IDs("")
	check(t, err)
	if scanned != n+1 || len(ids) != n+1 {
		t.Errorf("%d scanned, %d listed, want %d", scanned, len(ids), n+1)
	}
	for i, seen := range s.Look(ids) {
		if (seen.Err == nil) != (ids[i] != invalid) {
			t.Errorf("%s: %v", ids[i], seen.Err)
		}
		if ids[i] != invalid {
			e := take(t, s, ids[i])
			check(t, e.Save())
			check(t, e.Remove())
			check(t, e.Close())
		}
	}
}

// testScan scans entries that are to be sent, or that have steps left.
func testScan(t *testing.T, db *database) {
	s := db.open(t)
	var want []string
	for _, change := range []func(e *spool.Envelope){
		func(e *spool.Envelope) { e.Next = e.Created.Add(time.Hour); e.Attempts = 7; e.Last = e.Created },
		func(e *spool.Envelope) { e.State = spool.Held },
		func(e *spool.Envelope) { e.State, e.Bounce = spool.Failed, "20261129T030001Z-x7kq3f" },
		func(e *spool.Envelope) {
			e.State, e.Bounce, e.Bounced = spool.Failed, "20261129T030001Z-x7kq3f", true
		},
	} {
		e := newEnvelope()
		change(&e)
		entry, err := draft(t, s, "", text).Commit(e)
		check(t, err)
		check(t, entry.Close())
		if entry.State == spool.Queued || entry.Unfinished() {
			want = append(want, entry.ID)
		}
	}
	slices.Sort(want)
	for _, ids := range [][]string{nil, want[:1], {}} {
		var got []string
		check(t, s.Scan(ids, func(id string, e *spool.Envelope, err error) {
			check(t, err)
			got = append(got, id)
			full, err := s.Read(id)
			check(t, err)
			near := func(a, b time.Time) bool { return a.Sub(b).Abs() <= time.Microsecond }
			if e.ID != id || e.State != full.State || e.Attempts != full.Attempts || !near(e.Created, full.Created) ||
				!near(e.Next, full.Next) || !near(e.Last, full.Last) || e.Last.IsZero() != full.Last.IsZero() ||
				!slices.Equal(e.Flags, full.Flags) || e.Unfinished() != full.Unfinished() {
				t.Errorf("%+v, want %+v", e, full)
			}
		}))
		expected := want
		if ids != nil {
			expected = ids
		}
		if !slices.Equal(got, expected) {
			t.Errorf("%q, want %q", got, expected)
		}
	}
}

// testSweep removes what is left of messages that were sent a week ago.
func testSweep(t *testing.T, db *database) {
	s := db.open(t)
	waiting := add(t, s)
	for _, age := range []string{"6 days", "8 days"} {
		id := add(t, s)
		e := take(t, s, id)
		check(t, e.Remove())
		check(t, e.Close())
		db.sql(t, fmt.Sprintf("UPDATE mailpipe.entry SET finished = now() - interval '%s' WHERE id = '%s'", age, id))
	}
	db.sql(t, `INSERT INTO mailpipe.lock VALUES ('a', 'x', now() - interval '2 days'), ('b', 'x', now())`)
	check(t, s.Sweep(time.Time{}))
	db.want(t, "SELECT state FROM mailpipe.entry ORDER BY state; SELECT name FROM mailpipe.lock", "finished\nqueued\nb")
	check(t, take(t, s, waiting).Close())
}

// testClock has a host whose clock is wrong by hours.
func testClock(t *testing.T, db *database) {
	s := db.open(t)
	now := s.Now() // the clock of the server is that of this machine
	if d := time.Since(now).Abs(); d > time.Second {
		t.Errorf("wrong by %s", d)
	}
	before, err := s.Changed()
	check(t, err)
	if !before.IsZero() && before.Year() > 1970 {
		t.Errorf("Changed: %s", before)
	}
	id := add(t, s)
	changed, err := s.Changed()
	check(t, err)
	again, err := s.Changed() // a transaction that began before may not have ended
	check(t, err)
	if !changed.After(now) || !again.After(changed) {
		t.Errorf("changed %s, then %s, then %s", now, changed, again)
	}
	db.sql(t, "UPDATE mailpipe.entry SET stored = stored - interval '1 hour'")
	settled, err := s.Changed()
	check(t, err)
	again, err = s.Changed()
	check(t, err)
	if !settled.Equal(again) {
		t.Errorf("changed %s, then %s", settled, again)
	}
	// The clock of a host is three hours ahead: new IDs have the time of the database.
	s.clock.set(time.Now().Add(-3 * time.Hour))
	late := add(t, s)
	if ids := spool.Before([]string{late, id}, time.Now().Add(-2*time.Hour)); !slices.Equal(ids, []string{late}) {
		t.Errorf("the ID is %s", late)
	}
	db.sql(t, "DELETE FROM mailpipe.entry WHERE id = '"+late+"'")

	e := take(t, s, id)
	check(t, e.Save())
	check(t, e.Close())
	if again, err = s.Changed(); err != nil || !again.After(settled) {
		t.Errorf("changed %s after Save, %v", again, err)
	}
}
