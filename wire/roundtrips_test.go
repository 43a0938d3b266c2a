package wire

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A message needs one round trip. The relay delays everything by 50 ms.
func TestRoundTrips(t *testing.T) {
	const delay = 50 * time.Millisecond
	const messages = 100
	for offers, want := range map[string]time.Duration{
		"PIPELINING": 1,
		"SIZE":       4,
	} {
		t.Run(offers, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				storage := &storingServer{stored: make(map[string]string), helloReply: "250-test\r\n250 " + offers + "\r\n"}
				dial := func(ctx context.Context) (net.Conn, error) { return delayed(ctx, storage.dial, delay) }
				s := NewSession([]Server{{Name: "test", Hello: "me", Security: TLSNone, Dial: dial}})
				var m *Mail
				for n := range messages {
					next := &Mail{Envelope: envelope(fmt.Sprintf("%d@x", messages-n)), Content: strings.NewReader("hi\n")}
					if last := m; last != nil {
						next.Next = func() *Mail { return last }
					}
					m = next
				}
				start := time.Now()
				for m != nil {
					r, err := s.Deliver(t.Context(), m)
					if err != nil || outcomes(r) != "accepted" {
						t.Fatalf("%s, %v", outcomes(r), err)
					}
					if m.Next == nil {
						break
					}
					m = m.Next()
				}
				took := time.Since(start)
				t.Logf("%.2f round trips per message, with the connection", float64(took)/messages/float64(2*delay))
				if took > (messages+4)*want*2*delay {
					t.Errorf("%d messages took %v", messages, took)
				}
				if len(storage.stored) != messages || storage.stored["100@x"] != "hi\r\n" {
					t.Errorf("%d messages were stored", len(storage.stored))
				}
			})
		})
	}
}

// delayed makes a connection on which everything arrives after a delay.
func delayed(
	ctx context.Context, dial func(context.Context) (net.Conn, error), delay time.Duration,
) (net.Conn, error) {
	server, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	client, relay := net.Pipe()
	go forward(server, relay, delay)
	go forward(relay, server, delay)
	return client, nil
}

// forward writes to one connection what it reads from the other, later.
func forward(to, from net.Conn, delay time.Duration) {
	type piece struct {
		data []byte
		at   time.Time
	}
	pieces := make(chan piece, 1000)
	go func() {
		defer close(pieces)
		for {
			p := make([]byte, 4096)
			n, err := from.Read(p)
			if err != nil {
				return
			}
			pieces <- piece{p[:n], time.Now().Add(delay)}
		}
	}()
	for p := range pieces {
		time.Sleep(time.Until(p.at))
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	to.Close()
	for range pieces {
	}
}
