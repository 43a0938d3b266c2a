package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestPipelining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s, err := deliver(t, Server{}, envelope("bob@example.org"), &text{s: "Subject: x\r\n\r\n.\r\nhi\n"}, `
			hello pipelining
			mail bob@example.org
			S: 250 2.1.0 ok
			S: 250 2.1.5 ok
			S: 354 go
			C: Subject: x
			C:
			C: ..
			C: hi
			C: .
			C: QUIT
			S: 250 2.0.0 Ok: queued as 4F1
			S: 221 bye`)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(s[0].writes); n != 3 {
			t.Errorf("%d writes, want EHLO, the envelope and the content: %q", n, s[0].writes)
		}
		if got := r.Recipients[0]; got.Outcome != OutcomeAccepted || got.Reply.QueueID() != "4F1" {
			t.Errorf("%+v", got)
		}
	})
}

// Without PIPELINING, QUIT is not sent along with the dot.
func TestQuitWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, err := deliver(t, Server{}, envelope("b@x"), &text{s: "hi\n"}, `
			hello SIZE
			C: MAIL FROM:<alice@example.org>
			S: 250
			C: RCPT TO:<b@x>
			S: 250
			C: DATA
			S: 354
			C: hi
			C: .
			S: 250
			bye`)
		w := s[0].writes
		if err != nil || w[len(w)-1] != "QUIT\r\n" || w[len(w)-2] != "hi\r\n.\r\n" {
			t.Errorf("%v, %q", err, w)
		}
	})
}

// A limited connection accepts so many octets, and then fails.
type limited struct {
	net.Conn
	accepts int
	got     *bytes.Buffer
}

func (l limited) Write(p []byte) (int, error) {
	n := min(len(p), l.accepts)
	l.got.Write(p[:n])
	if n < len(p) {
		return n, io.ErrClosedPipe
	}
	return n, nil
}

// The outcome is unknown as soon as the whole dot was written, and not before.
func TestWhereTheWriteFails(t *testing.T) {
	const end = "hi\r\n.\r\n"
	for accepts := range len(end) + 3 {
		tr := newTransaction(t.Context(), t, "", nil)
		tr.c.in.err = io.EOF
		tr.to[0].state = accepted
		tr.c.extensions = map[string]string{"PIPELINING": ""}
		tr.following = tr.c.quitCommand()
		var got bytes.Buffer
		tr.c.conn = limited{tr.c.conn, accepts, &got}
		e := asError(tr.commit(t.Context(), []byte(end), func() {}))
		if want := accepts >= len(end); e == nil || e.Kind != KindTemporary || e.Uncertain != want {
			t.Errorf("%q was written: %v, want uncertain %t", got.String(), e, want)
		}
	}
}

// If the commands that follow the dot are not all written, nothing more is, since
// the server has a part of a command.
func TestCommandsAfterTheDotFail(t *testing.T) {
	const end = "hi\r\n.\r\n"
	tr := newTransaction(t.Context(), t, "250 ok\r\n", nil)
	tr.to[0].state, tr.c.open = accepted, true
	tr.following = []command{{stage: StageMail, line: "MAIL FROM:<>"}}
	var got bytes.Buffer
	tr.c.conn = limited{tr.c.conn, len(end) + 4, &got}
	err := tr.commit(t.Context(), []byte(end), func() {})
	if err != nil || tr.to[0].Outcome != OutcomeAccepted || tr.c.open || got.String() != end+"MAIL" {
		t.Errorf("%v, %v, open is %t, %q was written", err, tr.to[0].Outcome, tr.c.open, got.String())
	}
}

// Nothing is written once the context has ended, even if the connection was not
// dropped yet.
func TestNoDotAfterTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tr := newTransaction(ctx, t, "", nil)
	var got bytes.Buffer
	tr.c.conn = limited{tr.c.conn, 100, &got}
	err := tr.commit(ctx, []byte("hi\r\n.\r\n"), func() {})
	if !errors.Is(err, context.Canceled) || got.Len() > 0 {
		t.Errorf("%v, %q", err, got.String())
	}
}

// The reply to a chunk is not unsolicited, even if the connection is lost after
// it.
func TestLastReplyToAChunk(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // two channels are ready at the same time
		for want, ctx := range map[error]context.Context{errClosed: t.Context(), context.Canceled: ended} {
			tr := newTransaction(ctx, t, "", contentFunc(func(w io.Writer) error {
				for {
					_, err := w.Write(bytes.Repeat([]byte("x\r\n"), bufferSize))
					if err != nil {
						return err
					}
				}
			}))
			tr.c.extensions = map[string]string{"PIPELINING": ""}
			tr.c.conn = &answering{in: tr.c.in}
			err := tr.sendChunks(ctx)
			if e := asError(err); e == nil || e.Kind != KindTemporary || !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
	}
}

// An answering connection accepts one chunk, answers it, and is lost.
type answering struct {
	net.Conn
	in       *replyReader
	answered bool
}

func (c *answering) Write(p []byte) (int, error) {
	if c.answered {
		return 0, net.ErrClosed
	}
	c.answered = true
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	c.in.unread = []byte("250 ok\r\n")
	return len(p), nil
}

func (*answering) SetWriteDeadline(time.Time) error { return nil }
func (*answering) SetReadDeadline(time.Time) error  { return nil }
func (*answering) SetDeadline(time.Time) error      { return nil }
func (*answering) Close() error                     { return nil }
