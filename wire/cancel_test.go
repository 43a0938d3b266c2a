package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// When the context ends, Deliver ends at once before the commit, and ten seconds
// later from then on.
func TestCancel(t *testing.T) {
	cause := errors.New("a signal came")
	for _, c := range []struct {
		name, script string
		content      io.WriterTo
		took         time.Duration
		outcome      string
		err          string
	}{
		{name: "before the greeting", script: "stall", content: &text{s: "hi\n"},
			took: time.Second, outcome: "deferred", err: "temporary: greeting: a signal came"},
		{name: "while the content waits", script: toContent + "stall", content: slowContent,
			took: time.Second, outcome: "deferred", err: "temporary: content: a signal came"},
		{name: "after the dot", content: &text{s: "hi\n"},
			script: toContent + `
				C: hi
				C: .
				C: QUIT
				stall`,
			took: 11 * time.Second, outcome: "unknown", err: "temporary: end of data: outcome unknown: " +
				"the mail <1@example.org> may have been delivered: a signal came"},
		{name: "while the dot cannot be written", content: &text{s: "hi\n"},
			script: toContent + "repeat 30 sleep",
			took:   11 * time.Second, outcome: "deferred", err: "temporary: content: a signal came"},
		{name: "after the dot, and the reply comes", content: &text{s: "hi\n"},
			script: toContent + `
				C: hi
				C: .
				C: QUIT
				sleep
				S: 250
				S: 221`,
			took: 9 * time.Second, outcome: "accepted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(cause) })
				s := &scripted{t: t, script: c.script}
				start := time.Now()
				r, err := Deliver(ctx, []Server{s.server("test")}, envelope("b@x"), c.content)
				if took := time.Since(start); took != c.took || outcomes(r) != c.outcome {
					t.Errorf("%s after %v, want %s after %v", outcomes(r), took, c.outcome, c.took)
				}
				checkError(t, err, c.err)
				if err != nil && !errors.Is(err, cause) {
					t.Errorf("%v does not wrap the cause", err)
				}
				<-s.done
				if !strings.Contains(c.script, "C: .") {
					checkNoDot(t, s)
				}
				<-r.ContentDone
			})
		})
	}
}

// A context that ends with the last octet of the content leaves no dot.
func TestCancelWithTheContent(t *testing.T) {
	for range 20 { // two channels are ready at the same time
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s := &scripted{t: t, script: toContent}
			content := contentFunc(func(w io.Writer) error {
				io.WriteString(w, "hi\r\n")
				cancel()
				return nil
			})
			r, err := Deliver(ctx, []Server{s.server("test")}, envelope("b@x"), content)
			synctest.Wait()
			if !errors.Is(err, context.Canceled) || outcomes(r) != "deferred" {
				t.Errorf("%v, %s", err, outcomes(r))
			}
			checkNoDot(t, s)
		})
	}
}

// A context that ends in a transaction in which all were refused ends the
// delivery.
func TestCancelBetweenConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &scripted{t: t, script: `
			hello PIPELINING, LIMITS RCPTMAX=1
			mail a@x
			S: 250
			S: 550 no
			S: 354`}
		server := s.server("test")
		server.Trace = func(e Event) {
			if e.Text == "354" {
				cancel()
			}
		}
		r, err := Deliver(ctx, []Server{server}, envelope("a@x", "b@x"), &text{s: "hi\n"})
		if !errors.Is(err, context.Canceled) || outcomes(r) != "refused deferred" {
			t.Errorf("%v, %s", err, outcomes(r))
		}
		<-s.done
	})
}

// A TLS handshake that stalls ends with the context.
func TestCancelHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := &scripted{t: t, script: "stall"}
		start := time.Now()
		_, err := Dial(ctx, Server{Name: "test", Implicit: true, Dial: s.dial})
		if took := time.Since(start); took != time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v after %v", err, took)
		}
		<-s.done
	})
}

// If the context ends at any event of a dialogue, each recipient gets the whole
// message once, and the receipt says so, or gets nothing.
func TestCancelAnywhere(t *testing.T) {
	for _, offers := range []string{"", "PIPELINING", "CHUNKING", "PIPELINING, CHUNKING"} {
		for _, lmtp := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/lmtp=%t", offers, lmtp), func(t *testing.T) {
				events := 1
				for at := 1; at <= events; at++ {
					synctest.Test(t, func(t *testing.T) { events = cancelAt(t, at, offers, lmtp) })
				}
			})
		}
	}
}

// cancelAt delivers in two transactions, and cancels the context at the n-th
// event. It returns how many events there were.
func cancelAt(t *testing.T, n int, offers string, lmtp bool) (events int) {
	message := strings.Repeat("0123456789\r\n", 2*bufferSize/12)
	storage := &storingServer{stored: make(map[string]string)}
	for _, extension := range append(strings.Split(offers, ", "), "LIMITS RCPTMAX=1") {
		storage.helloReply += "250-" + extension + "\r\n"
	}
	storage.helloReply += "250 HELP\r\n"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server := Server{Name: "test", Hello: "me", Security: TLSNone, LMTP: lmtp, Dial: storage.dial, Trace: func(Event) {
		events++
		if events == n {
			cancel()
		}
	}}
	e := envelope("a@x", "b@x")
	e.Chunking = true
	r, err := Deliver(ctx, []Server{server}, e, &text{s: message})
	synctest.Wait()
	for _, to := range r.Recipients {
		stored, isStored := storage.stored[to.Address]
		if isStored != (to.Outcome == OutcomeAccepted) || isStored && stored != message {
			t.Errorf("event %d: %s is %v, and %d octets were stored", n, to.Address, to.Outcome, len(stored))
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) || err == nil && outcomes(r) != "accepted accepted" {
		t.Errorf("event %d: %s, %v", n, outcomes(r), err)
	}
	return events
}

// A storingServer stores the messages that come to their end.
type storingServer struct {
	helloReply string
	stored     map[string]string // by recipient; a second message is appended
}

func (s *storingServer) dial(context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		s.serve(server)
	}()
	return client, nil
}

func (s *storingServer) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	to, message := "", []byte(nil)
	reply := "220 hi\r\n"
	for {
		if _, err := io.WriteString(conn, reply); err != nil {
			return
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		reply = "250 ok\r\n"
		complete := false
		switch verb, rest, _ := strings.Cut(strings.TrimSpace(line), " "); verb {
		case "EHLO", "LHLO":
			reply = s.helloReply
		case "MAIL":
			message = nil
		case "RCPT":
			to = strings.Trim(rest, "TO:<>")
		case "DATA":
			io.WriteString(conn, "354 go on\r\n")
			for !complete {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				complete = line == ".\r\n"
				if !complete {
					message = append(message, line...)
				}
			}
		case "BDAT":
			var n int
			fmt.Sscan(rest, &n)
			chunk := make([]byte, n)
			if _, err := io.ReadFull(in, chunk); err != nil {
				return
			}
			message = append(message, chunk...)
			complete = strings.HasSuffix(rest, "LAST")
		}
		if complete {
			s.stored[to] += string(message)
		}
	}
}
