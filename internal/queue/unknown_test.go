package queue

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/spool"
)

// A connection that is lost after the dot leaves the outcome unknown. Then the
// message is sent again, or held.
func TestUnknown(t *testing.T) {
	for _, unknown := range []string{"retry", "hold"} {
		r, server := newRelay(t)
		r.answer(dot, "close")
		f := newFixture(t, server)
		id := f.putAs(spool.Envelope{Unknown: unknown}, "b@example.org")
		kind := map[string]string{"retry": "deferred", "hold": "held"}[unknown]
		f.flush(Summary{Waiting: 1}, kind+" b@example.org: relay: end of data: "+
			"outcome unknown: the mail may have been delivered: the server closed the connection")
		e := f.read(id)
		if e.Recipients[0].Outcome != "unknown" || !strings.Contains(e.Reason, "outcome unknown") {
			t.Errorf("%+v", e)
		}
		f.wait(2 * time.Minute)
		if unknown == "hold" {
			f.flush(Summary{})
			if e := f.read(id); e.State != spool.Held {
				t.Error(e.State)
			}
			continue
		}
		f.flush(Summary{Sent: 1}, "sent b@example.org")
	}
}

// interrupt leaves an entry as a process that was killed after the dot does.
func interrupt(t *testing.T, f *fixture, id string, to ...string) {
	t.Helper()
	e, err := f.Spool.Take(id)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Dot(to); err != nil {
		t.Fatal(err)
	}
}

// An entry that a dead process may have sent has an unknown outcome, for the
// recipients of that transaction.
func TestInterrupted(t *testing.T) {
	const why = "interrupted a@example.org: outcome unknown: the process ended before the reply to the end of data"
	for _, unknown := range []string{"retry", "hold"} {
		r, server := newRelay(t)
		r.answer("RCPT TO:<b", "450 wait")
		f := newFixture(t, server)
		id := f.putAs(spool.Envelope{Unknown: unknown}, "a@example.org", "b@example.org")
		interrupt(t, f, id, "a@example.org")
		if unknown == "hold" {
			f.flush(Summary{Waiting: 1}, strings.Replace(why, "interrupted", "held", 1))
			if e := f.read(id); e.State != spool.Held || e.Recipients[0].Outcome != "unknown" ||
				e.Recipients[1].Outcome != "" || r.got() != "" {
				t.Errorf("%+v, received by %s", e, r.got())
			}
		} else {
			f.flush(Summary{Waiting: 1}, why, "deferred a@example.org: relay: RCPT: "+
				"1 of 2 recipients were not served: b@example.org: 450 wait")
			if e := f.read(id); len(e.History) != 2 || !strings.Contains(e.History[0].Result, "outcome unknown") {
				t.Errorf("%+v", e)
			}
		}
		if _, err := os.Stat(filepath.Join(f.Spool.Name(), id+".dot")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s.dot: %v", id, err)
		}
	}
}

// A context that ends leaves a message as it was if that is before the dot. After
// the dot, its reply is awaited.
func TestContextEnds(t *testing.T) {
	tests := []struct {
		command string
		sent    bool
	}{{connected, false}, {"EHLO", false}, {"MAIL", false}, {"RCPT", false}, {"DATA", false}, {dot, true}}
	for _, test := range tests {
		t.Run(test.command, func(t *testing.T) {
			r, server := newRelay(t)
			f := newFixture(t, server)
			id := f.put("a@example.org")
			f.put("b@example.org")
			stop := errors.New("terminated")
			ctx, cancel := context.WithCancelCause(t.Context())
			r.listen(func(command string) {
				if strings.HasPrefix(command, test.command) {
					cancel(stop)
				}
			})
			if !test.sent {
				r.answer(test.command, "stall")
			}
			sum, err := f.Flush(ctx, Options{})
			if !errors.Is(err, stop) {
				t.Errorf("error %v", err)
			}
			want, got := Summary{Waiting: 2}, ""
			if test.sent {
				want, got = Summary{Sent: 1, Waiting: 1}, "a@example.org"
			}
			if sum != want || r.got() != got {
				t.Errorf("%+v, received by %s; want %+v", sum, r.got(), want)
			}
			if e := f.read(id); !test.sent && (e.Attempts != 0 || !e.Due(f.time())) {
				t.Errorf("%+v", e)
			}
			if record, err := f.Spool.Server("key of relay"); err != nil || record.Failures > 0 {
				t.Errorf("%+v, %v", record, err)
			}
			f.events = nil
			r.listen(nil)
			if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum.Sent != want.Waiting {
				t.Errorf("%+v, %v", sum, err)
			}
			if got := r.got(); got != "a@example.org, b@example.org" {
				t.Errorf("received by %s", got)
			}
		})
	}
}

// If ID.dot cannot be created, nothing is sent. If an entry cannot be removed after
// the server accepted the message, ID.dot stays.
func TestSpoolFails(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	id := f.put("b@example.org")
	dot := filepath.Join(f.Spool.Name(), id+".dot")
	block := func(path string) { // a directory that is not empty can be neither replaced nor removed
		if err := os.MkdirAll(path+"/x", 0o700); err != nil {
			t.Fatal(err)
		}
	}
	release := func(path string) {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	r.listen(func(command string) {
		if command == "DATA" {
			block(dot)
		}
	})
	sum, err := f.Flush(t.Context(), Options{})
	if err != nil || sum != (Summary{Waiting: 1}) || len(f.events) != 1 || !strings.HasPrefix(f.events[0], "trouble b@") {
		t.Errorf("%+v, %v: %q", sum, err, f.events)
	}
	if e := f.read(id); e.Attempts != 0 || r.got() != "" {
		t.Errorf("%+v, received by %s", e, r.got())
	}
	release(dot)

	envelope := filepath.Join(f.Spool.Name(), id+".json")
	text, err := os.ReadFile(envelope)
	if err != nil {
		t.Fatal(err)
	}
	r.listen(func(command string) {
		if command == "." {
			release(envelope)
			block(envelope)
		}
	})
	f.events = nil
	sum, err = f.Flush(t.Context(), Options{})
	if err != nil || sum.Sent != 1 || len(f.events) != 2 || f.events[0] != "sent b@example.org" ||
		!strings.HasPrefix(f.events[1], "trouble b@") {
		t.Errorf("%+v, %v: %q", sum, err, f.events)
	}
	if _, err := os.Stat(dot); err != nil {
		t.Error(err)
	}
	release(envelope)
	r.listen(nil)
	if err := os.WriteFile(envelope, text, 0o600); err != nil {
		t.Fatal(err)
	}
	f.flush(Summary{Sent: 1}, "interrupted b@example.org: outcome unknown: "+
		"the process ended before the reply to the end of data", "sent b@example.org")
}

// If ID.dot cannot be created for the second transaction of a message, the result of
// the first one is recorded.
func TestSpoolFailsInTheMiddle(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	id := f.put("a@example.org", "b@example.org")
	f.put("c@example.org")
	file := filepath.Join(f.Spool.Name(), id+".dot")
	r.answer("RCPT TO:<b", "452 4.5.3 too many")
	r.listen(func(command string) {
		if command == "DATA" && r.got() != "" {
			if err := os.Mkdir(file, 0o700); err != nil {
				t.Error(err)
			}
		}
	})
	sum, err := f.Flush(t.Context(), Options{})
	if events := strings.Join(f.events, "\n"); err != nil || sum != (Summary{Waiting: 2}) ||
		!strings.HasPrefix(events, "deferred a@example.org") || strings.Count(events, "trouble a@example.org") != 1 {
		t.Errorf("%+v, %v: %s", sum, err, events)
	}
	e := f.read(id)
	if r.got() != "a@example.org" || e.Recipients[0].Outcome != "accepted" || len(e.Pending()) != 1 {
		t.Errorf("received by %s: %+v", r.got(), e)
	}
	r.listen(nil)
	f.flushWith(Options{All: true}, Summary{Sent: 2}, "sent a@example.org", "sent c@example.org")
	if got := r.got(); got != "a@example.org, b@example.org, c@example.org" {
		t.Errorf("received by %s", got)
	}
}

// If a process dies in a later transaction of a message, who got the message before
// that does not get it again.
func TestInterruptedInTheMiddle(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	to := []string{"twice@example.org", "b@example.org", "c@example.org", "twice@example.org", "e@example.org"}
	f.put(to...)
	crashed := t.TempDir() + "/spool"
	r.answer("RCPT TO:<b", "452 4.5.3 too many")
	r.answer("RCPT TO:<e", "452 4.5.3 too many", "452 4.5.3 too many")
	r.answer("RCPT TO:<twice", "250 ok", "452 4.5.3 too many", "452 4.5.3 too many")
	dots := 0
	r.listen(func(command string) {
		if command != dot {
			return
		}
		dots++
		if dots == 2 {
			if err := os.CopyFS(crashed, os.DirFS(f.Spool.Name())); err != nil {
				t.Error(err)
			}
			os.Chmod(crashed, 0o700)
		}
	})
	f.flush(Summary{Sent: 1}, "sent twice@example.org")
	if want := "b@example.org, c@example.org, e@example.org, twice@example.org (2 times)"; r.got() != want || dots < 3 {
		t.Errorf("%d transactions, received by %s", dots, r.got())
	}

	again, server := newRelay(t)
	f = openFixture(t, crashed, server)
	f.flush(Summary{Sent: 1}, "interrupted twice@example.org: outcome unknown: "+
		"the process ended before the reply to the end of data", "sent twice@example.org")
	if want := "b@example.org, e@example.org, twice@example.org"; again.got() != want {
		t.Errorf("received after the crash by %s, want %s", again.got(), want)
	}
}

// If a signal ends the second connection for a message, the server has not failed.
func TestContextEndsAfterPartOfMessage(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	id := f.put("a@example.org", "b@example.org")
	ctx, cancel := context.WithCancel(t.Context())
	r.answer("RCPT TO:<b", "452 4.5.3 too many")
	r.listen(func(command string) {
		switch {
		case command == dot:
			r.answer("MAIL", "421 bye")
			r.answer("EHLO", "stall")
		case strings.HasPrefix(command, "EHLO") && r.got() != "":
			cancel()
		}
	})
	if sum, err := f.Flush(ctx, Options{}); !errors.Is(err, context.Canceled) || sum != (Summary{Waiting: 1}) {
		t.Errorf("%+v, %v", sum, err)
	}
	if e := f.read(id); r.got() != "a@example.org" || len(e.Pending()) != 1 {
		t.Errorf("received by %s: %+v", r.got(), e)
	}
	if record, err := f.Spool.Server("key of relay"); err != nil || record.Failures > 0 {
		t.Errorf("%+v, %v", record, err)
	}
}
