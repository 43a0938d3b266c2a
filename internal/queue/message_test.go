package queue

import (
	"io"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/spool"
)

// What a server says about a message decides what becomes of it.
func TestReplies(t *testing.T) {
	const b = "b@example.org"
	tests := []struct {
		command, reply string
		state          spool.State // empty: removed
		outcome        string
		code           int
	}{
		{"MAIL", "250 ok", "", "", 0},
		{"MAIL", "451 4.7.1 later", spool.Queued, "deferred", 451},
		{"MAIL", "550 5.7.1 never", spool.Failed, "refused", 550},
		{"MAIL", "530 5.7.0 log in", spool.Queued, "deferred", 530},
		{"RCPT", "450 4.7.1 greylisted", spool.Queued, "deferred", 450},
		{"RCPT", "550 5.1.1 unknown", spool.Failed, "refused", 550},
		{"RCPT", "530 5.7.0 log in", spool.Queued, "deferred", 530},
		{"DATA", "451 later", spool.Queued, "deferred", 451},
		{"DATA", "554 never", spool.Failed, "refused", 554},
		{"DATA", "250 ok", spool.Queued, "deferred", 250},
		{dot, "451 later", spool.Queued, "deferred", 451},
		{dot, "554 5.6.0 never", spool.Failed, "refused", 554},
		{"MAIL", "close", spool.Queued, "deferred", 0},
		{"RCPT", "close", spool.Queued, "deferred", 0},
		{"DATA", "close", spool.Queued, "deferred", 0},
		{dot, "close", spool.Queued, "unknown", 0},
	}
	for _, test := range tests {
		t.Run(test.command+" "+test.reply, func(t *testing.T) {
			r, server := newRelay(t)
			r.answer(test.command, test.reply)
			f := newFixture(t, server)
			id := f.put(b)
			sum, err := f.Flush(t.Context(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			e := f.read(id)
			if test.state == "" {
				if e != nil || sum != (Summary{Sent: 1}) {
					t.Errorf("%+v, %+v", e, sum)
				}
				return
			}
			want := Summary{Waiting: 1}
			if test.state == spool.Failed {
				want = Summary{Failed: 1}
			}
			if sum != want {
				t.Errorf("%+v, want %+v", sum, want)
			}
			to := e.Recipients[0]
			if e.State != test.state || to.Outcome != test.outcome || to.Code != test.code {
				t.Errorf("%s, %s, %d; want %s, %s, %d", e.State, to.Outcome, to.Code, test.state, test.outcome, test.code)
			}
			if e.Attempts != 1 || !e.Last.Equal(start) || len(e.History) != 1 || e.History[0].Server != "relay" {
				t.Errorf("%d attempts, the last at %s; %+v", e.Attempts, e.Last, e.History)
			}
			if words := strings.Fields(test.reply); test.code != 0 && !strings.Contains(e.Reason, words[len(words)-1]) {
				t.Errorf("reason: %s", e.Reason)
			}
			if pause := e.Next.Sub(start); e.State == spool.Queued && (pause < 48*time.Second || pause > 72*time.Second) {
				t.Errorf("next after %s", pause)
			}
		})
	}
}

// A deferred message is sent when it is due again, after a pause that doubles.
func TestDeferred(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT", "450 wait", "450 wait")
	f := newFixture(t, server)
	id := f.put("b@example.org")
	f.flush(Summary{Waiting: 1}, "deferred b@example.org: relay: RCPT: b@example.org: 450 wait")
	f.flush(Summary{}) // not due
	f.wait(73 * time.Second)
	f.flush(Summary{Waiting: 1}, "deferred b@example.org: relay: RCPT: b@example.org: 450 wait")
	if e := f.read(id); e.Pause != 120 || e.Attempts != 2 {
		t.Errorf("pause %d after %d attempts", e.Pause, e.Attempts)
	}
	f.wait(73 * time.Second)
	f.flush(Summary{})
	f.wait(72 * time.Second)
	f.flush(Summary{Sent: 1}, "sent b@example.org")
}

// With All, a message is sent although it is not due; one that is held or failed is
// not.
func TestAll(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT", "450 wait")
	f := newFixture(t, server)
	f.put("b@example.org")
	f.putAs(spool.Envelope{State: spool.Held}, "held@example.org")
	f.putAs(spool.Envelope{State: spool.Failed}, "failed@example.org")
	f.flush(Summary{Waiting: 1}, "deferred b@example.org: relay: RCPT: b@example.org: 450 wait")
	f.flushWith(Options{All: true}, Summary{Sent: 1}, "sent b@example.org")
	if got := r.got(); got != "b@example.org" {
		t.Errorf("received by %s", got)
	}
}

// Only the entries named are sent.
func TestIDs(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	f.put("a@example.org")
	id := f.put("b@example.org")
	f.put("c@example.org")
	f.flushWith(Options{IDs: []string{id}}, Summary{Sent: 1}, "sent b@example.org")
	if got := r.got(); got != "b@example.org" {
		t.Errorf("received by %s", got)
	}
}

// A message that is not due counts as waiting if another is due.
func TestSummaryCountsWaiting(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT TO:<a", "450 wait")
	f := newFixture(t, server)
	f.put("a@example.org")
	f.flush(Summary{Waiting: 1}, "deferred a@example.org: relay: RCPT: a@example.org: 450 wait")
	f.put("b@example.org")
	f.flush(Summary{Sent: 1, Waiting: 1}, "sent b@example.org")
	f.putAs(spool.Envelope{Flags: []spool.Flag{{Name: "account", Value: "other"}}}, "c@example.org")
	f.flush(Summary{Sent: 1, Waiting: 1}, "sent c@example.org")
}

// Who has the message does not get it again. At the end, one who was refused makes
// it fail.
func TestPartlyAccepted(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT TO:<later", "450 wait")
	r.answer("RCPT TO:<never", "550 unknown")
	f := newFixture(t, server)
	id := f.put("now@example.org", "later@example.org", "never@example.org")
	f.flush(Summary{Waiting: 1}, "deferred now@example.org: relay: RCPT: "+
		"2 of 3 recipients were not served: later@example.org: 450 wait")
	outcomes := func() (words []string) {
		for _, to := range f.read(id).Recipients {
			words = append(words, to.Outcome)
		}
		return words
	}
	if got := strings.Join(outcomes(), " "); got != "accepted deferred refused" {
		t.Error(got)
	}
	f.wait(2 * time.Minute)
	f.flush(Summary{Failed: 1}, "failed now@example.org: never@example.org: 550 unknown")
	if got := strings.Join(outcomes(), " "); got != "accepted accepted refused" {
		t.Error(got)
	}
	if got := r.got(); got != "later@example.org, now@example.org" {
		t.Errorf("received by %s", got)
	}
}

// An entry without a pending recipient is concluded, and sent to none.
func TestNonePending(t *testing.T) {
	for outcome, want := range map[string]Summary{"accepted": {Sent: 1}, "refused": {Failed: 1}} {
		r, server := newRelay(t)
		f := newFixture(t, server)
		id := f.put("b@example.org")
		e, err := f.Spool.Take(id)
		if err != nil {
			t.Fatal(err)
		}
		e.Recipients[0].Outcome = outcome
		if err := e.Save(); err != nil {
			t.Fatal(err)
		}
		e.Close()
		if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum != want {
			t.Errorf("%s: %+v, %v: %q", outcome, sum, err, f.events)
		}
		if r.got() != "" || len(r.sent("")) > 0 {
			t.Errorf("%s: received by %s after %q", outcome, r.got(), r.sent(""))
		}
		f.flush(Summary{})
	}
}

// What an error cut off after another recipient was accepted is kept, even if the
// error is a permanent one.
func TestCutOff(t *testing.T) {
	r, server := newRelay(t)
	r.answer("MAIL", "250 ok", "250-different\n251 codes")
	f := newFixture(t, server)
	var to []string
	for range 101 { // a transaction has 100 at most
		to = append(to, "b@example.org")
	}
	id := f.put(to...)
	if _, err := f.Flush(t.Context(), Options{}); err != nil {
		t.Fatal(err)
	}
	if e := f.read(id); e.State != spool.Queued || len(e.Pending()) != 1 {
		t.Errorf("%s, %d pending", e.State, len(e.Pending()))
	}
}

// AllOrNothing sends to no recipient. It has no meaning for those who are left after a
// message was accepted for some.
func TestAllOrNothing(t *testing.T) {
	for reply, state := range map[string]spool.State{"450 wait": spool.Queued, "550 unknown": spool.Failed} {
		r, server := newRelay(t)
		r.answer("RCPT TO:<b", reply)
		f := newFixture(t, server)
		id := f.putAs(spool.Envelope{AllOrNothing: true}, "a@example.org", "b@example.org")
		if _, err := f.Flush(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		if e := f.read(id); e.State != state {
			t.Errorf("%s: %+v", reply, e)
		}
		if got := r.got(); got != "" {
			t.Errorf("%s: received by %s", reply, got)
		}
	}
}

// A message that SMTP cannot carry fails, and does not keep the others.
func TestInvalidContent(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	f.put("a@example.org")
	d, err := f.Spool.CreateAs("20261129T030000Z-aaaacc")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	io.WriteString(d, "Subject: bare\r CR\r\n")
	e, err := d.Commit(spool.Envelope{
		State: spool.Queued, Created: start, Recipients: []spool.Recipient{{Address: "cr@example.org"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	f.wait(time.Minute)
	f.put("b@example.org")
	sum, err := f.Flush(t.Context(), Options{})
	if err != nil || sum != (Summary{Sent: 2, Failed: 1}) || r.got() != "a@example.org, b@example.org" {
		t.Errorf("%+v, %v, received by %s: %q", sum, err, r.got(), f.events)
	}
}
