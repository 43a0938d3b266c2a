package spool

import (
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
