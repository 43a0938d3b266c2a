//go:build linux

package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/spool"
)

// TestCut cuts the connection at each write of a client, before or after the server has it.
// Each step has the effect of once.
func TestCut(t *testing.T) {
	t.Parallel()
	db := start(t)
	p, url := newProxy(t, db)
	content := strings.Repeat("a", rowSize+1)
	run := func() {
		s, other := openAs(t, url, pgtest.User), db.open(t)
		e, err := draft(t, s, "", content).Commit(newEnvelope())
		check(t, err)
		if got := contentOf(t, e); got != content {
			t.Errorf("got %d octets", len(got))
		}
		check(t, e.Close())
		e = take(t, s, e.ID)
		if e.Interrupted != nil || contentOf(t, e) != content {
			t.Errorf("%+v", e)
		}
		check(t, e.Dot([]string{"bob@example.org"}))
		e.Recipients[0].Outcome, e.Attempts = "accepted", 1
		check(t, e.Save())
		if got := other.Look([]string{e.ID})[0]; !got.InUse || got.Attempts != 1 {
			t.Errorf("%+v", got)
		}
		ids, err := s.IDs("")
		if err != nil || !slices.Equal(ids, []string{e.ID}) {
			t.Errorf("%q, %v", ids, err)
		}
		scanned := 0
		check(t, s.Scan(nil, func(string, *spool.Envelope, error) { scanned++ }))
		if scanned != 1 {
			t.Errorf("scanned %d times", scanned)
		}
		release, err := s.Lock("x")
		check(t, err)
		release()
		check(t, e.Remove())
		check(t, e.Close())
		e, err = draft(t, s, someID, "").Commit(newEnvelope())
		check(t, err)
		check(t, e.Forget())
		check(t, e.Close())
		check(t, spool.New(s).ServerFailed("relay", "refused", false, time.Now()))
		if v, err := spool.New(other).Server("relay"); v.Failures != 1 || err != nil {
			t.Errorf("%+v, %v", v, err)
		}
		db.want(t, "SELECT state FROM mailpipe.entry; SELECT count(*) FROM mailpipe.content", "finished\n0")
		check(t, s.Close())
		db.sql(t, "DELETE FROM mailpipe.entry; DELETE FROM mailpipe.record; DELETE FROM mailpipe.lock")
	}
	p.cutAt(0, false)
	run()
	writes := p.writes()
	if writes < 15 {
		t.Fatalf("only %d writes", writes)
	}
	for n := range writes {
		for _, isAfter := range []bool{false, true} {
			p.cutAt(n+1, isAfter)
			run()
			if t.Failed() {
				t.Fatalf("write %d of %d, after: %t", n+1, writes, isAfter)
			}
		}
	}
}

// TestLostCommit loses the end of the transaction again and again.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	db := start(t)
	for _, isAfter := range []bool{false, true} {
		t.Run(fmt.Sprint("after: ", isAfter), func(t *testing.T) {
			t.Parallel()
			p, url := newProxy(t, db)
			p.cutCommit(1000, isAfter)
			e := newEnvelope()
			began := time.Now()
			_, err := draft(t, openAs(t, url, pgtest.User), "", text).Commit(e)
			wantError(t, err, spool.ErrUncertain)
			wantFailure(t, err, spool.Unreachable, "the message may have been kept")
			wantTime(t, began, 10*time.Second)
		})
	}
	t.Cleanup(func() { db.want(t, "SELECT count(*) FROM mailpipe.entry", "1") })
}

// wantTime asserts how long something took, on a machine that is busy.
func wantTime(t *testing.T, began time.Time, want time.Duration) {
	t.Helper()
	if took := time.Since(began); took < want-2*time.Second || took > want+4*time.Second {
		t.Errorf("took %s, want %s", took, want)
	}
}

// TestUnreachable uses a server that is not running.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	db := start(t)
	id := add(t, db.open(t))
	s := db.open(t)
	check(t, s.Sweep(time.Time{})) // has a connection now
	db.Stop(pgtest.Fast)

	began := time.Now()
	_, err := spool.New(s).Take(id)
	_, address, _ := strings.Cut(strings.TrimSuffix(db.url, "/"+db.name), "://")
	wantFailure(t, err, spool.Unreachable, db.url+": "+address+": connection refused")
	wantTime(t, began, 10*time.Second)

	// What comes next has had its time.
	began = time.Now()
	_, err = draft(t, s, "", text).Commit(newEnvelope())
	wantFailure(t, err, spool.Unreachable, "connection refused")
	if errors.Is(err, spool.ErrUncertain) {
		t.Error("uncertain")
	}
	if v, err := spool.New(s).Server("relay"); v.Failures != 0 || err != nil {
		t.Errorf("%+v, %v", v, err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %s", took)
	}

	// Another process does not wait for a record, nor for the time.
	began = time.Now()
	other := db.open(t)
	if v, err := spool.New(other).Server("relay"); v.Failures != 0 || err != nil {
		t.Errorf("%+v, %v", v, err)
	}
	if d := time.Since(other.Now()).Abs(); d > time.Second {
		t.Errorf("Now is wrong by %s", d)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %s", took)
	}

	// That it was not reached for a record does not shorten the wait.
	var storing sync.WaitGroup
	storing.Go(func() {
		e, err := draft(t, other, "", text).Commit(newEnvelope())
		if err != nil {
			t.Error(err)
			return
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(3 * time.Second)
	db.Restart()
	storing.Wait()
	check(t, take(t, db.open(t), id).Close())
}

// TestStalled uses a server that accepts connections, and no more.
func TestStalled(t *testing.T) {
	t.Parallel()
	db := start(t)
	s := db.open(t)
	id := add(t, s)
	db.Pause()
	defer db.Continue()
	began := time.Now()
	_, err := spool.New(s).Take(id)
	wantFailure(t, err, spool.Unreachable, db.url+": no answer from the server in time")
	wantTime(t, began, 10*time.Second)
	began = time.Now()
	if v, err := spool.New(db.open(t)).Server("relay"); v.Failures != 0 || err != nil {
		t.Errorf("%+v, %v", v, err)
	}
	wantTime(t, began, 2*time.Second)
}

// TestTooManyClients has more processes than the server has connections.
func TestTooManyClients(t *testing.T) {
	t.Parallel()
	db := start(t, "max_connections=5", "superuser_reserved_connections=0")
	createRoles(t, db)
	const processes = 30
	begin := make(chan struct{})
	var storing sync.WaitGroup
	for i := range processes {
		role := []string{"mailpipe_host", "mailpipe_worker"}[i%2]
		s := openAs(t, db.url, role)
		d := draft(t, s, fmt.Sprintf("20261129T0300%02dZ-x7kq3f", i), text) // does not connect
		storing.Go(func() {
			<-begin
			e, err := d.Commit(newEnvelope())
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(e.Close(), s.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	close(begin)
	storing.Wait()
	db.want(t, "SELECT count(*) FROM mailpipe.entry", fmt.Sprint(processes))
	if !strings.Contains(db.Log(), "sorry, too many clients already") {
		t.Error("the server had connections enough")
	}
}

// TestTerminated ends the connections of the store between its calls.
func TestTerminated(t *testing.T) {
	t.Parallel()
	db := start(t)
	s := db.open(t)
	id := add(t, s)
	db.sql(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mailpipe'")
	e := take(t, s, id)
	db.sql(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mailpipe'")
	check(t, e.Dot(e.Pending()))
	db.Restart()
	check(t, e.Save())
	check(t, e.Close())
}
