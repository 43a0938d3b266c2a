package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A server that fails is tried by one message after a pause that doubles. The
// pauses of the messages do not grow. When it works again, all are sent.
func TestServerDown(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	working := f.Route
	f.Route = func(*spool.Envelope) (attempt.Route, error) {
		down := server
		down.Dial = closed(t).Dial
		return routeTo(down), nil
	}
	var ids []string
	for i := range 5 {
		ids = append(ids, f.put(fmt.Sprintf("%d@example.org", i)))
	}
	const refused = ": connect: connection refused"
	f.flush(Summary{Waiting: 5}, "deferred 0@example.org: relay"+refused, "down 5 until 30s"+refused)
	f.wait(29 * time.Second)
	f.flush(Summary{Waiting: 5}, "down 5 until 30s"+refused) // the circuit is open
	f.wait(time.Second)
	f.flush(Summary{Waiting: 5}, "deferred 0@example.org: relay"+refused, "down 5 until 1m30s"+refused)
	e := f.read(ids[0])
	if e.Attempts != 2 || !strings.HasSuffix(e.Reason, refused) || !e.Next.Equal(start) || e.Pause != 0 {
		t.Errorf("%d attempts, next at %s after %d s: %s", e.Attempts, e.Next, e.Pause, e.Reason)
	}
	if e := f.read(ids[1]); e.Attempts != 0 {
		t.Errorf("%d attempts of the second message", e.Attempts)
	}
	f.Route = working
	f.wait(time.Minute)
	f.flush(Summary{Sent: 5}, "sent 0@example.org", "sent 1@example.org", "sent 2@example.org",
		"sent 3@example.org", "sent 4@example.org")
	if record, err := f.Spool.Server("key of relay"); err != nil || record.Failures != 0 {
		t.Errorf("%+v, %v", record, err)
	}
	if r.number(&r.connections) != 1 {
		t.Errorf("%d connections", r.number(&r.connections))
	}
}

// A circuit that is open does not matter to All.
func TestAllIgnoresCircuit(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.put("b@example.org")
	if err := f.Spool.ServerFailed("key of relay", "test", false, start); err != nil {
		t.Fatal(err)
	}
	f.flush(Summary{Waiting: 1}, "down 1 until 30s: test")
	f.flushWith(Options{All: true}, Summary{Sent: 1}, "sent b@example.org")
}

// Another process probes the server. Until it has an answer, the messages wait.
func TestProbedByAnother(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.put("b@example.org")
	if err := f.Spool.ServerFailed("key of relay", "test", false, start); err != nil {
		t.Fatal(err)
	}
	f.wait(time.Minute)
	release, err := f.Spool.Probe("key of relay")
	if err != nil {
		t.Fatal(err)
	}
	f.flush(Summary{Waiting: 1}, "down 1 until 30s: test")
	release()
	f.flush(Summary{Sent: 1}, "sent b@example.org")
}

// After a success that follows a failure, messages are due that would have waited.
func TestAllDueAfterFailure(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT", "450 wait")
	f := newFixture(t, server)
	f.put("a@example.org")
	f.flush(Summary{Waiting: 1}, "deferred a@example.org: relay: RCPT: a@example.org: 450 wait")
	if err := f.Spool.ServerFailed("key of relay", "test", false, start); err != nil {
		t.Fatal(err)
	}
	f.wait(31 * time.Second)
	f.put("b@example.org")
	f.flush(Summary{Sent: 2}, "sent b@example.org", "sent a@example.org")
}

// Each stage up to AUTH, and 421, is a failure of the server. A login that is
// refused has a longer pause.
func TestServerFailures(t *testing.T) {
	tests := []struct {
		command, reply string
		pause          time.Duration // 0: not a failure of the server
	}{
		{connected, "421 busy", 30 * time.Second},
		{connected, "554 go away", 30 * time.Second},
		{connected, "close", 30 * time.Second},
		{connected, "SSH-2.0", 30 * time.Second},
		{"EHLO", "421 busy", 30 * time.Second},
		{"EHLO", "close", 30 * time.Second},
		{"AUTH", "454 later", 30 * time.Second},
		{"AUTH", "535 wrong", 15 * time.Minute},
		{"MAIL", "421 busy", 30 * time.Second},
		{"RCPT", "421 busy", 30 * time.Second},
		{"DATA", "421 busy", 30 * time.Second},
		{dot, "421 busy", 30 * time.Second},
		{"MAIL", "451 wait", 0},
		{"RCPT", "550 unknown", 0},
		{dot, "close", 0},
	}
	for _, test := range tests {
		t.Run(test.command+" "+test.reply, func(t *testing.T) {
			r, server := newRelay(t)
			server.Login = &wire.Login{User: "alice", Password: "secret"}
			r.answer(test.command, test.reply)
			f := newFixture(t, server)
			id := f.put("b@example.org")
			if _, err := f.Flush(t.Context(), Options{}); err != nil {
				t.Fatal(err)
			}
			record, err := f.Spool.Server("key of relay")
			if err != nil {
				t.Fatal(err)
			}
			if got := record.Next.Sub(start); test.pause > 0 && got != test.pause || test.pause == 0 && record.Failures > 0 {
				t.Errorf("next after %s, want %s: %+v", got, test.pause, record)
			}
			if e := f.read(id); test.pause > 0 && (e.State != spool.Queued || e.Pause != 0 || e.Attempts != 1) {
				t.Errorf("%+v", e)
			}
		})
	}
}

// A message for which the server always answers 421 does not keep the others waiting.
func TestSameMessageFails(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	f.put("a@example.org")
	f.put("b@example.org")
	f.put("c@example.org")
	r.answer("RCPT TO:<a", slices.Repeat([]string{"421 4.3.0 scanner failed"}, 100)...)
	for range attemptsInTurn + 1 {
		if _, err := f.Flush(t.Context(), Options{}); err != nil {
			t.Fatal(err)
		}
		f.wait(15 * time.Minute)
	}
	if got := r.got(); got != "b@example.org, c@example.org" {
		t.Errorf("received by %s", got)
	}
}

// The configuration is read for each flush. So the queue goes out when a password
// is right that was wrong.
func TestLoginFixed(t *testing.T) {
	r, server := newRelay(t)
	r.answer("AUTH PLAIN AGFsaWNlAHdyb25n", "535 5.7.8 wrong", "535 5.7.8 wrong")
	f := newFixture(t)
	password := "wrong"
	f.Route = func(*spool.Envelope) (attempt.Route, error) {
		s := server
		s.Login = &wire.Login{User: "alice", Mechanism: "PLAIN", Password: password}
		return routeTo(s), nil
	}
	f.put("a@example.org")
	f.put("b@example.org")
	const wrong = ": AUTH: 535 5.7.8 wrong"
	f.flush(Summary{Waiting: 2}, "deferred a@example.org: relay"+wrong, "down 2 until 15m0s"+wrong)
	password = "right"
	f.wait(14 * time.Minute)
	f.flush(Summary{Waiting: 2}, "down 2 until 15m0s"+wrong)
	f.wait(time.Minute)
	f.flush(Summary{Sent: 2}, "sent a@example.org", "sent b@example.org")
	if got := r.got(); got != "a@example.org, b@example.org" {
		t.Errorf("received by %s", got)
	}
}

// A configuration with an error keeps the messages, and does not count as an attempt.
func TestInvalidConfiguration(t *testing.T) {
	f := newFixture(t)
	f.Route = func(*spool.Envelope) (attempt.Route, error) { return attempt.Route{}, errors.New("unknown account") }
	id := f.put("b@example.org")
	f.flush(Summary{Waiting: 1}, "down 1 until "+(time.Time{}).Sub(start).String()+": unknown account")
	if e := f.read(id); e.Attempts != 0 || e.State != spool.Queued {
		t.Errorf("%+v", e)
	}
}

// The second server gets the messages while the first is down, and only the first
// has a record.
func TestSecondServer(t *testing.T) {
	_, second := newRelay(t)
	f := newFixture(t, closed(t), second)
	f.put("a@example.org")
	f.put("b@example.org")
	f.flush(Summary{Sent: 2}, "sent a@example.org", "sent b@example.org")
	for key, failures := range map[string]int{"key of closed": 1, "key of relay": 0} {
		if record, err := f.Spool.Server(key); err != nil || record.Failures != failures {
			t.Errorf("%+v, %v", record, err)
		}
	}
	available, _, release, err := attempt.Available(f.Spool, routeTo(closed(t), second), start)
	release()
	if err != nil || len(available.Servers) != 1 || available.Servers[0].Name != "relay" {
		t.Errorf("%+v, %v", available, err)
	}
}

// What is left after a server failed waits for none if another one is available.
func TestOtherServerIsAvailable(t *testing.T) {
	r, first := newRelay(t)
	r.answer(dot, "421 busy")
	other, second := newRelay(t)
	second.Name = "second"
	f := newFixture(t, first, second)
	f.put("a@example.org")
	f.put("b@example.org")
	f.flush(Summary{Waiting: 2}, "deferred a@example.org: relay: end of data: 421 busy")
	f.flush(Summary{Sent: 2}, "sent a@example.org", "sent b@example.org")
	if got := other.got(); got != "a@example.org, b@example.org" {
		t.Errorf("received by %s", got)
	}
}

// A server that fails in the middle keeps the rest.
func TestServerFailsInTheMiddle(t *testing.T) {
	r, server := newRelay(t)
	r.answer("MAIL", "250 ok", "250 ok", "421 busy", "421 busy")
	f := newFixture(t, server)
	for i := range 5 {
		f.put(fmt.Sprintf("%d@example.org", i))
	}
	f.flush(Summary{Sent: 2, Waiting: 3}, "sent 0@example.org", "sent 1@example.org",
		"deferred 2@example.org: relay: MAIL: 421 busy", "down 3 until 30s: MAIL: 421 busy")
	f.wait(30 * time.Second)
	f.flush(Summary{Sent: 3}, "sent 2@example.org", "sent 3@example.org", "sent 4@example.org")
	if got := r.got(); got != "0@example.org, 1@example.org, 2@example.org, 3@example.org, 4@example.org" {
		t.Errorf("received by %s", got)
	}
}

// Messages with different flags do not share a connection, because the flags also
// choose TLS.
func TestFlagsSeparateSessions(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	for i := range 4 {
		flags := []spool.Flag{{Name: "tls", Value: []string{"none", "opportunistic"}[i%2]}}
		f.putAs(spool.Envelope{Flags: flags}, fmt.Sprintf("%d@example.org", i))
	}
	f.flush(Summary{Sent: 4}, "sent 0@example.org", "sent 2@example.org", "sent 1@example.org", "sent 3@example.org")
	if r.number(&r.connections) != 2 || r.number(&r.mostOpen) != 1 {
		t.Errorf("%d connections, %d at once", r.number(&r.connections), r.number(&r.mostOpen))
	}
}

// Several servers are used at once, but no more than Jobs.
func TestJobs(t *testing.T) {
	for jobs, want := range map[int]int{0: 4, 1: 1, 3: 3, 9: 6} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			var mu sync.Mutex
			dialing, gate := 0, make(chan struct{})
			f.Route = func(e *spool.Envelope) (attempt.Route, error) {
				return routeTo(wire.Server{Name: e.Flags[0].Value, Dial: func(ctx context.Context) (net.Conn, error) {
					mu.Lock()
					dialing++
					mu.Unlock()
					<-gate
					return nil, errors.New("no")
				}}), nil
			}
			for i := range 6 {
				f.putAs(spool.Envelope{Flags: []spool.Flag{{Name: "server", Value: fmt.Sprint(i)}}}, "b@example.org")
			}
			flushed := make(chan Summary)
			go func() {
				sum, err := f.Flush(t.Context(), Options{Jobs: jobs})
				if err != nil {
					t.Error(err)
				}
				flushed <- sum
			}()
			synctest.Wait()
			if dialing != want {
				t.Errorf("%d servers at once, want %d", dialing, want)
			}
			close(gate)
			if sum := <-flushed; sum != (Summary{Waiting: 6}) {
				t.Errorf("%+v", sum)
			}
		})
	}
}
