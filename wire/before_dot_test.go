package wire

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var errNoRecord = errors.New("cannot record it")

// The scripts up to the end of the content: with DATA, and with BDAT in two chunks.
const (
	upToDot = `
		hello PIPELINING
		mail a@x, b@x, c@x
		S: 250
		S: 250
		S: 550 no
		S: 250
		S: 354`
	upToLastChunk = `
		hello PIPELINING, CHUNKING
		C: MAIL FROM:<alice@example.org>
		C: RCPT TO:<a@x>
		C: RCPT TO:<b@x>
		C: RCPT TO:<c@x>
		S: 250
		S: 250
		S: 550 no
		S: 250
		C: BDAT 262144
		repeat 16384 C: 0123456789abcd
		sleep
		S: 250`
)

// A sending is one way to send a message.
type sending struct {
	name, script, content, end string
	took                       time.Duration // until only the end is missing
	send                       func(context.Context, Server, Envelope, *text) (Receipt, error)
}

// sendings are the ways in which a message is sent, and what its end looks like.
func sendings() []sending {
	byDeliver := func(ctx context.Context, s Server, e Envelope, c *text) (Receipt, error) {
		return Deliver(ctx, []Server{s}, e, c)
	}
	bySend := func(ctx context.Context, s Server, e Envelope, c *text) (Receipt, error) {
		client, err := Dial(ctx, s)
		if err != nil {
			return Receipt{}, err
		}
		defer client.Quit()
		return client.Send(ctx, e, c)
	}
	long := strings.Repeat("0123456789abcd\n", 16384) + "x\n"
	return []sending{
		{"Deliver, DATA", upToDot, "hi\n", "C: hi\nC: .\nC: QUIT\nS: 250\nS: 221", 0, byDeliver},
		{"Deliver, BDAT", upToLastChunk, long, "C: BDAT 3 LAST\nC: x\nC: QUIT\nS: 250\nS: 221", 9 * time.Second, byDeliver},
		{"Send, DATA", upToDot, "hi\n", "C: hi\nC: .\nS: 250\nbye", 0, bySend},
		{"Send, BDAT", upToLastChunk, long, "C: BDAT 3 LAST\nC: x\nS: 250\nbye", 9 * time.Second, bySend},
	}
}

// run sends a message to a server that follows script.
func (s sending) run(
	ctx context.Context, t *testing.T, script string, beforeDot func(*scripted, []string) error,
) (Receipt, error) {
	peer := &scripted{t: t, script: script}
	e := envelope("a@x", "b@x", "c@x")
	e.Chunking = true
	e.BeforeDot = func(to []string) error { return beforeDot(peer, to) }
	defer func() { <-peer.done }()
	return s.send(ctx, peer.server("test"), e, &text{s: s.content})
}

// BeforeDot is called once, with the recipients that the server accepted, when
// only the end of the content is missing.
func TestBeforeDot(t *testing.T) {
	for _, s := range sendings() {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls, start := 0, time.Now()
				r, _ := s.run(t.Context(), t, s.script+"\n"+s.end, func(server *scripted, to []string) error {
					calls++
					if !slices.Equal(to, []string{"a@x", "c@x"}) {
						t.Errorf("called with %q", to)
					}
					last := server.writes[len(server.writes)-1]
					if !strings.HasSuffix(last, "DATA\r\n") && !strings.HasSuffix(last, "abcd\r\n") {
						t.Errorf("called after %q", last)
					}
					if took := time.Since(start); took != s.took {
						t.Errorf("called after %v, want %v", took, s.took)
					}
					return nil
				})
				if calls != 1 || outcomes(r) != "accepted refused accepted" {
					t.Errorf("%d calls, %s", calls, outcomes(r))
				}
			})
		})
	}
}

// If BeforeDot fails in any way, or the connection does meanwhile, the end of the
// content is not sent, and the connection is closed.
func TestBeforeDotFails(t *testing.T) {
	for name, c := range map[string]struct {
		script, outcomes, err string
		beforeDot             func(cancel func()) error
	}{
		"error": {"", "refused refused refused", "bad message: test: content: cannot record it",
			func(func()) error { return errNoRecord }},
		"panic": {"", "", "", func(func()) error { panic("torn") }},
		"end of the context": {"", "deferred refused deferred", "context canceled",
			func(cancel func()) error { cancel(); return nil }},
		"421 meanwhile": {"\nsleep\nS: 421 too slow", "deferred refused deferred", "unsolicited reply: 421",
			func(func()) error { time.Sleep(time.Minute); return nil }},
		"connection closed meanwhile": {"\nsleep\nclose", "deferred refused deferred", "the server closed the connection",
			func(func()) error { time.Sleep(time.Minute); return nil }},
	} {
		for _, s := range sendings() {
			t.Run(name+"/"+s.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					defer func() {
						if torn := recover(); (torn != nil) != (name == "panic") {
							t.Errorf("panic: %v", torn)
						}
					}()
					beforeDot := func(*scripted, []string) error { return c.beforeDot(cancel) }
					r, err := s.run(ctx, t, s.script+c.script, beforeDot)
					if got := outcomes(r); got != c.outcomes {
						t.Errorf("outcomes: %s, want %s", got, c.outcomes)
					}
					if !strings.Contains(describe(err), c.err) || asError(err).Uncertain {
						t.Errorf("error: %s", describe(err))
					}
					if isOurs := name == "error"; errors.Is(err, errNoRecord) != isOurs {
						t.Errorf("error: %#v", err)
					}
				})
			})
		}
	}
}

// BeforeDot is called in each transaction, and for no other reason. AfterDot is
// called in each but the last.
func TestBeforeDotPerTransaction(t *testing.T) {
	for name, allOrNothing := range map[string]bool{"each for itself": false, "all or nothing": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				storage, server := newStorage("PIPELINING", false)
				var e Envelope
				for i := range 250 {
					e.To = append(e.To, fmt.Sprintf("%d@x", i))
				}
				e.AllOrNothing = allOrNothing
				var calls []int
				var all []string
				e.BeforeDot = func(to []string) error {
					calls = append(calls, len(to))
					all = append(all, to...)
					return nil
				}
				var known []string
				e.AfterDot = func(to []Recipient) {
					for _, r := range to {
						if r.Outcome != OutcomeAccepted || r.Reply.Code != 250 {
							t.Errorf("%+v", r)
						}
						known = append(known, r.Address)
					}
					if !slices.Equal(known, all) {
						t.Errorf("known: %q, want %q", known, all)
					}
				}
				_, err := Deliver(t.Context(), []Server{server}, e, &text{s: "hi\n"})
				if err != nil || !slices.Equal(calls, []int{100, 100, 50}) || !slices.Equal(all, e.To) {
					t.Errorf("%v, calls for %d recipients", err, calls)
				}
				if len(known) != 200 {
					t.Errorf("%d recipients after dots", len(known))
				}
				if len(storage.stored) != 3 {
					t.Errorf("%d messages", len(storage.stored))
				}
			})
		})
	}
}

// If nothing is sent, BeforeDot is not called.
func TestNoBeforeDot(t *testing.T) {
	for name, script := range map[string]string{
		"all refused": `
			S: 250
			S: 550
			S: 550
			S: 503
			bye`,
		"all refused, but 354": `
			S: 250
			S: 550
			S: 550
			S: 354`,
		"DATA refused": `
			S: 250
			S: 250
			S: 250
			S: 451
			bye`,
		"content not wanted": `
			s: 250\r\n250\r\n250\r\n354\r\n552 full\r\n`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := envelope("a@x", "b@x")
				e.BeforeDot = func(to []string) error {
					t.Errorf("BeforeDot was called with %q", to)
					return nil
				}
				_, _, err := deliver(t, Server{}, e, &text{s: "hi\n"}, `
					hello PIPELINING
					mail a@x, b@x`+script)
				if err == nil {
					t.Error("no error")
				}
			})
		})
	}
}

// A mail that is announced by one whose BeforeDot fails goes over another
// connection.
func TestBeforeDotFailsInSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, wait := scriptedServers(t, Server{}, []string{toContent, another})
		s := NewSession([]Server{server})
		first, second := twoMails()
		first.Envelope.BeforeDot = func([]string) error { return errNoRecord }
		_, err := s.Deliver(t.Context(), first)
		if !errors.Is(err, errNoRecord) || s.Open() {
			t.Errorf("%v, open is %t", err, s.Open())
		}
		if r, err := s.Deliver(t.Context(), second); err != nil {
			t.Errorf("%s, %v", outcomes(r), err)
		}
		wait()
	})
}

// A panic of Next is one of the caller's, too.
func TestNextPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, wait := scriptedServers(t, Server{}, []string{toContent})
		s := NewSession([]Server{server})
		first, _ := twoMails()
		first.Next = func() *Mail { panic("torn") }
		defer wait()
		defer s.Close()
		defer func() {
			if torn := recover(); torn != "torn" || s.Open() {
				t.Errorf("recovered %v, open is %t", torn, s.Open())
			}
		}()
		s.Deliver(t.Context(), first)
	})
}
