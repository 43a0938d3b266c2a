package directory

import (
	"slices"
	"testing"
	"time"

	"mailpipe/internal/spool"
)

func TestBefore(t *testing.T) {
	s := openNew(t)
	now := time.Date(2026, 11, 29, 4, 0, 1, 0, time.FixedZone("", 3600))
	var ids []string
	for _, age := range []time.Duration{time.Hour, time.Second, 0, -time.Hour} {
		d, err := s.CreateAs(spool.NewID(now.Add(-age)))
		if err != nil {
			t.Fatal(err)
		}
		e, err := d.Commit(spool.Envelope{State: spool.Queued})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
		e.Close()
	}
	all, err := s.IDs()
	if err != nil {
		t.Fatal(err)
	}
	for n, at := range []time.Time{now.Add(-time.Hour), now.Add(-time.Second), now.Add(time.Second - 1)} {
		if got := spool.Before(all, at); !slices.Equal(got, ids[:n]) {
			t.Errorf("before %v: %v, want %v", at, got, ids[:n])
		}
	}
}
