//go:build linux

package postgres

import (
	"slices"
	"sync"
	"testing"
	"time"

	"mailpipe/internal/spool"
)

// testRecords changes records from several processes at once.
func testRecords(t *testing.T, db *database) {
	s := spool.New(db.open(t))
	now := time.Now()
	if v, err := s.Server("relay"); err != nil || v.Failures != 0 || v.Key != "relay" {
		t.Errorf("%+v, %v", v, err)
	}
	check(t, s.ServerFailed("relay", "refused", false, now))
	check(t, s.ServerFailed("other", "refused", false, now))
	v, err := spool.New(db.open(t)).Server("relay")
	if err != nil || v.Failures != 1 || v.Reason != "refused" || !v.Down(now) {
		t.Errorf("%+v, %v", v, err)
	}
	check(t, s.ServerWorks("relay"))
	all, err := s.Servers()
	if err != nil || len(all) != 1 || all[0].Key != "other" {
		t.Errorf("%+v, %v", all, err)
	}

	var mu sync.Mutex
	var got []time.Duration
	var reserving sync.WaitGroup
	for range 5 {
		s := spool.New(db.open(t))
		reserving.Go(func() {
			for range 4 {
				at, err := s.Reserve("relay", time.Second, now)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				got = append(got, at.Sub(now).Round(time.Second))
				mu.Unlock()
			}
		})
	}
	reserving.Wait()
	slices.Sort(got)
	for i, d := range got {
		if d != time.Duration(i)*time.Second {
			t.Errorf("reserved %s", got)
			break
		}
	}
	var mine, other struct{ N int }
	b := db.open(t)
	check(t, db.open(t).ChangeRecord("n", &mine, func() {
		if other.N == 0 { // another process is faster, as if this one were stopped here
			check(t, b.ChangeRecord("n", &other, func() { other.N++ }))
		}
		mine.N += 10
	}))
	if mine.N != 11 || other.N != 1 {
		t.Errorf("%d and %d, want 11 and 1", mine.N, other.N)
	}
	check(t, s.SetFlushed(now))
	if last, err := s.Flushed(); err != nil || !last.Equal(now) {
		t.Errorf("%s, %v", last, err)
	}
}

// testLocks locks names from several processes.
func testLocks(t *testing.T, db *database) {
	a, b := db.open(t), db.open(t)
	release, err := a.Lock("x.1")
	check(t, err)
	for _, s := range []*store{a, b} {
		_, err = s.Lock("x.1")
		wantError(t, err, spool.ErrInUse)
	}
	release()
	db.want(t, "SELECT count(*) FROM mailpipe.lock", "0")
	release, err = b.Lock("x.1")
	check(t, err)
	release()

	dying := db.open(t)
	dying.lease, dying.renew = 100*time.Millisecond, time.Hour
	release, err = dying.Lock("x.1")
	check(t, err)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		mine, err := a.Lock("x.1")
		if err == nil {
			release() // which has no effect any more
			db.want(t, "SELECT count(*) FROM mailpipe.lock", "1")
			mine()
			break
		}
		wantError(t, err, spool.ErrInUse)
		if time.Now().After(end) {
			t.Fatal("the lease does not end")
		}
	}
	first, err := spool.New(a).Connect("relay", 2)
	check(t, err)
	second, err := spool.New(b).Connect("relay", 2)
	check(t, err)
	_, err = spool.New(a).Connect("relay", 2)
	wantError(t, err, spool.ErrInUse)
	first()
	second()
}
