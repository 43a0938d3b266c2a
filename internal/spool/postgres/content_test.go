//go:build linux

package postgres

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"mailpipe/internal/spool"
)

const someID = "20261129T030001Z-x7kq3f"

// testCollision stores two messages with one ID.
func testCollision(t *testing.T, db *database) {
	a, b := db.open(t), db.open(t)
	first, err := draft(t, a, someID, text).Commit(newEnvelope())
	check(t, err)
	_, err = draft(t, b, someID, "another").Commit(newEnvelope())
	wantError(t, err, fs.ErrExist)
	check(t, first.Close())
	if got := contentOf(t, take(t, a, someID)); got != text {
		t.Errorf("%q", got)
	}

	// If the ID was chosen here, another one is as good. The other message comes while this
	// one is stored.
	db.sql(t, `DELETE FROM mailpipe.entry;
		CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF NOT EXISTS (SELECT FROM mailpipe.entry) THEN
				INSERT INTO mailpipe.entry (id, origin, state, host, flags, created, next, attempts, unfinished, rows)
				VALUES (NEW.id, 'other', 'held', '', '[]', now(), now(), 0, false, 1);
			END IF;
			RETURN NEW; END $$;
		CREATE TRIGGER other BEFORE INSERT ON mailpipe.content FOR EACH ROW EXECUTE FUNCTION other()`)
	e, err := draft(t, b, "", text).Commit(newEnvelope())
	check(t, err)
	if got := contentOf(t, e); got != text {
		t.Errorf("%q", got)
	}
	check(t, e.Close())
	db.want(t, fmt.Sprintf("SELECT state, origin = 'other', id = '%s' FROM mailpipe.entry ORDER BY state", e.ID),
		"held|t|f\nqueued|f|t")
}

// testRepetition stores a message again that is there, or has been sent.
func testRepetition(t *testing.T, db *database) {
	a, b := db.open(t), db.open(t)
	e := newEnvelope()
	first, err := draft(t, a, someID, text).Commit(e)
	check(t, err)
	_, err = draft(t, b, someID, text).Commit(e) // a worker may change what it gets: it must take it
	wantError(t, err, fs.ErrExist)
	_, err = draft(t, a, someID, text).Commit(e)
	wantError(t, err, fs.ErrExist)
	check(t, first.Remove())
	check(t, first.Close())
	again, err := draft(t, b, someID, text).Commit(e)
	check(t, err)
	if again.Locked() {
		t.Error("a message is locked that was sent")
	}
	_, err = draft(t, b, someID, "another").Commit(e)
	wantError(t, err, fs.ErrExist)
	db.want(t, "SELECT state FROM mailpipe.entry; SELECT count(*) FROM mailpipe.content", "finished\n0")
}

// testForget moves a message away and back.
func testForget(t *testing.T, db *database) {
	s := db.open(t)
	e, err := draft(t, s, someID, text).Commit(newEnvelope())
	check(t, err)
	check(t, e.Forget())
	check(t, e.Close())
	db.want(t, "SELECT count(*) FROM mailpipe.entry; SELECT count(*) FROM mailpipe.content", "0\n0")
	back, err := draft(t, s, someID, text).Commit(e.Envelope)
	check(t, err)
	if got := contentOf(t, back); got != text {
		t.Errorf("%q", got)
	}
	check(t, back.Close())
}

// testSettings looks at the settings of each transaction, on a server whose default promises
// nothing.
func testSettings(t *testing.T, db *database) {
	db.sql(t, `ALTER DATABASE `+db.name+` SET synchronous_commit = 'off';
		CREATE TABLE log (operation text, setting text);
		GRANT INSERT ON log TO public;
		CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			INSERT INTO public.log VALUES (TG_OP || ' ' || TG_TABLE_NAME, current_setting('synchronous_commit'));
			RAISE NOTICE 'this is no warning';
			RETURN NULL; END $$;
		CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON mailpipe.entry EXECUTE FUNCTION log();
		CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON mailpipe.content EXECUTE FUNCTION log()`)
	s := db.open(t)
	wants := func(what, want string) {
		t.Helper()
		if got := db.sql(t, "SELECT operation, setting FROM log; DELETE FROM log"); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	e, err := draft(t, s, someID, text).Commit(newEnvelope())
	check(t, err)
	wants("Commit", "INSERT content|on\nINSERT entry|on")
	check(t, e.Close())
	wants("Close", "UPDATE entry|off")
	e = take(t, s, someID)
	wants("Take", "UPDATE entry|off")
	check(t, e.Dot(e.Pending()))
	wants("Dot", "UPDATE entry|on")
	check(t, e.Save())
	wants("Save", "UPDATE entry|on")
	check(t, e.Dot(e.Pending()))
	wants("Dot", "UPDATE entry|on")
	check(t, e.Remove())
	wants("Remove after a dot", "UPDATE entry|off\nDELETE content|off")
	check(t, e.Close())
	e = take(t, s, add(t, s))
	db.sql(t, "DELETE FROM log")
	check(t, e.Remove())
	wants("Remove", "UPDATE entry|on\nDELETE content|on")
}

// TestNoFsync uses a server that keeps nothing when the power is lost.
func TestNoFsync(t *testing.T) {
	t.Parallel()
	db := start(t, "fsync=off")
	_, err := draft(t, db.open(t), "", text).Commit(newEnvelope())
	wantFailure(t, err, spool.CannotCreate, "fsync is off")
	db.want(t, "SELECT count(*) FROM mailpipe.entry; SELECT count(*) FROM mailpipe.content", "0\n0")
}

// TestMemory stores and reads a message of 64 MiB. It is not parallel, because it measures the
// memory of the process.
func TestMemory(t *testing.T) {
	db := start(t)
	s := db.open(t)
	defer debug.SetGCPercent(debug.SetGCPercent(5)) // else the garbage may be as large as all that pgtest keeps
	runtime.GC()
	before, peak := heap(), uint64(0)
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				peak = max(peak, heap())
			}
		}
	}()
	d := draft(t, s, "", "")
	block := bytes.Repeat([]byte("0123456789abcde\n"), 4096)
	const size = 64 << 20
	for range size / len(block) {
		if _, err := d.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	e, err := d.Commit(newEnvelope())
	check(t, err)
	check(t, e.Close())
	e = take(t, s, e.ID)
	n, err := e.WriteTo(io.Discard)
	if n != size || err != nil {
		t.Errorf("read %d octets, %v", n, err)
	}
	close(stop)
	<-stopped
	if more := int64(peak) - int64(before); more > 8<<20 {
		t.Errorf("needs %d MiB", more>>20)
	}
	check(t, e.Remove())
}

// heap returns the size of the heap in octets.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}
