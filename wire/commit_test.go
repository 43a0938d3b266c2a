package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// writing is content that does what its function does.
type writing func(io.Writer) error

func (f writing) WriteTo(w io.Writer) (int64, error) { return 0, f(w) }

// newTransaction returns a transaction on a connection that has ended after the
// given input, which is not read yet.
func newTransaction(ctx context.Context, t *testing.T, input string, content io.WriterTo) *transaction {
	client, server := net.Pipe()
	t.Cleanup(func() { server.Close() })
	in := &replyReader{
		unread:  []byte(input),
		changed: make(chan struct{}, 1),
		room:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		closed:  make(chan struct{}),
	}
	close(in.closed)
	e := envelope("b@x")
	c := &Client{raw: client, conn: client, in: in}
	return c.begin(ctx, e, newRecipients(e.To), newReplay(content))
}

// A reply that came with the last octet of content is seen before the dot.
func TestReplyBeforeTheDot(t *testing.T) {
	var in *replyReader
	tr := newTransaction(t.Context(), t, "", writing(func(io.Writer) error {
		in.mu.Lock()
		in.unread = []byte("552 full\r\n")
		in.mu.Unlock()
		return nil
	}))
	in = tr.c.in
	err := tr.stream(t.Context(), newContentWriter(nil), tr.expectSilence)
	if e := asError(err); e == nil || e.Kind != KindPermanent || e.Reply.Code != 552 {
		t.Errorf("%v", err)
	}
}

// What the server said before it closed says more than that it closed.
func TestLastWords(t *testing.T) {
	tr := newTransaction(t.Context(), t, "452 full\r\n", nil)
	if e := asError(tr.lastReply(t.Context(), io.ErrClosedPipe, tr.expectSilence)); e.Kind != KindTemporary || e.Reply.Code != 452 {
		t.Errorf("%v", e)
	}
	tr = newTransaction(t.Context(), t, "", nil)
	if e := asError(tr.lastReply(t.Context(), io.ErrClosedPipe, tr.expectSilence)); e.Kind != KindTemporary || !errors.Is(e, errClosed) {
		t.Errorf("%v", e)
	}
}

// The reply to a chunk was asked for, also when the connection is lost behind it.
func TestLastWordsToAChunk(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // two things are ready at once
		for want, ctx := range map[error]context.Context{errClosed: t.Context(), context.Canceled: over} {
			tr := newTransaction(ctx, t, "", writing(func(w io.Writer) error {
				var err error
				for err == nil {
					_, err = io.WriteString(w, strings.Repeat("x\r\n", bufferSize))
				}
				return err
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

// answering is a connection that takes one chunk and is lost then.
type answering struct {
	net.Conn
	in    *replyReader
	taken bool
}

func (c *answering) Write(p []byte) (int, error) {
	if c.taken {
		return 0, net.ErrClosed
	}
	c.taken = true
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	c.in.unread = []byte("250 ok\r\n")
	return len(p), nil
}

func (*answering) SetWriteDeadline(time.Time) error { return nil }
func (*answering) SetReadDeadline(time.Time) error  { return nil }
func (*answering) SetDeadline(time.Time) error      { return nil }
func (*answering) Close() error                     { return nil }

// A context that ends with the last octet of content leaves no dot.
func TestCancelWithTheContent(t *testing.T) {
	for range 20 { // two things are ready at once
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s := &scripted{t: t, script: pipe + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354"}
			content := writing(func(w io.Writer) error {
				io.WriteString(w, "hi\r\n")
				cancel()
				return nil
			})
			r, err := Deliver(ctx, []Server{{Name: "test", Hello: "me", Dial: s.dial, Security: TLSNone}}, envelope("b@x"), content)
			synctest.Wait()
			if !errors.Is(err, context.Canceled) || outcomes(r) != "D" || bytes.Contains(s.got.Bytes(), []byte("\r\n.\r\n")) {
				t.Errorf("%v, %s, %q", err, outcomes(r), s.got.String())
			}
		})
	}
}

// A context that ended while one batch was refused ends the delivery.
func TestCancelBetweenConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &scripted{t: t, script: hello + "S: 250-PIPELINING\nS: 250 LIMITS RCPTMAX=1\n" + from + rcptTo("a") + "C: DATA\nS: 250\nS: 550 no\nS: 354"}
		server := Server{Name: "test", Hello: "me", Dial: s.dial, Security: TLSNone, Trace: func(e Event) {
			if e.Text == "354 " || e.Text == "354" {
				cancel()
			}
		}}
		r, err := Deliver(ctx, []Server{server}, envelope("a@x", "b@x"), &text{s: "hi\n"})
		if !errors.Is(err, context.Canceled) || outcomes(r) != "RD" {
			t.Errorf("%v, %s", err, outcomes(r))
		}
		<-s.done
	})
}

// A handshake that hangs is left as soon as the context ends.
func TestCancelHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := &scripted{t: t, script: "stall"}
		start := time.Now()
		_, err := Dial(ctx, Server{Name: "test", Implicit: true, Security: TLSRequired, Dial: s.dial})
		if took := time.Since(start); took != time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v after %v", err, took)
		}
		<-s.done
	})
}

// A WriteTo that hides that nothing more could be written does not commit, and
// the failure keeps its kind.
func TestHiddenWriteError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := newTransaction(t.Context(), t, "", writing(func(w io.Writer) error {
			w.Write([]byte(strings.Repeat("x", blockSize)))
			return nil
		}))
		w := newContentWriter(func([]byte) error { return errClosed })
		err := tr.stream(t.Context(), w, func(context.Context) error { return nil })
		if e := asError(err); e == nil || e.Kind != KindTemporary {
			t.Errorf("%v", err)
		}
	})
}

// While content is written it is too late for another connection: the source
// may still be at work.
func TestNoOtherConnectionDuringContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, err := talk(t, envelope("a@x", "b@x", "c@x"), waiting, Server{},
			hello+"S: 250-PIPELINING\nS: 250 LIMITS RCPTMAX=2\n"+from+rcptTo("a", "b")+"C: DATA\nS: 250\nS: 550 no\nS: 250\nS: 354\nsleep\nS: 421 bye")
		if e := asError(err); e == nil || e.Stage != StageContent || outcomes(r) != "RDD" {
			t.Errorf("%v, %s", err, outcomes(r))
		}
		time.Sleep(time.Minute)
	})
}

// limited is a connection that takes so many octets and then fails.
type limited struct {
	net.Conn
	takes int
	got   *bytes.Buffer
}

func (l limited) Write(p []byte) (int, error) {
	n := min(len(p), l.takes)
	l.got.Write(p[:n])
	if n < len(p) {
		return n, io.ErrClosedPipe
	}
	return n, nil
}

// The outcome is unknown as soon as the whole dot went out, and not before.
func TestWhereTheWriteFails(t *testing.T) {
	const tail, end = "hi\r\n", ".\r\n"
	for takes := range len(tail+end) + 3 {
		tr := newTransaction(t.Context(), t, "", nil)
		tr.c.in.err = io.EOF
		tr.to[0].state, tr.e.QuitAfter = accepted, true
		tr.c.extensions = map[string]string{"PIPELINING": ""}
		var got bytes.Buffer
		tr.c.conn = limited{tr.c.conn, takes, &got}
		e := asError(tr.commit(t.Context(), []byte(tail+end), StageDot, "."))
		if want := takes >= len(tail+end); e == nil || e.Kind != KindTemporary || e.Uncertain != want {
			t.Errorf("%q was written: %v, uncertain want %t", got.String(), e, want)
		}
	}
}

// Nothing is written once the context has ended, even where nobody dropped the
// connection yet.
func TestNoDotAfterTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tr := newTransaction(ctx, t, "", nil)
	var got bytes.Buffer
	tr.c.conn = limited{tr.c.conn, 100, &got}
	if err := tr.commit(ctx, []byte("hi\r\n.\r\n"), StageDot, "."); !errors.Is(err, context.Canceled) || got.Len() > 0 {
		t.Errorf("%v, %q", err, got.String())
	}
}

// After Send has failed the content's next write does too, though nobody has
// closed the Client yet.
func TestNoWriteAfterSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chunk := strings.Repeat("0123456789abcd\r\n", directSize/16)
		s := &scripted{t: t, script: hello + "S: 250-PIPELINING\nS: 250 CHUNKING\n" + from + rcptTo("b") + "S: 250\nS: 250\n" +
			"C: BDAT 32768\n" + strings.Repeat("C: 0123456789abcd\n", directSize/16) + "S: ok"}
		c, err := Dial(t.Context(), Server{Name: "test", Hello: "me", Dial: s.dial, Security: TLSNone})
		if err != nil {
			t.Fatal(err)
		}
		var late error
		e := envelope("b@x")
		e.Chunking = true
		_, err = c.Send(t.Context(), e, writing(func(w io.Writer) error {
			io.WriteString(w, chunk)
			time.Sleep(time.Minute)
			_, late = io.WriteString(w, chunk)
			return late
		}))
		if e := asError(err); e == nil || e.Kind != KindProtocol {
			t.Errorf("%v", err)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if late == nil {
			t.Error("content was written after Send had returned")
		}
		c.Close()
		<-s.done
	})
}
