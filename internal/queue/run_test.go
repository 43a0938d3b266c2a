package queue

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
)

// running runs a queue until the test ends. It returns the events.
func running(t *testing.T, f *fixture) <-chan Event {
	events := make(chan Event, 1000)
	f.Now, f.Event = time.Now, func(e Event) { events <- e }
	f.clock = time.Now().Add(-time.Second)
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("stopped")
	ran := make(chan error, 1)
	go func() { ran <- f.Run(ctx, Options{}) }()
	t.Cleanup(func() {
		cancel(stop)
		select {
		case err := <-ran:
			if !errors.Is(err, stop) {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(2 * time.Minute):
			t.Error("Run does not end")
		}
	})
	return events
}

// expect waits for an event.
func expect(t *testing.T, events <-chan Event, kind Kind) Event {
	t.Helper()
	select {
	case e := <-events:
		if e.Kind != kind {
			t.Fatalf("got %s %v, want %s", kinds[e.Kind], e.Err, kinds[kind])
		}
		return e
	case <-time.After(2 * time.Minute):
		t.Fatalf("no event, want %s", kinds[kind])
	}
	return Event{}
}

// Run sends what is there, and what comes later, within about a second.
func TestRun(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	f.put("a@example.org")
	events := running(t, f)
	expect(t, events, Sent)
	for range 3 {
		began := time.Now()
		f.put("b@example.org")
		expect(t, events, Sent)
		if took := time.Since(began); took > 5*time.Second { // usually half a second
			t.Errorf("sent after %s", took)
		}
	}
	if got := r.got(); got != "a@example.org, b@example.org (3 times)" {
		t.Errorf("received by %s", got)
	}
}

// A server that does not answer does not keep the messages to others.
func TestRunWithStalledServer(t *testing.T) {
	stalled, slow := newRelay(t)
	stalled.answer("MAIL", "stall")
	_, server := newRelay(t)
	f := newFixture(t)
	f.Route = func(e *spool.Envelope) (attempt.Route, error) {
		if len(e.Flags) > 0 {
			s := slow
			s.Name = "slow"
			return routeTo(s), nil
		}
		return routeTo(server), nil
	}
	f.putAs(spool.Envelope{Flags: []spool.Flag{{Name: "server", Value: "slow"}}}, "slow@example.org")
	asked := make(chan string, 100)
	stalled.listen(func(command string) { asked <- command })
	events := running(t, f)
	for command := range asked {
		if strings.HasPrefix(command, "MAIL") {
			break
		}
	}
	f.put("b@example.org")
	if e := expect(t, events, Sent); e.Envelope == nil || e.ID == "" {
		t.Errorf("%+v", e)
	}
}

// Run reports damage once, and sends the rest.
func TestRunReportsDamageOnce(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	id := f.put("a@example.org")
	e, err := f.Spool.Take(id)
	if err != nil {
		t.Fatal(err)
	}
	e.CRC32C = "00000000"
	if err := e.Save(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	events := running(t, f)
	expect(t, events, Damaged)
	for range 3 {
		f.put("b@example.org")
		expect(t, events, Sent)
	}
}

// After a scan that took long, Run waits before the next one.
func TestRunScansRarely(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.put("b@example.org")
	r := &runner{pass: newPass(f.Queue, Options{}), active: make(map[string]bool), done: make(chan string)}
	for want, age := range []time.Duration{4 * time.Minute, 6 * time.Minute} {
		r.scanned, r.took = time.Now().Add(-age), time.Minute
		if err := r.lookAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(r.active); got != want {
			t.Errorf("%s after the last scan, %d lanes are sent, want %d", age, got, want)
		}
		for key := range r.active {
			<-r.done
			delete(r.active, key)
		}
	}
}

// Another process makes a message due, or finds that the server works: Run sees it.
func TestRunSeesChanges(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	if err := f.Spool.ServerFailed("key of relay", "test", true, time.Now()); err != nil {
		t.Fatal(err)
	}
	held := f.putAs(spool.Envelope{State: spool.Held}, "held@example.org")
	f.put("b@example.org")
	events := running(t, f)
	time.Sleep(3 * pollTime)
	if len(events) > 0 {
		t.Errorf("%+v", <-events)
	}
	if err := f.Spool.ServerWorks("key of relay"); err != nil {
		t.Fatal(err)
	}
	expect(t, events, Sent)
	e, err := f.Spool.Take(held)
	if err != nil {
		t.Fatal(err)
	}
	e.State = spool.Queued
	if err := e.Save(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	expect(t, events, Sent)
}

// attempts runs a queue for that long, in fake time, and returns when events of a
// kind came.
func attempts(t *testing.T, f *fixture, kind Kind, d time.Duration) string {
	began := time.Now()
	f.clock, f.Now = began, time.Now
	f.put("b@example.org")
	var times []string
	f.Event = func(e Event) {
		if e.Kind == kind {
			times = append(times, time.Since(began).Round(time.Second).String())
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := f.Run(ctx, Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run: %v", err)
	}
	return strings.Join(times, " ")
}

// Run tries a server that is down again when its time has come, and not before.
func TestRunServerDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := attempts(t, newFixture(t, closed(t)), ServerDown, 4*time.Minute)
		if want := "0s 30s 1m30s 3m30s"; got != want {
			t.Errorf("tried after %s, want %s", got, want)
		}
	})
}

// Run wakes when the time of a server has come, although the directory is unchanged.
func TestRunProbesInTime(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.clock = time.Now().Add(-time.Second)
	f.put("b@example.org")
	const left = 2 * time.Second // of the pause of 30 s
	if err := f.Spool.ServerFailed("key of relay", "test", false, time.Now().Add(left-30*time.Second)); err != nil {
		t.Fatal(err)
	}
	expect(t, running(t, f), Sent)
}

// Run reports an invalid configuration once per minute.
func TestRunInvalidConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.Route = func(*spool.Envelope) (attempt.Route, error) { return attempt.Route{}, errors.New("unknown account") }
		got := attempts(t, f, ServerDown, 150*time.Second)
		if !strings.HasPrefix(got, "0s 1m") || strings.Count(got, " ") != 2 {
			t.Errorf("reported after %s", got)
		}
	})
}

// Run sends a message when another process no longer uses the connection.
func TestRunConnectionInUse(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.clock = time.Now().Add(-time.Second)
	f.put("b@example.org")
	release, err := f.Spool.Connect("key of relay", 1)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(2*pollTime, release)
	expect(t, running(t, f), Sent)
}
