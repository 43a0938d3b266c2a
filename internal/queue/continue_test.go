package queue

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// delivered returns a session that has delivered a message and is still open.
func delivered(t *testing.T, server wire.Server) *wire.Session {
	t.Helper()
	session := wire.NewSession([]wire.Server{server})
	mail := &wire.Mail{
		Envelope: wire.Envelope{From: sender, To: []string{"new@example.org"}},
		Content:  strings.NewReader("Subject: new\n\nhi\n"),
		Next:     func() *wire.Mail { return &wire.Mail{} },
	}
	if _, err := session.Deliver(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	return session
}

// Continue sends what is due over the session of a delivery that succeeded.
func TestContinue(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	flags := []spool.Flag{{Name: "server", Value: "relay"}}
	for i := range 3 {
		f.putAs(spool.Envelope{Flags: flags}, fmt.Sprintf("%d@example.org", i))
	}
	f.put("other@example.org") // with other flags
	f.wait(0)
	route := routeTo(server)
	session := delivered(t, server)
	defer session.Close()
	if err := f.Continue(t.Context(), session, flags, route, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	want := "0@example.org, 1@example.org, 2@example.org, new@example.org"
	if got := r.got(); got != want || r.number(&r.connections) != 1 {
		t.Errorf("%d connections, received by %s", r.number(&r.connections), got)
	}
}

// A delivery without flags sends nothing of what has flags, which is for another server.
func TestContinueWithoutFlags(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	f.putAs(spool.Envelope{Flags: []spool.Flag{{Name: "server", Value: "other"}}}, "other@example.org")
	f.put("b@example.org")
	f.wait(0)
	session := delivered(t, server)
	defer session.Close()
	if err := f.Continue(t.Context(), session, nil, routeTo(server), 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if got := r.got(); got != "b@example.org, new@example.org" {
		t.Errorf("received by %s", got)
	}
}

// Continue makes no connection of its own, and ends after its limit.
func TestContinueEnds(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	f.put("b@example.org")
	route := routeTo(server)
	if err := f.Continue(t.Context(), wire.NewSession(route.Servers), nil, route, time.Minute); err != nil {
		t.Fatal(err)
	}
	if r.number(&r.connections) != 0 {
		t.Errorf("%d connections", r.number(&r.connections))
	}
	release, err := f.Spool.Connect("key of relay", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Continue(t.Context(), wire.NewSession(route.Servers), nil, route, time.Minute); err != nil {
		t.Fatal(err) // another process uses the server
	}
	release()
	r.answer("MAIL", "250 ok", "stall")
	session := delivered(t, server)
	defer session.Close()
	began := time.Now()
	if err := f.Continue(t.Context(), session, nil, route, 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("ended after %s", took)
	}
	f.flush(Summary{Sent: 1}, "sent b@example.org")
}

// A server that stalls before the end of a message ends Continue when its time is
// over: nothing is lost, and the server is not one that failed. After the end, the
// outcome would be unknown, so the reply is awaited for 10 s more.
func TestContinueWithStalledServer(t *testing.T) {
	const limit = 10 * time.Second
	tests := []struct {
		command string
		took    time.Duration
		outcome string
	}{
		{"MAIL", limit, ""},
		{"RCPT", limit, ""},
		{"DATA", limit, ""},
		{dot, 2 * limit, "unknown"},
	}
	for _, test := range tests {
		t.Run(test.command, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := new(relay)
				server := r.piped()
				f := newFixture(t, server)
				f.clock, f.Now = time.Now(), time.Now
				id := f.put("a@example.org")
				second := f.put("b@example.org")
				session := delivered(t, server)
				defer session.Close()
				r.answer(test.command, "stall")
				began := time.Now()
				if err := f.Continue(t.Context(), session, nil, routeTo(server), limit); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took != test.took {
					t.Errorf("ended after %s, want %s", took, test.took)
				}
				if e := f.read(id); e.Recipients[0].Outcome != test.outcome || e.Due(time.Now()) != (test.outcome == "") {
					t.Errorf("%+v", e)
				}
				if e := f.read(second); e.Attempts != 0 || !e.Due(time.Now()) {
					t.Errorf("%+v", e)
				}
				if record, err := f.Spool.Server("key of relay"); err != nil || record.Failures > 0 {
					t.Errorf("%+v, %v", record, err)
				}
			})
		})
	}
}
