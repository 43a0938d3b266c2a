package queue

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
)

const sender = "alice@example.org"

// withBounces lets a queue write bounces.
func withBounces(f *fixture) *fixture {
	f.Bounce = func(e *spool.Entry, delayed bool) (io.WriterTo, error) {
		subject := "failed"
		if delayed {
			subject = "delayed"
		}
		return strings.NewReader(fmt.Sprintf("Subject: %s\r\n\r\n%s\r\n", subject, e.ID)), nil
	}
	return f
}

// A message that is refused gets a bounce with the null sender, in the same flush.
func TestBounce(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT TO:<b", "550 5.1.1 unknown")
	f := withBounces(newFixture(t, server))
	id := f.put("b@example.org")
	f.flush(Summary{Sent: 1, Failed: 1}, "failed b@example.org: relay: RCPT: b@example.org: 550 5.1.1 unknown",
		"sent "+sender)
	if got := r.got(); got != sender || r.senderTo(sender) != "<>" {
		t.Errorf("received by %s from %s", got, r.senderTo(sender))
	}
	if want := "Subject: failed\r\n\r\n" + id + "\r\n.\r\n"; r.last() != want {
		t.Errorf("%q, want %q", r.last(), want)
	}
	if e := f.read(id); e.State != spool.Failed || !e.Bounced || f.read(e.Bounce) != nil {
		t.Errorf("%+v", e)
	}
	f.flush(Summary{})
}

// There is no bounce for a bounce, for the null sender, or for a sender who asked for
// something else (RFC 3461 §4.1).
func TestNoBounce(t *testing.T) {
	tests := map[string]spool.Envelope{
		"never":     {DSN: spool.DSN{Notify: "never"}},
		"success":   {DSN: spool.DSN{Notify: "SUCCESS"}},
		"delay":     {DSN: spool.DSN{Notify: "DELAY,SUCCESS"}},
		"of bounce": {BounceOf: "20261129T030000Z-aaaaaa", From: sender},
		"null":      {BounceOf: "20261129T030000Z-aaaaaa"},
	}
	for name, e := range tests {
		r, server := newRelay(t)
		r.answer("RCPT", "550 unknown")
		f := withBounces(newFixture(t, server))
		id := f.putAs(e, "b@example.org")
		f.flush(Summary{Failed: 1}, "failed b@example.org: relay: RCPT: b@example.org: 550 unknown")
		if e := f.read(id); e.State != spool.Failed || e.Bounce != "" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// A bounce is about the recipients whose NOTIFY asks for it, and there is none if there
// are no such recipients.
func TestNotifyOfRecipients(t *testing.T) {
	r, server := newRelay(t)
	r.answer("EHLO", "250-relay\n250-DSN\n250 PIPELINING")
	r.answer("RCPT TO:<b", "550 unknown", "550 unknown", "550 unknown")
	f := newFixture(t, server)
	f.Bounce = bounce.Of
	never := []spool.Recipient{{Address: "b1@example.org", Notify: "NEVER"}}
	f.putAs(spool.Envelope{Recipients: never}, "b2@example.org")
	f.flush(Summary{Sent: 1, Failed: 1}, "failed b1@example.org: relay: RCPT: b1@example.org (and 1 more): 550 unknown",
		"sent "+sender)
	want := []string{"RCPT TO:<b1@example.org> NOTIFY=NEVER ORCPT=rfc822;b1@example.org", "RCPT TO:<b2@example.org>"}
	if got := r.sent("RCPT TO:<b"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	mail := r.last()
	if strings.Contains(mail, "; b1@") || !strings.Contains(mail, "Final-Recipient: rfc822; b2@example.org") {
		t.Errorf("%s", mail)
	}

	r.answer("EHLO", "250-relay\n250-DSN\n250 PIPELINING")
	f.putAs(spool.Envelope{Recipients: never}, "a@example.org")
	f.flush(Summary{Failed: 1}, "failed b1@example.org: relay: RCPT: 1 of 2 recipients were not served: "+
		"b1@example.org: 550 unknown")
}

// A message that its server cannot carry gets a bounce that it can.
func TestBounceIsConverted(t *testing.T) {
	r, server := newRelay(t) // without 8BITMIME
	f := newFixture(t, server)
	f.Bounce = bounce.Of
	const text = "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n"
	f.putContent(spool.Envelope{DSN: spool.DSN{Return: "FULL"}}, text, "b@example.org")
	f.flush(Summary{Sent: 1, Failed: 1}, "failed b@example.org: relay: MAIL: octet over 127 in the message: "+
		"the server does not offer 8BITMIME", "sent "+sender)
	if !strings.Contains(r.last(), "quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n") {
		t.Errorf("%s", r.last())
	}
}

// A bounce needs SMTPUTF8 if its author does, even if its recipient does not.
func TestBounceFromUTF8(t *testing.T) {
	for _, test := range []struct{ from, want string }{
		{"jürgen@example.org", "MAIL FROM:<> SMTPUTF8"},
		{"alice@example.org", "MAIL FROM:<>"},
	} {
		r, server := newRelay(t)
		r.answer("EHLO", "250-relay\n250-SMTPUTF8\n250 PIPELINING")
		r.answer("RCPT TO:<b", "550 unknown")
		f := withBounces(newFixture(t, server))
		f.putAs(spool.Envelope{From: test.from, OnFail: "ops@example.org"}, "b@example.org")
		if _, err := f.Flush(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		if got := r.sent("MAIL FROM:<>"); len(got) != 1 || got[0] != test.want || r.got() != "ops@example.org" {
			t.Errorf("%s: %q, received by %s", test.from, got, r.got())
		}
	}
}

// A bounce that a server refuses is tried once with a sender.
func TestNullSenderRefused(t *testing.T) {
	for _, command := range []string{"MAIL FROM:<>", "RCPT TO:<alice"} {
		r, server := newRelay(t)
		r.answer("RCPT TO:<b", "550 unknown")
		r.answer(command, "550 no null sender")
		f := withBounces(newFixture(t, server))
		f.putAs(spool.Envelope{From: "from-" + sender, OnFail: sender}, "b@example.org")
		if _, err := f.Flush(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		if got := r.senderTo(sender); got != "<from-"+sender+">" {
			t.Errorf("%s: received from %s", command, got)
		}
	}
	r, server := newRelay(t)
	r.answer("RCPT", "550 1", "550 2", "550 3", "550 4")
	f := withBounces(newFixture(t, server))
	f.put("b@example.org")
	if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum != (Summary{Failed: 2}) {
		t.Errorf("%+v, %v", sum, err)
	}
	if got := len(r.sent("RCPT")); got != 3 {
		t.Errorf("%d attempts, want 3", got)
	}
}

// Whatever step a process died after, the sender gets one bounce.
func TestBounceAfterCrash(t *testing.T) {
	const bounceID = "20261129T030001Z-zzzzzz"
	failed := spool.Envelope{State: spool.Failed, From: sender, Bounce: bounceID}
	create := func(f *fixture, parent string) {
		d, err := f.Spool.CreateAs(bounceID)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		fmt.Fprintf(d, "Subject: failed\r\n\r\n%s\r\n", parent)
		e, err := d.Commit(spool.Envelope{
			State: spool.Queued, BounceOf: parent, Recipients: []spool.Recipient{{Address: sender}}, Created: f.time(),
		})
		if err != nil {
			t.Fatal(err)
		}
		e.Close()
	}
	tests := map[string]func(f *fixture, parent string){
		"step 1": func(*fixture, string) {},
		"content of step 2": func(f *fixture, parent string) {
			if err := os.WriteFile(filepath.Join(f.Spool.Name(), bounceID+".eml"), []byte("Subj"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"step 2": create,
	}
	for name, die := range tests {
		for _, flushes := range []int{2, 3} {
			r, server := newRelay(t)
			f := withBounces(newFixture(t, server))
			parent := f.putAs(failed, "b@example.org")
			die(f, parent)
			for range flushes {
				if _, err := f.Flush(t.Context(), Options{}); err != nil {
					t.Fatal(err)
				}
			}
			if got := r.got(); got != sender {
				t.Errorf("%s: received by %s", name, got)
			}
			if !strings.Contains(r.last(), parent) {
				t.Errorf("%s: %q", name, r.last())
			}
			if e := f.read(parent); !e.Bounced {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
}

// While another process is between the steps, the bounce is not sent.
func TestBounceOfLockedMessage(t *testing.T) {
	r, server := newRelay(t)
	f := withBounces(newFixture(t, server))
	child := f.putAs(spool.Envelope{BounceOf: "x"}, sender)
	parent := f.putAs(spool.Envelope{State: spool.Failed, From: sender, Bounce: child}, "b@example.org")
	take := func(id string) *spool.Entry {
		e, err := f.Spool.Take(id)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := take(child)
	e.BounceOf = parent
	if err := e.Save(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	locked := take(parent)
	f.flush(Summary{Waiting: 1})
	locked.Close()
	f.flush(Summary{Sent: 1}, "sent "+sender)
	if e := f.read(parent); !e.Bounced || e.Bounce != child || r.got() != sender {
		t.Errorf("%+v, received by %s", e, r.got())
	}
}

// A bounce that cannot be written is tried again at the next flush.
func TestBounceFails(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT TO:<b", "550 unknown")
	f := withBounces(newFixture(t, server))
	works := f.Bounce
	f.Bounce = func(*spool.Entry, bool) (io.WriterTo, error) {
		return nil, errors.New("disk full")
	}
	f.put("b@example.org")
	const trouble = "trouble b@example.org: cannot write the bounce: disk full"
	f.flush(Summary{Failed: 1}, "failed b@example.org: relay: RCPT: b@example.org: 550 unknown", trouble)
	f.flush(Summary{}, trouble)
	f.Bounce = works
	f.flush(Summary{})
	f.flush(Summary{Sent: 1}, "sent "+sender)
	f.flush(Summary{})
}

// A message is given up if it is too old and was tried often enough, also by others
// that its server failed for. The sender gets a bounce.
func TestGivenUp(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT TO:<b", slices.Repeat([]string{"450 wait"}, 100)...)
	f := withBounces(newFixture(t, server))
	id := f.putAs(spool.Envelope{MaxAge: 3600}, "b@example.org")
	for range 4 {
		if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum != (Summary{Waiting: 1}) {
			t.Fatalf("%+v, %v", sum, err)
		}
		f.wait(20 * time.Minute)
	}
	f.flush(Summary{Sent: 1, Failed: 1},
		"failed b@example.org: given up: relay: RCPT: b@example.org: 450 wait", "sent "+sender)
	if e := f.read(id); e.State != spool.Failed || e.Attempts != 5 {
		t.Errorf("%+v", e)
	}
}

// A message that was not tried lately is tried before it is given up.
func TestNotGivenUpUntried(t *testing.T) {
	_, server := newRelay(t)
	f := withBounces(newFixture(t, server))
	id := f.put("b@example.org")
	e, err := f.Spool.Take(id)
	if err != nil {
		t.Fatal(err)
	}
	e.Attempts, e.Last = 30, f.time()
	if err := e.Save(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	f.wait(30 * 24 * time.Hour)
	f.flush(Summary{Sent: 1}, "sent b@example.org")
}

// Failures of the server count as tries of the messages that wait for it.
func TestGivenUpForServer(t *testing.T) {
	f := withBounces(newFixture(t, closed(t)))
	id := f.putAs(spool.Envelope{MaxAge: 3600}, "a@example.org")
	second := f.putAs(spool.Envelope{MaxAge: 3600}, "b@example.org")
	failed := 0
	for range 8 {
		sum, err := f.Flush(t.Context(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		failed += sum.Failed
		if sum.Waiting != 2 {
			t.Errorf("%d messages or bounces wait, want 2", sum.Waiting)
		}
		f.wait(20 * time.Minute)
	}
	for _, id := range []string{id, second} {
		if e := f.read(id); e.State != spool.Failed || !e.Bounced || !strings.HasSuffix(e.Reason, "connection refused") {
			t.Errorf("%+v", e)
		}
	}
	if failed != 2 {
		t.Errorf("%d failed", failed)
	}
}

// With NOTIFY=DELAY, the sender gets one delay notice after four hours.
func TestDelayNotice(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT TO:<b", slices.Repeat([]string{"450 wait"}, 100)...)
	f := withBounces(newFixture(t, server))
	id := f.putAs(spool.Envelope{DSN: spool.DSN{Notify: "FAILURE,DELAY"}}, "b@example.org")
	f.putAs(spool.Envelope{DSN: spool.DSN{Notify: "FAILURE"}}, "b2@example.org")
	for range 10 {
		if _, err := f.Flush(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		if early := f.time().Sub(start) <= bounce.NoticeAge; early && r.got() != "" {
			t.Errorf("after %s: received by %s", f.time().Sub(start), r.got())
		}
		f.wait(80 * time.Minute)
	}
	if got := r.got(); got != sender {
		t.Errorf("received by %s", got)
	}
	if want := "Subject: delayed\r\n\r\n" + id + "\r\n.\r\n"; r.last() != want {
		t.Errorf("%q, want %q", r.last(), want)
	}
	if e := f.read(id); e.State != spool.Queued || !e.Delayed {
		t.Errorf("%+v", e)
	}
}

// The notice is also written while the server is down, and sent after that.
func TestDelayNoticeWhileServerDown(t *testing.T) {
	f := withBounces(newFixture(t, closed(t)))
	f.put("a@example.org") // the one that is tried
	id := f.putAs(spool.Envelope{DSN: spool.DSN{Notify: "DELAY"}}, "b@example.org")
	for range 3 {
		if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum.Waiting < 2 || sum.Failed > 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if e := f.read(id); e.Delayed != (f.time().Sub(start) > bounce.NoticeAge) || e.State != spool.Queued {
			t.Errorf("after %s: %+v", f.time().Sub(start), e)
		}
		f.wait(3 * time.Hour)
	}
	r, server := newRelay(t)
	f.Route = limited(routeTo(server), func(*attempt.Route) {})
	f.flushWith(Options{All: true}, Summary{Sent: 3}, "sent a@example.org", "sent b@example.org", "sent "+sender)
	if got := r.got(); got != "a@example.org, alice@example.org, b@example.org" {
		t.Errorf("received by %s", got)
	}
}
