package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"mailpipe/compose"
	"mailpipe/detect"
	"mailpipe/internal/sink"
	"mailpipe/wire"
)

// These are tests of a program that uses compose, detect and wire as libraries,
// with a real server.

// A mbox keeps what a server received. Each call of Write is a whole message.
type mbox struct {
	mu   sync.Mutex
	text strings.Builder
}

func (m *mbox) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.Write(p)
}

// messages returns the messages without the lines that the server added, and the
// recipients of all of them.
func (m *mbox) messages(t *testing.T) (messages, recipients []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, letter := range strings.Split("\n"+m.text.String(), "\nFrom ")[1:] {
		added, message, ok := strings.Cut(letter, "\nFrom: ")
		if !ok {
			t.Fatalf("not a message: %.200q", letter)
		}
		messages = append(messages, "From: "+message)
		for line := range strings.Lines(added) {
			if to, ok := strings.CutPrefix(line, "Delivered-To: "); ok {
				recipients = append(recipients, strings.TrimSpace(to))
			}
		}
	}
	return messages, recipients
}

// serve starts a server on a loopback address.
func serve(t *testing.T) (wire.Server, *mbox) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	received := new(mbox)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- sink.Serve(ctx, l, sink.Options{Mbox: received}) }()
	t.Cleanup(func() {
		cancel()
		<-served
	})
	return wire.Server{Address: l.Addr().String(), Security: wire.TLSNone}, received
}

// plan returns a message that is longer than what is kept in memory. It is the
// same one each time.
func plan(t *testing.T) *compose.Plan {
	table := strings.Repeat("name,total\nZoë,42\n", 100_000)
	m := compose.Message{
		From:      compose.Address{Local: "alice", Domain: "example.org"},
		To:        []compose.Address{{Local: "all", Domain: "example.org"}},
		Subject:   "Totals",
		Text:      compose.Text("See the table.\n.\n"),
		Files:     []compose.Part{compose.Bytes("totals.csv", []byte(table))},
		Detect:    detect.MediaType,
		Date:      time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		MessageID: "totals@example.org",
		Boundary:  "test",
	}
	plan, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plan.Close() })
	return plan
}

// A Plan goes to 250 recipients in several transactions, and to the second server
// if the first does not work.
func TestPlanToManyRecipients(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	server, received := serve(t)
	servers := []wire.Server{{Address: closed.Addr().String(), Security: wire.TLSNone}, server}
	e := wire.Envelope{From: "alice@example.org"}
	for i := range 250 {
		e.To = append(e.To, fmt.Sprintf("user%d@example.org", i))
	}
	r, err := wire.Deliver(t.Context(), servers, e, plan(t))
	if err != nil {
		t.Fatal(err)
	}
	if r.Server != server.Address || len(r.FailedServers) != 1 {
		t.Errorf("delivered by %s after %v", r.Server, r.FailedServers)
	}
	<-r.ContentDone

	var want strings.Builder
	if _, err := plan(t).WriteTo(&want); err != nil {
		t.Fatal(err)
	}
	messages, recipients := received.messages(t)
	if len(messages) != 3 {
		t.Errorf("%d transactions, want 3", len(messages))
	}
	for i, m := range messages {
		if strings.TrimRight(m, "\n") != strings.TrimRight(want.String(), "\n") {
			t.Errorf("transaction %d: %d octets that are not the message of %d octets", i, len(m), want.Len())
		}
	}
	if got, want := strings.Join(recipients, " "), strings.Join(e.To, " "); got != want {
		t.Errorf("recipients: %s\nwant: %s", got, want)
	}
}

// A Plan that cannot be written is an error, not a panic.
func TestPlanThatCannotBeWritten(t *testing.T) {
	server, received := serve(t)
	used := plan(t)
	if _, err := used.WriteTo(new(strings.Builder)); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*compose.Plan{"zero": {}, "used": used} {
		e := wire.Envelope{From: "alice@example.org", To: []string{"bob@example.org"}}
		_, err := wire.Deliver(t.Context(), []wire.Server{server}, e, p)
		var failed *wire.Error
		if !errors.As(err, &failed) || failed.Kind != wire.KindBadMessage {
			t.Errorf("%s Plan: %v", name, err)
		}
	}
	if messages, _ := received.messages(t); len(messages) > 0 {
		t.Errorf("the server received %q", messages)
	}
}

// A Server and an Envelope may be used by several goroutines at the same time,
// each with its own Client.
func TestGoroutines(t *testing.T) {
	server, received := serve(t)
	var all sync.WaitGroup
	for i := range 4 {
		e := wire.Envelope{From: "alice@example.org", To: []string{fmt.Sprintf("user%d@example.org", i)}}
		all.Go(func() {
			c, err := wire.Dial(t.Context(), server)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Quit()
			for range 2 {
				content := strings.NewReader("From: alice@example.org\n\nHello.\n")
				if _, err := c.Send(t.Context(), e, content); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			content := strings.NewReader("From: alice@example.org\n\nHello.\n")
			if _, err := wire.Deliver(t.Context(), []wire.Server{server}, e, content); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if messages, _ := received.messages(t); len(messages) != 12 {
		t.Errorf("%d messages, want 12", len(messages))
	}
}
