package queue

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
)

// routeByAccount returns a function for Queue.Route. The account of a message is its first
// flag.
func routeByAccount(route attempt.Route) func(*spool.Envelope) (attempt.Route, error) {
	return func(e *spool.Envelope) (attempt.Route, error) {
		switch {
		case len(e.Flags) == 0:
			return route, nil
		case e.Flags[0].Name == "account":
			return attempt.Route{}, fmt.Errorf("%w %q", ErrUnknownAccount, e.Flags[0].Value)
		}
		return attempt.Route{}, &spool.DamageError{Name: "x", Reason: "names a command"}
	}
}

// A message for an unknown account waits for another worker, however long that takes. There
// is no attempt, no notice that it is delayed, and no bounce.
func TestUnknownAccount(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.Route, f.Bounce = routeByAccount(routeTo(server)), bounce.Of
	id := f.putAs(spool.Envelope{Flags: []spool.Flag{{Name: "account", Value: "a"}}}, "other@example.org")
	for range 10 {
		f.flush(Summary{Waiting: 1}, "down 1 until "+(time.Time{}).Sub(start).String()+`: unknown account "a"`)
		f.wait(20 * 24 * time.Hour)
	}
	f.put("b@example.org")
	if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum != (Summary{Sent: 1, Waiting: 1}) {
		t.Errorf("%+v, %v", sum, err)
	}
	e, err := f.Spool.Read(id)
	if err != nil || e.Attempts != 0 || e.State != spool.Queued || e.Delay != "" || e.Reason != "" {
		t.Errorf("%+v, %v", e, err)
	}
	if ids, err := f.Spool.IDs(); len(ids) != 1 || err != nil {
		t.Error(ids, err)
	}
}

// Run reports an unknown account once an hour.
func TestUnknownAccountInRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.Route = routeByAccount(attempt.Route{})
		f.clock = time.Now()
		f.putAs(spool.Envelope{Flags: []spool.Flag{{Name: "account", Value: "a"}}}, "other@example.org")
		events := running(t, f)
		time.Sleep(150 * time.Minute)
		synctest.Wait()
		for range 3 {
			expect(t, events, ServerDown)
		}
		if len(events) > 0 {
			t.Errorf("%d more events", len(events))
		}
	})
}

// A message whose route is damaged is reported, and left as it is.
func TestDamagedRoute(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.Route = routeByAccount(routeTo(server))
	hostile := spool.Envelope{Flags: []spool.Flag{{Name: "password-command", Value: "id"}}}
	one, two := f.putAs(hostile, "one@example.org"), f.putAs(hostile, "two@example.org")
	f.put("b@example.org")
	events := []string{
		"damaged: " + one + ": names a command", "damaged: " + two + ": names a command", "sent b@example.org",
	}
	f.flush(Summary{Sent: 1, Damaged: 2}, events...)
	f.wait(10 * 24 * time.Hour)
	f.flush(Summary{Damaged: 2}, events[:2]...)
	e, err := f.Spool.Read(one)
	if err != nil || e.Attempts != 0 || e.State != spool.Queued {
		t.Errorf("%+v, %v", e, err)
	}
}
