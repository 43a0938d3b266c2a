package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// The first connection is cut after each number of octets in each direction. Each
// recipient gets the whole message once and the receipt says so, or gets nothing,
// or the outcome is unknown.
func TestSessionCutAnywhere(t *testing.T) {
	for _, offers := range []string{"SIZE", "PIPELINING", "PIPELINING, CHUNKING"} {
		for _, lmtp := range []bool{false, true} {
			for _, fromServer := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/lmtp=%t/from server=%t", offers, lmtp, fromServer), func(t *testing.T) {
					isCut := true
					for n := 0; isCut; n++ {
						synctest.Test(t, func(t *testing.T) { isCut = cutAt(t, n, fromServer, offers, lmtp) })
					}
				})
			}
		}
	}
}

// cutAt delivers three mails, and cuts the first connection after n octets. It
// reports whether it came so far.
func cutAt(t *testing.T, n int, fromServer bool, offers string, lmtp bool) (isCut bool) {
	storage, server := newStorage(offers, lmtp)
	var first *cut
	server.Dial = func(context.Context) (net.Conn, error) {
		client, conn := net.Pipe()
		cut := &cut{Conn: conn, fromServer: fromServer, left: n}
		if first == nil {
			first = cut
		} else {
			cut.left = 1 << 20
		}
		go func() {
			defer conn.Close()
			storage.serve(cut)
		}()
		return client, nil
	}
	for i, outcome := range sendAll(t, server) {
		to := fmt.Sprintf("%d@x", i)
		stored := storage.stored[to]
		ok := stored == content(i) && outcome != "deferred" || stored == "" && outcome != "accepted"
		if !ok || outcome == "unknown" && first.left > 0 {
			t.Errorf("cut after %d: %s is %s, and stored is %q", n, to, outcome, stored)
		}
	}
	return first.left <= 0
}

// If the context ends at any event, the result is as if the connection was cut.
// The mails that were not sent are sent afterwards.
func TestSessionCancelAnywhere(t *testing.T) {
	for _, offers := range []string{"SIZE", "PIPELINING", "PIPELINING, CHUNKING"} {
		t.Run(offers, func(t *testing.T) {
			events := 1
			for at := 1; at <= events; at++ {
				synctest.Test(t, func(t *testing.T) { events = cancelSessionAt(t, at, offers) })
			}
		})
	}
}

// cancelSessionAt delivers three mails, and cancels the context at the n-th event.
// It returns how many events there were.
func cancelSessionAt(t *testing.T, n int, offers string) (events int) {
	storage, server := newStorage(offers, false)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server.Trace = func(Event) {
		events++
		if events == n {
			cancel()
		}
	}
	s := NewSession([]Server{server})
	all := mails()
	for i, m := range all {
		r, err := s.Deliver(ctx, m)
		if (err == nil) != (outcomes(r) == "accepted") || err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("event %d: %s, %v", n, outcomes(r), err)
		}
		if err != nil {
			r, err = s.Deliver(t.Context(), &Mail{Envelope: m.Envelope, Content: &text{s: content(i)}})
			if err != nil {
				t.Errorf("event %d: %s, %v", n, outcomes(r), err)
			}
		}
	}
	s.Close()
	for i := range all {
		if stored := storage.stored[fmt.Sprintf("%d@x", i)]; stored != content(i) {
			t.Errorf("event %d: %d: %q", n, i, stored)
		}
	}
	return events
}

// newStorage returns a server that offers extensions.
func newStorage(offers string, lmtp bool) (*storingServer, Server) {
	s := &storingServer{stored: make(map[string]string)}
	for extension := range strings.SplitSeq(offers, ", ") {
		s.helloReply += "250-" + extension + "\r\n"
	}
	s.helloReply += "250 HELP\r\n"
	return s, Server{Name: "test", Hello: "me", Security: TLSNone, LMTP: lmtp, Dial: s.dial}
}

// mails returns three mails that follow each other.
func mails() []*Mail {
	all := make([]*Mail, 3)
	for i := range slices.Backward(all) {
		e := envelope(fmt.Sprintf("%d@x", i))
		e.Chunking = true
		all[i] = &Mail{Envelope: e, Content: &text{s: content(i)}}
		if i+1 < len(all) {
			all[i].Next = func() *Mail { return all[i+1] }
		}
	}
	return all
}

func content(i int) string { return fmt.Sprintf("message %d\r\n", i) }

// sendAll delivers the mails over a Session, and returns the outcomes.
func sendAll(t *testing.T, server Server) []string {
	s := NewSession([]Server{server})
	var all []string
	for _, m := range mails() {
		r, _ := s.Deliver(t.Context(), m)
		all = append(all, outcomes(r))
	}
	s.Close()
	synctest.Wait()
	return all
}

// A cut is the server's end of a connection that ends after a number of octets in
// one direction.
type cut struct {
	net.Conn
	fromServer bool
	left       int
}

func (c *cut) Read(p []byte) (int, error) {
	if c.fromServer {
		return c.Conn.Read(p)
	}
	return c.limited(p, c.Conn.Read)
}

func (c *cut) Write(p []byte) (int, error) {
	if !c.fromServer {
		return c.Conn.Write(p)
	}
	return c.limited(p, c.Conn.Write)
}

// limited does what is left of a Read or Write.
func (c *cut) limited(p []byte, do func([]byte) (int, error)) (int, error) {
	if c.left <= 0 {
		c.Conn.Close()
		return 0, net.ErrClosed
	}
	n, err := do(p[:min(len(p), c.left)])
	c.left -= n
	if err == nil && n < len(p) && c.left <= 0 && c.fromServer {
		c.Conn.Close()
		err = net.ErrClosed
	}
	return n, err
}
