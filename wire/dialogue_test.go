package wire

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A script is a dialogue, a line each:
//
//	C: what the client must write, without its line end; a final " *" matches anything
//	S: what the server answers; CRLF is added
//	s: the same with Go's escapes and nothing added
//	close
//	stall	says nothing any more
//	sleep	for nine seconds
//	read	takes lines up to and with a single dot
type scripted struct {
	t      testing.TB
	script string
	mu     sync.Mutex
	writes []string // of the client, one each
	got    bytes.Buffer
	done   chan struct{}
}

// recorder keeps what the client writes, write by write.
type recorder struct {
	net.Conn
	s *scripted
}

func (r recorder) Write(p []byte) (int, error) {
	r.s.mu.Lock()
	r.s.writes = append(r.s.writes, string(p))
	r.s.mu.Unlock()
	return r.Conn.Write(p)
}

// dial starts the server of a script at the other end of a pipe.
func (s *scripted) dial(context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		s.serve(server)
	}()
	return recorder{client, s}, nil
}

// loopback is a connection of the system, for what no pipe does.
func loopback(ctx context.Context) (client, server net.Conn, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if client, err = new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String()); err != nil {
		return nil, nil, err
	}
	server, err = l.Accept()
	return client, server, err
}

func (s *scripted) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(io.TeeReader(conn, &s.got))
	for _, line := range strings.Split(s.script, "\n") {
		line = strings.TrimSpace(line)
		what, text, _ := strings.Cut(line, " ")
		switch what {
		case "C:":
			said, err := in.ReadString('\n')
			start, isPattern := strings.CutSuffix(text, " *")
			want := text + "\r\n"
			if said != want && !(isPattern && strings.HasPrefix(said, start+" ")) {
				s.t.Errorf("the client said %q (%v), want %q", said, err, want)
				return
			}
		case "S:":
			if _, err := io.WriteString(conn, text+"\r\n"); err != nil {
				s.t.Errorf("cannot say %q: %v", text, err)
				return
			}
		case "s:":
			raw, err := strconv.Unquote(`"` + text + `"`)
			if err != nil {
				s.t.Errorf("%q: %v", text, err)
			}
			if _, err := io.WriteString(conn, raw); err != nil {
				return
			}
		case "read":
			for said := ""; said != ".\r\n"; {
				var err error
				if said, err = in.ReadString('\n'); err != nil {
					return
				}
			}
		case "stall": // till the client is gone
			io.Copy(io.Discard, in)
			return
		case "sleep":
			time.Sleep(9 * time.Second)
		case "close":
			return
		case "":
		default:
			s.t.Errorf("no such line in a script: %q", line)
		}
	}
	if rest, _ := io.ReadAll(in); len(rest) > 0 {
		s.t.Errorf("the client also wrote %q", rest)
	}
}

// text is a Content that is written in one piece and counts how often.
type text struct {
	s      string
	writes int
}

func (c *text) WriteTo(w io.Writer) (int64, error) {
	c.writes++
	n, err := io.WriteString(w, c.s)
	return int64(n), err
}

func envelope(to ...string) Envelope {
	return Envelope{From: "alice@example.org", To: to, EightBitKnown: true, MessageID: "<1@example.org>"}
}

// talk delivers over the scripts, a connection each.
func talk(t *testing.T, e Envelope, content io.WriterTo, server Server, scripts ...string) (Receipt, []*scripted, error) {
	t.Helper()
	var used []*scripted
	server.Name, server.Security = "test", TLSNone
	if server.Hello == "" {
		server.Hello = "me"
	}
	server.Dial = func(ctx context.Context) (net.Conn, error) {
		if len(used) == len(scripts) {
			return nil, fmt.Errorf("no script for connection %d", len(used)+1)
		}
		s := &scripted{t: t, script: scripts[len(used)]}
		used = append(used, s)
		return s.dial(ctx)
	}
	r, err := Deliver(t.Context(), []Server{server}, e, content)
	for _, s := range used {
		<-s.done
	}
	if len(used) < len(scripts) {
		t.Errorf("%d connections, want %d", len(used), len(scripts))
	}
	return r, used, err
}

func TestPipelining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s, err := talk(t, envelope("bob@example.org"), &text{s: "Subject: x\r\n\r\n.\r\nhi\n"}, Server{}, `
			S: 220 hi
			C: EHLO me
			S: 250-test
			S: 250 pipelining
			C: MAIL FROM:<alice@example.org>
			C: RCPT TO:<bob@example.org>
			C: DATA
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
			t.Errorf("%d writes, want 3: %q", n, s[0].writes)
		}
		if got := r.Recipients[0]; got.Outcome != OutcomeAccepted || got.Reply.QueueID() != "4F1" {
			t.Errorf("%+v", got)
		}
	})
}

// QUIT shares a flight only where PIPELINING is offered.
func TestQuitWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, err := talk(t, envelope("b@x"), &text{s: "hi\n"}, Server{}, serial+from+"S: 250\n"+rcptTo("b")+"S: 250\nC: DATA\nS: 354\n"+body+"S: 250\n"+bye)
		if w := s[0].writes; err != nil || w[len(w)-1] != "QUIT\r\n" || w[len(w)-2] != "hi\r\n.\r\n" {
			t.Errorf("%v, %q", err, w)
		}
	})
}

// What EHLO taught is forgotten when the server then knows HELO only.
func TestHelloForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{t: t, script: pipe + "C: EHLO me\nS: 502 what\nC: HELO me\nS: 250 hi\n" + bye}
		c, err := Dial(t.Context(), Server{Name: "test", Hello: "me", Dial: s.dial, Security: TLSNone})
		if err != nil {
			t.Fatal(err)
		}
		c.limit = 7
		if err := c.hello(t.Context()); err != nil || c.Extensions() != nil || c.Limit() != defaultLimit {
			t.Errorf("%v, %v, %d", err, c.Extensions(), c.Limit())
		}
		c.Quit()
		<-s.done
	})
}
