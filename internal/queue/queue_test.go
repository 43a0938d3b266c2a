package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/sink"
	"mailpipe/internal/spool"
	"mailpipe/internal/spool/directory"
	"mailpipe/wire"
)

// A fixture is a queue with its spool, and what happened in it.
type fixture struct {
	t testing.TB
	*Queue
	mu     sync.Mutex
	clock  time.Time
	events []string
	puts   int
}

// start is when the tests begin.
var start = time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)

// newFixture returns a queue with an empty spool whose messages all go to the
// servers.
func newFixture(t testing.TB, servers ...wire.Server) *fixture {
	return openFixture(t, t.TempDir()+"/spool", servers...)
}

func openFixture(t testing.TB, dir string, servers ...wire.Server) *fixture {
	t.Helper()
	s, err := directory.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f := &fixture{t: t, clock: start}
	f.Queue = &Queue{Spool: s, Now: f.time, Event: f.note}
	f.Route = func(*spool.Envelope) (attempt.Route, error) { return routeTo(servers...), nil }
	return f
}

func routeTo(servers ...wire.Server) attempt.Route {
	r := attempt.Route{Servers: servers}
	for _, s := range servers {
		r.Keys = append(r.Keys, "key of "+s.Name)
	}
	return r
}

func (f *fixture) time() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.clock
}

// wait lets time pass.
func (f *fixture) wait(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock = f.clock.Add(d)
}

var kinds = map[Kind]string{
	Sent: "sent", Deferred: "deferred", Failed: "failed", Held: "held", Interrupted: "interrupted",
	ServerDown: "down", Damaged: "damaged", Trouble: "trouble",
}

func (f *fixture) note(e Event) {
	text := kinds[e.Kind]
	if e.Envelope != nil && len(e.Envelope.Recipients) > 0 {
		text += " " + e.Envelope.Recipients[0].Address
	}
	if e.Kind == ServerDown {
		text += fmt.Sprintf(" %d until %s", e.Waiting, e.Next.Sub(start))
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	f.events = append(f.events, text)
}

// put queues a message to the recipients, and returns its ID.
func (f *fixture) put(to ...string) string {
	f.t.Helper()
	return f.putAs(spool.Envelope{}, to...)
}

// putAs is put with an envelope for what is not usual.
func (f *fixture) putAs(e spool.Envelope, to ...string) string {
	f.t.Helper()
	return f.putContent(e, fmt.Sprintf("Subject: to %s\r\n\r\nhi\r\n", to[0]), to...)
}

// putContent is putAs with a content.
func (f *fixture) putContent(e spool.Envelope, content string, to ...string) string {
	f.t.Helper()
	f.puts++
	d, err := f.Spool.CreateAs(fmt.Sprintf("%s-aaa%c%c%c", f.time().Format("20060102T150405Z"),
		'a'+f.puts/676, 'a'+f.puts/26%26, 'a'+f.puts%26)) // in order
	if err != nil {
		f.t.Fatal(err)
	}
	defer d.Close()
	fmt.Fprint(d, content)
	if e.State == "" {
		e.State = spool.Queued
	}
	if e.From == "" && e.BounceOf == "" {
		e.From = "alice@example.org"
	}
	e.Created, e.Next = f.time(), f.time()
	for _, address := range to {
		e.Recipients = append(e.Recipients, spool.Recipient{Address: address})
	}
	entry, err := d.Commit(e)
	if err != nil {
		f.t.Fatal(err)
	}
	entry.Close()
	return entry.ID
}

// flush flushes, and compares the summary and the events.
func (f *fixture) flush(want Summary, events ...string) {
	f.t.Helper()
	f.flushWith(Options{}, want, events...)
}

func (f *fixture) flushWith(o Options, want Summary, events ...string) {
	f.t.Helper()
	f.events = nil
	got, err := f.Flush(f.t.Context(), o)
	if err != nil {
		f.t.Fatal(err)
	}
	if got != want {
		f.t.Errorf("got %+v, want %+v", got, want)
	}
	if g, w := strings.Join(f.events, "\n"), strings.Join(events, "\n"); g != w {
		f.t.Errorf("events:\n%s\nwant:\n%s", g, w)
	}
}

// read returns the envelope of an entry, or nil if there is none.
func (f *fixture) read(id string) *spool.Envelope {
	f.t.Helper()
	e, err := f.Spool.Read(id)
	if err != nil && !errors.Is(err, spool.ErrNotFound) {
		f.t.Fatal(err)
	}
	return e
}

// An mbox keeps what a sink received.
type mbox struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (m *mbox) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.Write(p)
}

// subjects returns how often each subject was received.
func (m *mbox) subjects() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	got := make(map[string]int)
	for line := range strings.Lines(m.text.String()) {
		if subject, ok := strings.CutPrefix(line, "Subject: "); ok {
			got[strings.TrimSpace(subject)]++
		}
	}
	return got
}

// serve starts a sink, and returns it as a server.
func serve(t testing.TB, opt sink.Options) (wire.Server, *mbox) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	received := new(mbox)
	opt.Mbox = received
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- sink.Serve(ctx, l, opt) }()
	t.Cleanup(func() {
		cancel()
		<-served
	})
	return wire.Server{Name: "sink", Address: l.Addr().String(), Security: wire.TLSNone}, received
}

// closed returns a server that accepts no connection.
func closed(t testing.TB) wire.Server {
	return wire.Server{Name: "closed", Security: wire.TLSNone, Dial: func(context.Context) (net.Conn, error) {
		return nil, errors.New("connection refused")
	}}
}

func TestSent(t *testing.T) {
	server, received := serve(t, sink.Options{})
	f := newFixture(t, server)
	ids := []string{f.put("a@example.org"), f.put("b@example.org")}
	f.flush(Summary{Sent: 2}, "sent a@example.org", "sent b@example.org")
	for _, id := range ids {
		if f.read(id) != nil {
			t.Errorf("%s is still there", id)
		}
	}
	if got := received.subjects(); got["to a@example.org"] != 1 || got["to b@example.org"] != 1 {
		t.Errorf("received %v", got)
	}
	f.flush(Summary{})
}

// A server that accepts no connection fails for all messages.
func TestConnectionRefused(t *testing.T) {
	f := newFixture(t, closed(t))
	for i := range 3 {
		f.put(fmt.Sprintf("%d@example.org", i))
	}
	f.flush(Summary{Waiting: 3}, "deferred 0@example.org: closed: connect: connection refused",
		"down 3 until 30s: connect: connection refused")
}
