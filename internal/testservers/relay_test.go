//go:build linux

package testservers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A relay is an SMTP server that counts what arrives. It refuses unknownUser and
// busyUser, and fails as it is told.
type relay struct {
	address string

	mu          sync.Mutex
	fault       func(number int) fault // of each connection, counted from 0; nil means none
	listener    net.Listener
	connections map[net.Conn]bool
	contacts    int
	arrived     map[arrival]int
	contents    map[string]string // by subject
}

// An arrival is a mail in a mailbox.
type arrival struct{ subject, to string }

// A fault is what a relay does wrong at a stage of a connection.
type fault struct {
	stage  string // greeting, a command, or dot; empty means no fault
	action string // a reply, reset, stall, or lose: reset after the mail was stored
}

// startRelay starts a relay that runs until the test ends.
func startRelay(t testing.TB) *relay {
	t.Helper()
	// No other process has the address, so it is still free when the relay starts again.
	pid := os.Getpid()
	address := fmt.Sprintf("127.%d.%d.%d", 1+pid>>16, pid>>8&0xff, pid&0xff)
	r := &relay{address: address + ":" + freePort(t, address), connections: make(map[net.Conn]bool)}
	r.reset()
	r.start(t)
	t.Cleanup(r.stop)
	return r
}

func (r *relay) url() string { return "smtp://" + r.address }

// failAs makes each connection from now on fail as f says.
func (r *relay) failAs(f func(number int) fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = f
}

// reset forgets what arrived.
func (r *relay) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.contacts, r.arrived, r.contents = 0, make(map[arrival]int), make(map[string]string)
}

// start listens.
func (r *relay) start(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", r.address)
	// A child that is being started has the old listener until its exec.
	for end := time.Now().Add(serverTimeout); errors.Is(err, syscall.EADDRINUSE) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
		l, err = net.Listen("tcp", r.address)
	}
	if err != nil {
		t.Error(err)
		return
	}
	r.mu.Lock()
	r.listener = l
	r.mu.Unlock()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			number, faultOf := r.contacts, r.fault
			r.contacts++
			r.connections[conn] = true
			r.mu.Unlock()
			go r.serve(conn, number, faultOf)
		}
	}()
}

// stop ends the listener and all connections, as a crash would.
func (r *relay) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listener.Close()
	for conn := range r.connections {
		sever(conn)
	}
}

// sever closes a connection with RST.
func sever(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// serve answers one client.
func (r *relay) serve(conn net.Conn, number int, faultOf func(int) fault) {
	defer func() {
		r.mu.Lock()
		delete(r.connections, conn)
		r.mu.Unlock()
		conn.Close()
	}()
	_ = conn.SetDeadline(time.Now().Add(serverTimeout))
	c := &relayConn{relay: r, conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}
	if faultOf != nil {
		c.fault = faultOf(number)
	}
	for stage := "greeting"; c.answer(stage); {
		if c.in.Buffered() == 0 && c.out.Flush() != nil {
			return
		}
		if c.data {
			if c.readContent() != nil {
				return
			}
			stage = "dot"
			continue
		}
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		c.line = strings.TrimSpace(line)
		stage, _, _ = strings.Cut(strings.ToUpper(c.line), " ")
	}
	c.out.Flush()
}

// A relayConn is a connection to a relay.
type relayConn struct {
	*relay
	conn    net.Conn
	in      *bufio.Reader
	out     *bufio.Writer
	fault   fault
	line    string // the last command
	to      []string
	data    bool // what follows is content
	content string
}

// answer answers a stage. It returns false if the connection ends.
func (c *relayConn) answer(stage string) bool {
	reply := c.reply(stage)
	if c.fault.stage == stage {
		switch c.fault.action {
		case "reset":
			sever(c.conn)
			return false
		case "stall":
			_, _ = io.Copy(io.Discard, c.in) // until the client gives up
			return false
		case "lose":
			c.store()
			sever(c.conn)
			return false
		}
		reply = c.fault.action
	}
	switch {
	case stage == "MAIL":
		c.to = nil
	case stage == "RCPT" && reply[0] == '2':
		c.to = append(c.to, between(c.line, "<", ">"))
	case stage == "dot" && reply[0] == '2':
		c.store()
	}
	c.data = stage == "DATA" && reply[0] == '3'
	fmt.Fprintf(c.out, "%s\r\n", reply)
	return stage != "QUIT" && !strings.HasPrefix(reply, "421")
}

// reply returns what a relay without a fault says.
func (c *relayConn) reply(stage string) string {
	switch {
	case stage == "greeting":
		return "220 relay.example ESMTP"
	case stage == "EHLO":
		return "250-relay.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN"
	case stage == "QUIT":
		return "221 2.0.0 bye"
	case stage == "RCPT" && strings.Contains(c.line, unknownUser):
		return "550 5.1.1 no such user"
	case stage == "RCPT" && strings.Contains(c.line, busyUser):
		return "450 4.2.1 come back later"
	case stage == "DATA" && len(c.to) == 0:
		return "554 5.5.1 no valid recipients"
	case stage == "DATA":
		return "354 go on"
	}
	return "250 2.0.0 fine"
}

// readContent reads a mail up to its final dot.
func (c *relayConn) readContent() error {
	var content strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return err
		}
		if line == ".\r\n" {
			c.content = content.String()
			return nil
		}
		content.WriteString(strings.TrimPrefix(line, "."))
	}
}

// store records that a mail arrived.
func (c *relayConn) store() {
	c.mu.Lock()
	defer c.mu.Unlock()
	subject := between(c.content, "Subject: ", "\r\n")
	c.contents[subject] = c.content
	for _, to := range c.to {
		c.arrived[arrival{subject, to}]++
	}
}

// counts returns a copy of what arrived, and how often a client connected.
func (r *relay) counts() (arrived map[arrival]int, contacts int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.arrived), r.contacts
}

// content returns the mail with the subject, or "".
func (r *relay) content(subject string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.contents[subject]
}

// arrivedOnce fails the test unless the mails arrived once, and no others.
func (r *relay) arrivedOnce(t testing.TB, want ...arrival) {
	t.Helper()
	arrived, _ := r.counts()
	for a, n := range arrived {
		if n != 1 || !slices.Contains(want, a) {
			t.Errorf("%q arrived %d times for %s", a.subject, n, a.to)
		}
	}
	for _, a := range want {
		if arrived[a] == 0 {
			t.Errorf("%q did not arrive for %s", a.subject, a.to)
		}
	}
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}
