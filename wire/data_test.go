package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// toContent is the dialogue up to the content, for one recipient.
const toContent = `
	hello PIPELINING
	mail b@x
	S: 250
	S: 250
	S: 354
`

// Content whose source fails is never ended.
func TestContentFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content := contentFunc(func(w io.Writer) error {
			io.WriteString(w, "half\r\n")
			return os.ErrInvalid
		})
		_, s, err := deliver(t, Server{}, envelope("b@x"), content, toContent)
		checkError(t, err, "bad message: content: invalid argument")
		if !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%v does not wrap the error of the content", err)
		}
		checkNoDot(t, s[0])
	})
}

// A WriteTo that ignores an error of its writer does not commit.
func TestContentIgnoresError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content := contentFunc(func(w io.Writer) error {
			io.WriteString(w, "a\rb")
			return nil
		})
		_, s, err := deliver(t, Server{}, envelope("b@x"), content, toContent)
		checkError(t, err, "bad message: content: bare CR")
		checkNoDot(t, s[0])
	})
}

// A WriteTo that ignores an error of the connection does not commit either, and
// the error keeps its kind.
func TestContentIgnoresWriteError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content := contentFunc(func(w io.Writer) error {
			w.Write([]byte(strings.Repeat("x", blockSize)))
			return nil
		})
		tr := newTransaction(t.Context(), t, "", content)
		w := newContentWriter(func([]byte) error { return errClosed })
		tr.onInput = func(context.Context) error { return nil }
		err := tr.stream(t.Context(), w)
		checkError(t, err, "temporary: content: the server closed the connection")
	})
}

// A WriteTo that does not return commits nothing, and its panic is re-raised in
// the goroutine of the caller.
func TestContentDoesNotReturn(t *testing.T) {
	for _, c := range []struct {
		leave     func()
		recovered any
	}{
		{func() { panic("torn") }, "torn"},
		{runtime.Goexit, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			content := contentFunc(func(w io.Writer) error {
				io.WriteString(w, "half\r\n")
				c.leave()
				return nil
			})
			s := &scripted{t: t, script: toContent}
			defer func() {
				if recovered := recover(); recovered != c.recovered {
					t.Errorf("recovered %v, want %v", recovered, c.recovered)
				}
				<-s.done
				checkNoDot(t, s)
			}()
			_, err := Deliver(t.Context(), []Server{s.server("test")}, envelope("b@x"), content)
			checkError(t, err, "bad message: content: WriteTo of the content did not return")
		})
	}
}

func checkNoDot(t *testing.T, s *scripted) {
	t.Helper()
	if got := s.got.String(); strings.Contains(got, "\r\n.\r\n") {
		t.Errorf("the end of data was sent: %q", got)
	}
}

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
	tr := c.begin(ctx, e, newRecipients(e.To), newReplay(content))
	tr.onInput = tr.expectWaiting
	return tr
}

// A reply that arrives with the last octet of the content is seen before the dot
// is sent.
func TestReplyBeforeTheDot(t *testing.T) {
	var in *replyReader
	tr := newTransaction(t.Context(), t, "", contentFunc(func(io.Writer) error {
		in.mu.Lock()
		in.unread = []byte("552 full\r\n")
		in.mu.Unlock()
		return nil
	}))
	in = tr.c.in
	err := tr.stream(t.Context(), newContentWriter(nil))
	checkError(t, err, "permanent: content: unsolicited reply: 552 full")
}

// If the server sent a reply before it closed the connection, the error contains
// the reply.
func TestLastReply(t *testing.T) {
	for input, want := range map[string]string{
		"452 full\r\n": "temporary: content: unsolicited reply: 452 full",
		"":             "temporary: content: the server closed the connection",
	} {
		tr := newTransaction(t.Context(), t, input, nil)
		checkError(t, tr.lastReply(t.Context(), io.ErrClosedPipe), want)
	}
}

// A server that hangs up on a slow producer is noticed at once.
func TestServerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		r, _, err := deliver(t, Server{}, envelope("b@x"), slowContent, toContent+`
			sleep
			S: 421 4.4.2 too slow`)
		checkError(t, err, "temporary: content: unsolicited reply: 421 4.4.2 too slow")
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("noticed after %v", took)
		}
		<-r.ContentDone
	})
}

// While content is sent it is too late for another connection: its source may
// still be in use.
func TestNoOtherConnectionDuringContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, err := deliver(t, Server{}, envelope("a@x", "b@x", "c@x"), slowContent, `
			hello PIPELINING, LIMITS RCPTMAX=2
			mail a@x, b@x
			S: 250
			S: 550 no
			S: 250
			S: 354
			sleep
			S: 421 bye`)
		checkError(t, err, "temporary: content: unsolicited reply: 421 bye")
		if got := outcomes(r); got != "refused deferred deferred" {
			t.Errorf("outcomes: %s", got)
		}
		<-r.ContentDone
	})
}

// After an error of Send, the next write of the content fails, although the
// Client is not closed yet.
func TestNoWriteAfterSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chunk := strings.Repeat("0123456789abcd\r\n", directSize/16)
		s := &scripted{t: t, script: `
			hello PIPELINING, CHUNKING
			C: MAIL FROM:<alice@example.org>
			C: RCPT TO:<b@x>
			S: 250
			S: 250
			C: BDAT 32768
			repeat 2048 C: 0123456789abcd
			S: ok`}
		c, err := Dial(t.Context(), s.server("test"))
		if err != nil {
			t.Fatal(err)
		}
		var late error
		e := envelope("b@x")
		e.Chunking = true
		r, err := c.Send(t.Context(), e, contentFunc(func(w io.Writer) error {
			io.WriteString(w, chunk)
			time.Sleep(time.Minute)
			_, late = io.WriteString(w, chunk)
			return late
		}))
		checkError(t, err, `protocol: content: not an SMTP reply: "ok"`)
		<-r.ContentDone
		if late == nil {
			t.Error("content was written after Send had returned")
		}
		c.Close()
		<-s.done
	})
}
