package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/sink"
	"mailpipe/internal/spool"
)

// limited returns a function for Queue.Route that adds limits to a route.
func limited(route attempt.Route, limit func(*attempt.Route)) func(*spool.Envelope) (attempt.Route, error) {
	limit(&route)
	return func(*spool.Envelope) (attempt.Route, error) { return route, nil }
}

// The commands of a message go out with the dot of the message before it.
func TestPipelining(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	for i := range 3 {
		f.put(fmt.Sprintf("%d@example.org", i))
	}
	f.flush(Summary{Sent: 3}, "sent 0@example.org", "sent 1@example.org", "sent 2@example.org")
	want := "connected, EHLO me, MAIL FROM:<alice@example.org>, RCPT TO:<0@example.org>, DATA, ., " +
		"MAIL FROM:<alice@example.org>, RCPT TO:<1@example.org>, DATA, ., " +
		"MAIL FROM:<alice@example.org>, RCPT TO:<2@example.org>, DATA, ., QUIT"
	if got := strings.Join(r.sent(""), ", "); got != want {
		t.Errorf("%s\nwant: %s", got, want)
	}
}

// A connection has at most so many mails, and 100 by default.
func TestMailsPerConnection(t *testing.T) {
	tests := []struct{ limit, messages, connections int }{{2, 5, 3}, {1, 3, 3}, {0, 101, 2}, {0, 100, 1}}
	for _, test := range tests {
		r, server := newRelay(t)
		f := newFixture(t)
		f.Route = limited(routeTo(server), func(r *attempt.Route) { r.MailsPerConnection = test.limit })
		for i := range test.messages {
			f.put(fmt.Sprintf("%d@example.org", i))
		}
		if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum.Sent != test.messages {
			t.Errorf("%+v, %v", sum, err)
		}
		if r.number(&r.connections) != test.connections || r.number(&r.mostOpen) != 1 {
			t.Errorf("%+v: %d connections, %d at once", test, r.number(&r.connections), r.number(&r.mostOpen))
		}
	}
}

// A server that wants no more mails over a connection gets the rest over a new one.
func TestNewConnection(t *testing.T) {
	limited := "250-hi\n250-PIPELINING\n250 LIMITS MAILMAX=2" // RFC 9422
	tests := []struct {
		command     string
		replies     []string
		connections int
	}{
		{"MAIL", []string{"250 ok", "250 ok", "421 4.7.0 enough"}, 2},
		{"MAIL", []string{"250 ok", "250 ok", "451 4.5.3 too many mails"}, 2},
		{"EHLO", []string{limited, limited, limited}, 3},
	}
	for _, test := range tests {
		r, server := newRelay(t)
		r.answer(test.command, test.replies...)
		f := newFixture(t, server)
		for i := range 5 {
			f.put(fmt.Sprintf("%d@example.org", i))
		}
		if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum != (Summary{Sent: 5}) {
			t.Errorf("%q: %+v, %v", test.replies, sum, err)
		}
		if n := r.number(&r.connections); n != test.connections {
			t.Errorf("%q: %d connections, want %d", test.replies, n, test.connections)
		}
	}
}

// With a rate, a message waits for its time, and the connection is kept. Two queues
// share the rate.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := new(relay)
		began := time.Now()
		var mu sync.Mutex
		var times []string
		r.listen(func(command string) {
			if strings.HasPrefix(command, "MAIL") {
				mu.Lock()
				defer mu.Unlock()
				times = append(times, time.Since(began).Round(100*time.Millisecond).String()) // a lock may take 1 ms
			}
		})
		dir := t.TempDir() + "/spool"
		f := openFixture(t, dir)
		f.clock = began
		for i := range 6 {
			f.put(fmt.Sprintf("%d@example.org", i))
		}
		var flushing sync.WaitGroup
		for range 2 {
			q := openFixture(t, dir)
			q.Now = time.Now
			q.Route = limited(routeTo(r.piped()), func(r *attempt.Route) { r.Every, r.Connections = 2*time.Second, 2 })
			flushing.Go(func() {
				if _, err := q.Flush(t.Context(), Options{}); err != nil {
					t.Error(err)
				}
			})
		}
		flushing.Wait()
		if got, want := strings.Join(times, " "), "0s 2s 4s 6s 8s 10s"; got != want {
			t.Errorf("sent after %s, want %s", got, want)
		}
		if r.number(&r.connections) > 2 {
			t.Errorf("%d connections", r.number(&r.connections))
		}
	})
}

// A context that ends also ends the wait for the rate. There is no wait for a time
// that For does not give.
func TestRateEnds(t *testing.T) {
	stop := errors.New("terminated")
	const toStop = 40 * time.Minute
	for limit, want := range map[time.Duration]time.Duration{0: toStop, time.Minute: 0} {
		synctest.Test(t, func(t *testing.T) {
			r := new(relay)
			f := newFixture(t)
			f.clock, f.Now = time.Now(), time.Now
			f.Route = limited(routeTo(r.piped()), func(r *attempt.Route) { r.Every = time.Hour })
			f.put("a@example.org")
			f.put("b@example.org")
			ctx, cancel := context.WithTimeoutCause(t.Context(), toStop, stop)
			defer cancel()
			began := time.Now()
			sum, err := f.Flush(ctx, Options{For: limit})
			if sum != (Summary{Sent: 1, Waiting: 1}) || r.got() != "a@example.org" {
				t.Errorf("%+v, received by %s", sum, r.got())
			}
			if took := time.Since(began); took != want || errors.Is(err, stop) != (want == toStop) {
				t.Errorf("ended after %s: %v", took, err)
			}
		})
	}
}

// All queues together have one connection to a server, or as many as its account
// allows.
func TestConnections(t *testing.T) {
	for _, limit := range []int{0, 1, 3} {
		synctest.Test(t, func(t *testing.T) {
			r := new(relay)
			gate := make(chan struct{})
			first := true
			var mu sync.Mutex
			r.listen(func(command string) { // all but the first message wait
				if strings.HasPrefix(command, "MAIL") {
					mu.Lock()
					wait := !first
					first = false
					mu.Unlock()
					if wait {
						<-gate
					}
				}
			})
			dir := t.TempDir() + "/spool"
			f := openFixture(t, dir)
			f.clock = time.Now()
			for i := range 40 {
				f.put(fmt.Sprintf("%d@example.org", i))
			}
			var flushing sync.WaitGroup
			for range 3 {
				q := openFixture(t, dir)
				q.Now = time.Now
				q.Route = limited(routeTo(r.piped()), func(r *attempt.Route) { r.Connections = limit })
				flushing.Go(func() {
					if _, err := q.Flush(t.Context(), Options{}); err != nil {
						t.Error(err)
					}
				})
			}
			time.Sleep(time.Second) // a lock that another process has is tried again
			synctest.Wait()
			close(gate)
			flushing.Wait()
			if want := max(limit, 1); r.number(&r.mostOpen) != want {
				t.Errorf("%d connections at once, want %d", r.number(&r.mostOpen), want)
			}
			if r.recipients() != 40 {
				t.Errorf("received by %s", r.got())
			}
		})
	}
}

// Another process has the only connection: the messages wait for it.
func TestConnectionInUse(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.put("b@example.org")
	release, err := f.Spool.Connect("key of relay", 1)
	if err != nil {
		t.Fatal(err)
	}
	f.flush(Summary{Waiting: 1})
	release()
	f.flush(Summary{Sent: 1}, "sent b@example.org")
}

// After the time that For gives, no message is started.
func TestFor(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	r.listen(func(command string) {
		if command == dot {
			f.wait(time.Minute)
		}
	})
	for i := range 4 {
		f.put(fmt.Sprintf("%d@example.org", i))
	}
	// The second message was announced to the server before the time was over.
	f.flushWith(Options{For: time.Minute}, Summary{Sent: 2, Waiting: 2}, "sent 0@example.org", "sent 1@example.org")
	f.flush(Summary{Sent: 2}, "sent 2@example.org", "sent 3@example.org")
}

// Any number of queues may flush at once: each message arrives once.
func TestManyFlushes(t *testing.T) {
	const messages = 300
	server, received := serve(t, sink.Options{})
	dir := t.TempDir() + "/spool"
	f := openFixture(t, dir)
	for i := range messages {
		f.put(fmt.Sprintf("%d@example.org", i))
	}
	var flushing sync.WaitGroup
	for range 8 {
		q := openFixture(t, dir)
		q.Route = limited(routeTo(server), func(r *attempt.Route) { r.Connections, r.MailsPerConnection = 4, 10 })
		flushing.Go(func() {
			for range 3 {
				if _, err := q.Flush(t.Context(), Options{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	flushing.Wait()
	got := received.subjects()
	if len(got) != messages {
		t.Errorf("%d messages, want %d", len(got), messages)
	}
	for subject, n := range got {
		if n != 1 {
			t.Errorf("%s: %d times", subject, n)
		}
	}
	if ids, err := f.Spool.IDs(); err != nil || len(ids) > 0 {
		t.Errorf("%d entries are left, %v", len(ids), err)
	}
}

// A message with more recipients than a server takes at once is sent once to each.
func TestManyRecipients(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	var to []string
	for i := range 2000 {
		to = append(to, fmt.Sprintf("%d@example.org", i))
	}
	f.put(to...)
	f.flush(Summary{Sent: 1}, "sent 0@example.org")
	if r.recipients() != len(to) || len(r.sent(dot)) != 20 {
		t.Errorf("%d recipients in %d transactions", r.recipients(), len(r.sent(dot)))
	}
}
