package directory

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// The pauses of a server that failed.
func TestServerPauses(t *testing.T) {
	for _, tt := range []struct {
		notAllowed bool
		pauses     []time.Duration
	}{
		{false, []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
			15 * time.Minute, 15 * time.Minute}},
		{true, []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 4 * time.Hour}},
	} {
		s := openNew(t)
		now := noon
		for i, pause := range tt.pauses {
			if err := s.ServerFailed("relay", "refused", tt.notAllowed, now); err != nil {
				t.Fatal(err)
			}
			v, err := s.Server("relay")
			if err != nil {
				t.Fatal(err)
			}
			if v.Failures != i+1 || len(v.Recent) != min(i+1, 5) || !v.Recent[len(v.Recent)-1].Equal(now) {
				t.Errorf("failure %d: %+v", i+1, v)
			}
			if !v.Next.Equal(now.Add(pause)) || !v.Since.Equal(noon) || !v.Last.Equal(now) {
				t.Errorf("failure %d: %+v, want a pause of %v", i+1, v, pause)
			}
			if !v.Down(v.Next.Add(-1)) || v.Down(v.Next) || !v.Down(now) || v.Down(now.Add(-1)) {
				t.Errorf("failure %d: Down is wrong", i+1)
			}
			now = v.Next
		}
		if v, err := s.Server("other"); err != nil || v.Failures != 0 || v.Down(now) {
			t.Errorf("another server: %+v, %v", v, err)
		}
		for range 2 {
			if err := s.ServerWorks("relay"); err != nil {
				t.Fatal(err)
			}
		}
		if v, err := s.Server("relay"); err != nil || v.Failures != 0 || v.Down(noon) || v.Key != "relay" {
			t.Errorf("after a success: %+v, %v", v, err)
		}
	}
}

// Jobs that find a server down at the same time count as one failure. A refused
// login after that is a new one.
func TestSameFailureCountsOnce(t *testing.T) {
	s := openNew(t)
	for i := range 8 {
		if err := s.ServerFailed("relay", "refused", false, noon.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	v, err := s.Server("relay")
	if err != nil || v.Failures != 1 ||
		!v.Next.Equal(noon.Add(30*time.Second)) || !v.Last.Equal(noon.Add(7*time.Second)) {
		t.Errorf("%+v, %v", v, err)
	}
	if err := s.ServerFailed("relay", "535 5.7.8", true, noon.Add(8*time.Second)); err != nil {
		t.Fatal(err)
	}
	v, err = s.Server("relay")
	if err != nil || v.Failures != 2 ||
		v.Next.Sub(v.Last) != 15*time.Minute || v.Reason != "535 5.7.8" || !v.NotAllowed {
		t.Errorf("%+v, %v", v, err)
	}
}

// A record that is damaged is as good as none, and is replaced.
func TestDamagedRecord(t *testing.T) {
	for _, text := range []string{"", "{", "null", "[]", `{"key": "x", "failures": 5}`, "\x00\x00"} {
		s := openNew(t)
		if err := s.ServerFailed("relay", "refused", false, noon); err != nil {
			t.Fatal(err)
		}
		records, err := filepath.Glob(filepath.Join(s.Name(), "server-*"))
		if err != nil || len(records) != 1 {
			t.Fatalf("%q, %v", records, err)
		}
		if err := os.WriteFile(records[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if v, err := s.Server("relay"); err != nil || v.Failures != 0 || v.Key != "relay" {
			t.Errorf("%q: %+v, %v", text, v, err)
		}
		if err := s.ServerFailed("relay", "refused", false, noon); err != nil {
			t.Fatal(err)
		}
		if v, err := s.Server("relay"); err != nil || v.Failures == 0 || !v.Down(noon) {
			t.Errorf("%q, then a failure: %+v, %v", text, v, err)
		}
	}
}

func TestReserve(t *testing.T) {
	s := openNew(t)
	reserve := func(every time.Duration, now, want time.Time) {
		t.Helper()
		if at, err := s.Reserve("relay", every, now); err != nil || !at.Equal(want) {
			t.Errorf("at %v: %v, %v; want %v", now, at, err, want)
		}
	}
	for i := range 5 {
		reserve(2*time.Second, noon, noon.Add(time.Duration(2*i)*time.Second))
	}
	reserve(2*time.Second, noon.Add(time.Minute), noon.Add(time.Minute))                 // not used meanwhile
	reserve(2*time.Second, noon, noon)                                                   // the clock went back
	reserve(48*time.Hour, noon.Add(2*time.Second), noon.Add(2*time.Second))              // a long interval
	reserve(48*time.Hour, noon.Add(3*time.Second), noon.Add(48*time.Hour+2*time.Second)) // is kept
}

func TestFlushed(t *testing.T) {
	s := openNew(t)
	if at, err := s.Flushed(); err != nil || !at.IsZero() {
		t.Errorf("before: %v, %v", at, err)
	}
	if err := s.SetFlushed(noon); err != nil {
		t.Fatal(err)
	}
	if at, err := s.Flushed(); err != nil || !at.Equal(noon) {
		t.Errorf("after: %v, %v", at, err)
	}
}
