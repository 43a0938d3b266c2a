package spool

import (
	"slices"
	"testing"
	"time"
)

func TestIsID(t *testing.T) {
	for range 100 {
		if id := NewID(time.Now()); !IsID(id) {
			t.Errorf("%q is not an ID", id)
		}
	}
	for _, name := range []string{
		"", "-", "20261129T030001Z", "20261129T030001Z-", "20261129T030001Z-x7kq3", "20261129T030001Z-x7kq3fg",
		"20261129T030001Z-x7kq3F", "20261129T030001Z-x7kq31", "20261129T030001Z-x7k-3f", "20261129T030001Z-../../",
		"20261329T030001Z-x7kq3f", "2026112 T030001Z-x7kq3f", "20261129T03000.1Z-7kq3f", "20261129T030001.5Z-kq3f",
		"20261129t030001z-x7kq3f", "20261129T030001Z_x7kq3f",
	} {
		if IsID(name) {
			t.Errorf("%q is an ID", name)
		}
	}
}

func TestBefore(t *testing.T) {
	s := openNew(t)
	now := time.Date(2026, 11, 29, 4, 0, 1, 0, time.FixedZone("", 3600))
	var ids []string
	for _, age := range []time.Duration{time.Hour, time.Second, 0, -time.Hour} {
		d, err := s.CreateAs(NewID(now.Add(-age)))
		if err != nil {
			t.Fatal(err)
		}
		e, err := d.Commit(Envelope{State: Queued})
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
		if got := Before(all, at); !slices.Equal(got, ids[:n]) {
			t.Errorf("before %v: %v, want %v", at, got, ids[:n])
		}
	}
}
