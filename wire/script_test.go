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
	"time"
)

// A scripted server follows a script. Spaces around a line do not count. The
// script has these lines:
//
//	C: text      the client must send text; " *" at its end stands for any words
//	S: text      the server sends text
//	s: text      the server sends text, in which Go's escapes such as \r are
//	             replaced, without a line ending
//	hello A, B   the dialogue up to the reply to EHLO (LHLO for LMTP), which
//	             offers the extensions A and B
//	mail A, B    the commands of a mail from alice@example.org to A and B: MAIL,
//	             a RCPT for each recipient, and DATA
//	bye          C: QUIT and S: 221 bye
//	repeat N L   the line L, N times
//	write        all that the client sent since the server sent something was one
//	             write, and the client sent no more
//	read         reads up to a line that is a single dot
//	sleep        waits for nine seconds
//	stall        sends nothing more, and waits until the client is gone
//	close        closes the connection
type scripted struct {
	t      testing.TB
	script string
	lmtp   bool
	mu     sync.Mutex
	writes []string      // each write of the client
	before int           // how many there were when the server last sent something
	got    bytes.Buffer  // all of them
	done   chan struct{} // closed at the end of the script
}

// dial starts the server at the other end of a pipe.
func (s *scripted) dial(context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		defer server.Close()
		s.serve(server)
	}()
	return recorder{client, s}, nil
}

// server returns a Server that dials s, without TLS.
func (s *scripted) server(name string) Server {
	return Server{Name: name, Hello: "me", Security: TLSNone, LMTP: s.lmtp, Dial: s.dial}
}

// A recorder is a connection that keeps what the client writes.
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

func (s *scripted) serve(conn net.Conn) {
	in := bufio.NewReader(io.TeeReader(conn, &s.got))
	for _, line := range s.lines() {
		if !s.play(conn, in, line) {
			return
		}
	}
	if rest, _ := io.ReadAll(in); len(rest) > 0 {
		s.t.Errorf("the client also wrote %q", rest)
	}
}

// lines returns the lines of the script without hello, mail, bye and repeat.
func (s *scripted) lines() []string {
	var lines []string
	for line := range strings.Lines(s.script) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "hello":
			lines = append(lines, s.hello(rest)...)
		case "mail":
			lines = append(lines, "C: MAIL FROM:<alice@example.org>")
			for to := range strings.SplitSeq(rest, ", ") {
				lines = append(lines, "C: RCPT TO:<"+to+">")
			}
			lines = append(lines, "C: DATA")
		case "bye":
			lines = append(lines, "C: QUIT", "S: 221 bye")
		case "repeat":
			count, repeated, _ := strings.Cut(rest, " ")
			n, err := strconv.Atoi(count)
			if err != nil {
				s.t.Errorf("script: %q: %v", line, err)
			}
			for range n {
				lines = append(lines, repeated)
			}
		default:
			lines = append(lines, line)
		}
	}
	return lines
}

func (s *scripted) hello(extensions string) []string {
	verb := "EHLO"
	if s.lmtp {
		verb = "LHLO"
	}
	lines := []string{"S: 220 hi", "C: " + verb + " me"}
	reply := []string{"test"}
	if extensions != "" {
		reply = append(reply, strings.Split(extensions, ", ")...)
	}
	for i, text := range reply {
		separator := "-"
		if i == len(reply)-1 {
			separator = " "
		}
		lines = append(lines, "S: 250"+separator+text)
	}
	return lines
}

// play does what a line says, and reports whether the script continues.
func (s *scripted) play(conn net.Conn, in *bufio.Reader, line string) bool {
	word, text, _ := strings.Cut(line, " ")
	if word == "S:" || word == "s:" {
		s.before = s.written()
	}
	switch word {
	case "write":
		if n := s.written() - s.before; n != 1 || in.Buffered() > 0 {
			s.t.Errorf("%d writes, and %d octets follow: %q", n, in.Buffered(), s.writes[s.before:])
		}
	case "C:":
		got, err := in.ReadString('\n')
		start, isPattern := strings.CutSuffix(text, "*")
		if got != text+"\r\n" && !(isPattern && strings.HasPrefix(got, start)) {
			s.t.Errorf("the client sent %q (%v), want %q", got, err, text+"\r\n")
			return false
		}
	case "S:":
		if _, err := io.WriteString(conn, text+"\r\n"); err != nil {
			s.t.Errorf("cannot send %q: %v", text, err)
			return false
		}
	case "s:":
		raw, err := strconv.Unquote(`"` + text + `"`)
		if err != nil {
			s.t.Errorf("script: %q: %v", line, err)
		}
		_, err = io.WriteString(conn, raw)
		return err == nil
	case "read":
		for got := ""; got != ".\r\n"; {
			var err error
			got, err = in.ReadString('\n')
			if err != nil {
				return false
			}
		}
	case "sleep":
		time.Sleep(9 * time.Second)
	case "stall":
		io.Copy(io.Discard, in)
		return false
	case "close":
		return false
	case "":
	default:
		s.t.Errorf("script: unknown line %q", line)
	}
	return true
}

// written returns the number of writes of the client.
func (s *scripted) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.writes)
}

// deliver delivers to a server that has one script for each connection. It fails
// the test if it does not make all the connections, and no more.
func deliver(
	t *testing.T, server Server, e Envelope, content io.WriterTo, scripts ...string,
) (Receipt, []*scripted, error) {
	t.Helper()
	server, wait := scriptedServers(t, server, scripts)
	r, err := Deliver(t.Context(), []Server{server}, e, content)
	return r, wait(), err
}

// scriptedServers returns server with one script for each connection. wait waits
// until they have ended, and returns them. It fails the test if not all
// connections were made.
func scriptedServers(t *testing.T, server Server, scripts []string) (s Server, wait func() []*scripted) {
	var used []*scripted
	server.Name, server.Hello, server.Security = "test", "me", TLSNone
	server.Dial = func(ctx context.Context) (net.Conn, error) {
		if len(used) == len(scripts) {
			return nil, fmt.Errorf("no script for connection %d", len(used)+1)
		}
		s := &scripted{t: t, script: scripts[len(used)], lmtp: server.LMTP}
		used = append(used, s)
		return s.dial(ctx)
	}
	return server, func() []*scripted {
		t.Helper()
		for _, s := range used {
			<-s.done
		}
		if len(used) < len(scripts) {
			t.Errorf("%d connections, want %d", len(used), len(scripts))
		}
		return used
	}
}

// envelope returns an envelope whose content is known to be 7-bit.
func envelope(to ...string) Envelope {
	return Envelope{From: "alice@example.org", To: to, EightBitKnown: true, MessageID: "<1@example.org>"}
}

// outcomes returns the outcomes of all recipients in words.
func outcomes(r Receipt) string {
	words := make([]string, len(r.Recipients))
	for i, to := range r.Recipients {
		words[i] = to.Outcome.String()
	}
	return strings.Join(words, " ")
}

// A text is a content that is written in one piece. It counts how often.
type text struct {
	s      string
	writes int
}

func (c *text) WriteTo(w io.Writer) (int64, error) {
	c.writes++
	n, err := io.WriteString(w, c.s)
	return int64(n), err
}

// A contentFunc is a content that is written by a function.
type contentFunc func(io.Writer) error

func (f contentFunc) WriteTo(w io.Writer) (int64, error) { return 0, f(w) }

// slowContent sends nothing for a minute.
var slowContent = contentFunc(func(w io.Writer) error {
	io.WriteString(w, "hi\r\n")
	time.Sleep(time.Minute)
	_, err := io.WriteString(w, "there\r\n")
	return err
})

// loopback returns both ends of a TCP connection, for what a pipe cannot do.
func loopback(ctx context.Context) (client, server net.Conn, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	client, err = new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	server, err = l.Accept()
	return client, server, err
}
