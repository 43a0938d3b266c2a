package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Ten states of a dialogue and nine faults of a server. Written is how far the
// client went before it knew: nothing, content, or dot. The time is the fake
// clock's: what waits, waits as long as RFC 5321 §4.5.3.2 says, nothing else waits.
const hostileRows = `
state     fault    kind         written  time   words
greeting  4yz      Temporary    nothing  0s     greeting: 451 4.3.0 not now
greeting  5yz      Permanent    nothing  0s     greeting: 554 5.0.0 never
greeting  421      Temporary    nothing  0s     greeting: 421 4.3.2 going down
greeting  garbage  Protocol     nothing  0s     greeting: not an SMTP reply: "\x00\xffHTTP/1.1 400 Bad Request"
greeting  close    Temporary    nothing  0s     greeting: the server closed the connection
greeting  reset    Temporary    nothing  -      greeting: connection reset by peer
greeting  stall    Temporary    nothing  5m0s   greeting: no complete reply within 5m0s
greeting  half     Temporary    nothing  0s     greeting: the server closed the connection in the middle of a reply
greeting  flood    Protocol     nothing  0s     greeting: reply too long: over 512 lines
EHLO      4yz      Temporary    nothing  0s     EHLO: 451 4.3.0 not now
EHLO      5yz      Permanent    nothing  0s     EHLO: 554 5.0.0 never
EHLO      421      Temporary    nothing  0s     EHLO: 421 4.3.2 going down
EHLO      garbage  Protocol     nothing  0s     EHLO: not an SMTP reply: "\x00\xffHTTP/1.1 400 Bad Request"
EHLO      close    Temporary    nothing  0s     EHLO: the server closed the connection
EHLO      reset    Temporary    nothing  -      EHLO: connection reset by peer
EHLO      stall    Temporary    nothing  5m0s   EHLO: no complete reply within 5m0s
EHLO      half     Temporary    nothing  0s     EHLO: the server closed the connection in the middle of a reply
EHLO      flood    Protocol     nothing  0s     EHLO: reply too long: over 512 lines
STARTTLS  4yz      NotAllowed   nothing  0s     STARTTLS: 451 4.3.0 not now
STARTTLS  5yz      NotAllowed   nothing  0s     STARTTLS: 554 5.0.0 never
STARTTLS  421      NotAllowed   nothing  0s     STARTTLS: 421 4.3.2 going down
STARTTLS  garbage  Protocol     nothing  0s     STARTTLS: not an SMTP reply: "\x00\xffHTTP/1.1 400 Bad Request"
STARTTLS  close    Temporary    nothing  0s     STARTTLS: the server closed the connection
STARTTLS  reset    Temporary    nothing  -      STARTTLS: connection reset by peer
STARTTLS  stall    Temporary    nothing  5m0s   STARTTLS: no complete reply within 5m0s
STARTTLS  half     Temporary    nothing  0s     STARTTLS: the server closed the connection in the middle of a reply
STARTTLS  flood    Protocol     nothing  0s     STARTTLS: reply too long: over 512 lines
AUTH      4yz      Temporary    nothing  0s     AUTH: 451 4.3.0 not now
AUTH      5yz      NotAllowed   nothing  0s     AUTH: 554 5.0.0 never
AUTH      421      Temporary    nothing  0s     AUTH: 421 4.3.2 going down
AUTH      garbage  Protocol     nothing  0s     AUTH: not an SMTP reply
AUTH      close    Temporary    nothing  0s     AUTH: the server closed the connection
AUTH      reset    Temporary    nothing  -      AUTH: connection reset by peer
AUTH      stall    Temporary    nothing  5m0s   AUTH: no complete reply within 5m0s
AUTH      half     Temporary    nothing  0s     AUTH: the server closed the connection in the middle of a reply
AUTH      flood    Protocol     nothing  0s     AUTH: reply too long: over 512 lines
MAIL      4yz      Temporary    nothing  0s     MAIL: 451 4.3.0 not now
MAIL      5yz      Permanent    nothing  0s     MAIL: 554 5.0.0 never
MAIL      421      Temporary    nothing  0s     MAIL: 421 4.3.2 going down
MAIL      garbage  Protocol     nothing  0s     MAIL: not an SMTP reply
MAIL      close    Temporary    nothing  0s     MAIL: the server closed the connection
MAIL      reset    Temporary    nothing  -      MAIL: connection reset by peer
MAIL      stall    Temporary    nothing  5m0s   MAIL: no complete reply within 5m0s
MAIL      half     Temporary    nothing  0s     MAIL: the server closed the connection in the middle of a reply
MAIL      flood    Protocol     nothing  0s     MAIL: reply too long: over 512 lines
RCPT      4yz      Temporary    nothing  0s     RCPT: bob@example.org: 451 4.3.0 not now
RCPT      5yz      NoRecipient  nothing  0s     RCPT: bob@example.org: 554 5.0.0 never
RCPT      421      Temporary    nothing  0s     RCPT: 421 4.3.2 going down
RCPT      garbage  Protocol     nothing  0s     RCPT: not an SMTP reply
RCPT      close    Temporary    nothing  0s     RCPT: the server closed the connection
RCPT      reset    Temporary    nothing  -      RCPT: connection reset by peer
RCPT      stall    Temporary    nothing  5m0s   RCPT: no complete reply within 5m0s
RCPT      half     Temporary    nothing  0s     RCPT: the server closed the connection in the middle of a reply
RCPT      flood    Protocol     nothing  0s     RCPT: reply too long: over 512 lines
DATA      4yz      Temporary    nothing  0s     DATA: 451 4.3.0 not now
DATA      5yz      Permanent    nothing  0s     DATA: 554 5.0.0 never
DATA      421      Temporary    nothing  0s     DATA: 421 4.3.2 going down
DATA      garbage  Protocol     nothing  0s     DATA: not an SMTP reply
DATA      close    Temporary    nothing  0s     DATA: the server closed the connection
DATA      reset    Temporary    nothing  -      DATA: connection reset by peer
DATA      stall    Temporary    nothing  2m0s   DATA: no complete reply within 2m0s
DATA      half     Temporary    nothing  0s     DATA: the server closed the connection in the middle of a reply
DATA      flood    Protocol     nothing  0s     DATA: reply too long: over 512 lines
content   4yz      Temporary    content  0s     content: unsolicited reply: 451 4.3.0 not now
content   5yz      Permanent    content  0s     content: unsolicited reply: 554 5.0.0 never
content   421      Temporary    content  0s     content: unsolicited reply: 421 4.3.2 going down
content   garbage  Protocol     content  0s     content: not an SMTP reply
content   close    Temporary    content  0s     content: the server closed the connection
content   reset    Temporary    content  -      content: connection reset by peer
content   stall    Temporary    content  3m0s   content: the server read nothing more for 3m0s
content   half     Temporary    content  0s     content: the server closed the connection in the middle of a reply
content   flood    Protocol     content  0s     content: reply too long: over 512 lines
dot       4yz      Temporary    dot      0s     end of data: 451 4.3.0 not now
dot       5yz      Permanent    dot      0s     end of data: 554 5.0.0 never
dot       421      Temporary    dot      0s     end of data: 421 4.3.2 going down
dot       garbage  Protocol     dot      0s     end of data: outcome unknown: the mail <1@example.org> may have been delivered: not an SMTP reply
dot       close    Temporary    dot      0s     end of data: outcome unknown: the mail <1@example.org> may have been delivered: the server closed the connection
dot       reset    Temporary    dot      -      end of data: outcome unknown: the mail <1@example.org> may have been delivered: connection reset by peer
dot       stall    Temporary    dot      10m0s  end of data: outcome unknown: the mail <1@example.org> may have been delivered: no complete reply within 10m0s
dot       half     Temporary    dot      0s     end of data: outcome unknown: the mail <1@example.org> may have been delivered: the server closed the connection in the middle of a reply
dot       flood    Protocol     dot      0s     end of data: outcome unknown: the mail <1@example.org> may have been delivered: reply too long: over 512 lines
QUIT      4yz      -            dot      0s     -
QUIT      5yz      -            dot      0s     -
QUIT      421      -            dot      0s     -
QUIT      garbage  -            dot      0s     -
QUIT      close    -            dot      0s     -
QUIT      reset    -            dot      -      -
QUIT      stall    -            dot      100ms  -
QUIT      half     -            dot      0s     -
QUIT      flood    -            dot      0s     -
`

var kinds = map[string]Kind{
	"-": 0, "Temporary": KindTemporary, "Permanent": KindPermanent, "NoRecipient": KindNoRecipient, "Protocol": KindProtocol, "NotAllowed": KindAuthOrTLS,
}

func TestHostileServer(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(hostileRows), "\n")[1:]
	if len(rows) != 90 {
		t.Fatalf("%d rows, want 90", len(rows))
	}
	for _, row := range rows {
		columns := strings.Fields(row)
		words := strings.Join(columns[5:], " ")
		for _, pipelining := range []bool{true, false} {
			h := &hostile{state: columns[0], fault: columns[1], pipelining: pipelining}
			t.Run(fmt.Sprintf("%s/%s/pipelining=%t", h.state, h.fault, pipelining), func(t *testing.T) {
				run := func(t *testing.T) { h.try(t, kinds[columns[2]], columns[3], columns[4], words) }
				if h.fault == "reset" { // only a real connection can be reset
					run(t)
					return
				}
				synctest.Test(t, run)
			})
		}
	}
}

// hostile is a server that is right up to one state and there commits one fault.
type hostile struct {
	state, fault string
	pipelining   bool

	cert    tls.Certificate
	faulted chan struct{} // closed when the fault was committed
	ended   chan struct{} // closed when the client has given up
	mu      sync.Mutex
	content bytes.Buffer // all that came after 354
	raw     net.Conn
}

func (h *hostile) try(t *testing.T, kind Kind, written, wait, words string) {
	h.faulted, h.ended = make(chan struct{}), make(chan struct{})
	server := Server{Name: "test", Hello: "me", Dial: h.dial, Security: TLSNone}
	if h.state == "STARTTLS" || h.state == "AUTH" {
		h.cert, _ = (*testIssuer)(nil).issue(t, nil) // of this moment, which in a synctest bubble is 2000
		sum := sha256.Sum256(h.cert.Certificate[0])
		server.Security, server.Fingerprints = TLSRequired, [][]byte{sum[:]}
		server.Login = &Login{User: "alice", Secret: func() (string, error) { return "s3cret", nil }}
	}
	content := &paused{half: []byte(strings.Repeat("twelve words\r\n", 10000)), wait: h.state == "content", until: h.faulted}
	start := time.Now()
	r, err := Deliver(t.Context(), []Server{server}, envelope("bob@example.org"), content)
	took := time.Since(start)

	if wait != "-" && took.String() != wait {
		t.Errorf("it took %v, want %v", took, wait)
	}
	if wait == "-" && took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	h.end()
	h.mu.Lock()
	defer h.mu.Unlock()
	if got := h.written(); got != written {
		t.Errorf("written: %s, want %s", got, written)
	}
	if err == nil && kind == 0 {
		if r.Recipients[0].Outcome != OutcomeAccepted {
			t.Errorf("outcome %v, want %v", r.Recipients[0].Outcome, OutcomeAccepted)
		}
		return
	}
	if h.fault == "reset" && h.state == "content" && errors.Is(err, errClosed) {
		words = errClosed.Error() // the kernel tells the reset once, here to the writer
	}
	e := asError(err)
	if e == nil || e.Kind != kind || !strings.HasPrefix(e.Error(), "test: ") || !strings.Contains(e.Error(), words) {
		t.Fatalf("%v, kind %v; want kind %v, %q", err, e, kind, words)
	}
	if want := strings.HasPrefix(words, "end of data: outcome unknown"); e.Uncertain != want || want != (r.Recipients[0].Outcome == OutcomeUnknown) {
		t.Errorf("uncertain %t, outcome %v; want %t", e.Uncertain, r.Recipients[0].Outcome, want)
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v: the password is shown", err)
	}
}

func (h *hostile) written() string {
	switch {
	case bytes.Contains(h.content.Bytes(), []byte("\r\n.\r\n")):
		return "dot"
	case h.content.Len() > 0:
		return "content"
	}
	return "nothing"
}

// end waits till the server's goroutine has seen the end of the connection.
func (h *hostile) end() {
	h.raw.Close()
	close(h.ended)
	if h.fault != "reset" {
		synctest.Wait()
	}
}

// paused is content that waits in its middle till the fault was committed.
type paused struct {
	half  []byte
	wait  bool
	until chan struct{}
}

func (p *paused) WriteTo(w io.Writer) (int64, error) {
	for i := range 2 {
		if _, err := w.Write(p.half); err != nil {
			return 0, err
		}
		if i == 0 && p.wait {
			<-p.until
		}
	}
	return 0, nil
}

func (h *hostile) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	if h.fault == "reset" {
		var err error
		if client, server, err = loopback(ctx); err != nil {
			return nil, err
		}
	}
	h.raw = server
	go h.serve(server)
	return client, nil
}

func (h *hostile) serve(conn net.Conn) {
	defer h.raw.Close()
	in := bufio.NewReader(conn)
	say := func(state, reply string) bool {
		if state == h.state {
			h.commit(conn, in)
			return false
		}
		_, err := io.WriteString(conn, reply+"\r\n")
		return err == nil
	}
	offers := "250-test\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n"
	if h.pipelining {
		offers += "250-PIPELINING\r\n"
	}
	if !say("greeting", "220 hi") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		verb, _, _ = strings.Cut(verb, ":")
		switch verb {
		case "EHLO":
			if !say("EHLO", offers+"250 SIZE") {
				return
			}
		case "STARTTLS":
			if !say("STARTTLS", "220 go") {
				return
			}
			secured := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{h.cert}})
			conn, in = secured, bufio.NewReader(secured)
		case "AUTH":
			if !say("AUTH", "235 in") {
				return
			}
		case "MAIL", "RCPT":
			if !say(verb, "250 ok") {
				return
			}
		case "DATA":
			if !say("DATA", "354 go") || !h.take(conn, in) || !say("dot", "250 ok") {
				return
			}
		case "QUIT":
			say("QUIT", "221 bye")
			return
		}
	}
}

// take reads content up to the dot, or in the state "content" half of it.
func (h *hostile) take(conn net.Conn, in *bufio.Reader) bool {
	for n := 0; ; n++ {
		if h.state == "content" && n == 100 {
			h.commit(conn, in)
			return false
		}
		line, err := in.ReadString('\n')
		h.keep(line)
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			return true
		}
	}
}

func (h *hostile) keep(s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.content.WriteString(s)
}

// commit makes the fault and then, where the connection stands, takes what
// comes: nothing of it may be an end of data.
func (h *hostile) commit(conn net.Conn, in *bufio.Reader) {
	var once sync.Once
	faulted := func() { once.Do(func() { close(h.faulted) }) }
	defer faulted()
	switch h.fault {
	case "4yz":
		io.WriteString(conn, "451 4.3.0 not now\r\n")
	case "5yz":
		io.WriteString(conn, "554 5.0.0 never\r\n")
	case "421":
		io.WriteString(conn, "421 4.3.2 going down\r\n")
		h.raw.Close()
		return
	case "garbage":
		io.WriteString(conn, "\x00\xffHTTP/1.1 400 Bad Request\r\n")
	case "close":
		h.raw.Close()
		return
	case "reset":
		h.raw.(*net.TCPConn).SetLinger(0)
		h.raw.Close()
		return
	case "stall":
		faulted()
		if h.state == "content" { // reads nothing more
			<-h.ended
			return
		}
	case "half":
		io.WriteString(conn, "25")
		h.raw.Close()
		return
	case "flood":
		for {
			if _, err := io.WriteString(conn, "250-more\r\n"); err != nil {
				return
			}
		}
	}
	faulted()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch {
		case h.state == "content":
			h.keep(line)
		case h.fault == "5yz" && strings.HasPrefix(line, "HELO"):
			io.WriteString(conn, "554 5.0.0 never\r\n")
		case strings.HasPrefix(line, "QUIT") && h.fault != "stall":
			io.WriteString(conn, "221 bye\r\n")
			return
		case h.pipelining && (strings.HasPrefix(line, "RCPT") || strings.HasPrefix(line, "DATA")) && strings.HasSuffix(h.fault, "yz"):
			io.WriteString(conn, "503 5.5.1 out of order\r\n")
		}
	}
}
