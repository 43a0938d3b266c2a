package spool

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// The pause of a message doubles from 1 min to 1 h. Next is up to 20 % earlier or
// later, and uses that range.
func TestPostpone(t *testing.T) {
	for _, minutes := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		want := time.Duration(minutes) * time.Minute
		least, most := time.Duration(1<<62), time.Duration(0)
		for range 2000 {
			e := Envelope{State: Queued, Pause: minutes * 30}
			switch minutes {
			case 1:
				e.Pause = 0
			case 60:
				e.Pause = 32 * 60
			}
			e.Postpone(noon)
			if e.Pause != minutes*60 {
				t.Fatalf("pause %d s, want %d min", e.Pause, minutes)
			}
			got := e.Next.Sub(noon)
			least, most = min(least, got), max(most, got)
		}
		if least < want*80/100 || least > want*82/100 || most > want*120/100 || most < want*118/100 {
			t.Errorf("after a pause of %d min, next is between %v and %v", minutes, least, most)
		}
	}
	e := Envelope{Pause: 3600}
	e.Postpone(noon)
	if e.Pause != 3600 {
		t.Errorf("the pause grows to %d s", e.Pause)
	}
}

func TestDue(t *testing.T) {
	next := noon.Add(time.Hour)
	for _, tt := range []struct {
		name string
		e    Envelope
		now  time.Time
		want bool
	}{
		{"new", Envelope{State: Queued}, noon, true},
		{"early", Envelope{State: Queued, Last: noon, Next: next}, next.Add(-1), false},
		{"on time", Envelope{State: Queued, Last: noon, Next: next}, next, true},
		{"late", Envelope{State: Queued, Last: noon, Next: next}, next.Add(time.Hour), true},
		{"at the last attempt", Envelope{State: Queued, Last: noon, Next: next}, noon, false},
		{"the clock went back", Envelope{State: Queued, Last: noon, Next: next}, noon.Add(-1), true},
		{"the clock went back a year", Envelope{State: Queued, Last: noon, Next: next}, noon.AddDate(-1, 0, 0), true},
		{"held", Envelope{State: Held}, noon, false},
		{"failed", Envelope{State: Failed}, noon, false},
	} {
		if got := tt.e.Due(tt.now); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestExpired(t *testing.T) {
	const day = 24 * time.Hour
	// failed returns the record of a server that failed every 15 minutes until last.
	failed := func(n int, last time.Time) Server {
		v := Server{Failures: n, Last: last}
		for i := range min(n, minAttempts) {
			v.Recent = append([]time.Time{last.Add(time.Duration(-i) * 15 * time.Minute)}, v.Recent...)
		}
		return v
	}
	for _, tt := range []struct {
		name string
		e    Envelope
		s    Server
		want bool
	}{
		{"old, tried, lately", Envelope{Created: noon.Add(-6 * day), Attempts: 5, Last: noon}, Server{}, true},
		{"just old enough", Envelope{Created: noon.Add(-5*day - 1), Attempts: 5, Last: noon}, Server{}, true},
		{"not old enough", Envelope{Created: noon.Add(-5 * day), Attempts: 5, Last: noon}, Server{}, false},
		{"its own age", Envelope{Created: noon.Add(-2 * time.Hour), MaxAge: 3600, Attempts: 5, Last: noon}, Server{}, true},
		{"4 tries", Envelope{Created: noon.Add(-6 * day), Attempts: 4, Last: noon}, Server{}, false},
		{"an hour ago", Envelope{Created: noon.Add(-6 * day), Attempts: 5, Last: noon.Add(-time.Hour)}, Server{}, true},
		{"over an hour ago", Envelope{Created: noon.Add(-6 * day), Attempts: 9, Last: noon.Add(-time.Hour - 1)}, Server{},
			false},
		{"tries of the server", Envelope{Created: noon.Add(-6 * day), Attempts: 1, Last: noon.Add(-2 * day)},
			failed(5, noon), true},
		{"too few tries of the server", Envelope{Created: noon.Add(-6 * day), Attempts: 1, Last: noon.Add(-2 * day)},
			failed(4, noon), false},
		{"tries of the server before the message", Envelope{Created: noon.Add(-50 * time.Minute), MaxAge: 60},
			failed(9, noon), false},
		{"enough of them since the message", Envelope{Created: noon.Add(-time.Hour), MaxAge: 60}, failed(9, noon), true},

		{"the server was not tried lately", Envelope{Created: noon.Add(-6 * day), Attempts: 1},
			failed(9, noon.Add(-2*time.Hour)), false},
		{"the clock went back", Envelope{Created: noon.Add(day), Attempts: 9, Last: noon.Add(day)}, Server{}, false},
	} {
		tt.e.State = Queued
		if got := tt.e.Expired(noon, tt.s); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
		for _, state := range []State{Held, Failed} {
			if tt.e.State = state; tt.e.Expired(noon, tt.s) {
				t.Errorf("%s, %s: expired", tt.name, state)
			}
		}
	}
}

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
			if v.Failures != i+1 || len(v.Recent) != min(i+1, minAttempts) || !v.Recent[len(v.Recent)-1].Equal(now) {
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
		if err := os.WriteFile(filepath.Join(s.Name(), serverName("relay")), []byte(text), 0o600); err != nil {
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
