package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// A sink is an SMTP server for many clients at once. It counts the messages that
// arrive over one connection or many, and how often a client waits for replies.
type sink struct {
	listener net.Listener
	wait     time.Duration // before it replies, for more commands of the same group

	mu             sync.Mutex
	changed        *sync.Cond
	mails, flights int
}

// startSink starts a sink, which serves until it is closed.
func startSink(wait time.Duration) (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{listener: l, wait: wait}
	s.changed = sync.NewCond(&s.mu)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s, nil
}

func (s *sink) close() { s.listener.Close() }

// addr returns HOST:PORT.
func (s *sink) addr() string { return s.listener.Addr().String() }

// reset forgets what was counted.
func (s *sink) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails, s.flights = 0, 0
}

// counts returns how many messages arrived, and how often the clients waited.
func (s *sink) counts() (mails, flights int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails, s.flights
}

// await waits until n messages have arrived.
func (s *sink) await(n int) error {
	const limit = 10 * time.Minute
	late := false
	timer := time.AfterFunc(limit, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		late = true
		s.changed.Broadcast()
	})
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.mails < n && !late {
		s.changed.Wait()
	}
	if late {
		return fmt.Errorf("only %d of %d messages arrived within %s", s.mails, n, limit)
	}
	return nil
}

func (s *sink) arrived() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails++
	s.changed.Broadcast()
}

// serve serves a client. A client that is cut off reports that itself.
func (s *sink) serve(conn net.Conn) {
	defer conn.Close()
	r, w := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriter(conn)
	reply := func(text string) { _, _ = w.WriteString(text + "\r\n") } // Flush returns its error
	reply("220 sink ESMTP")
	for {
		if w.Buffered() > 0 && !sendsMore(conn, r, s.wait) {
			s.mu.Lock()
			s.flights++
			s.mu.Unlock()
			if w.Flush() != nil {
				return
			}
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(strings.ToUpper(line)), " ")
		switch verb {
		case "EHLO":
			reply("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
		case "DATA":
			reply("354 go ahead")
			if sendsMore(conn, r, s.wait) { // the client cannot send content yet
				return
			}
			s.mu.Lock()
			s.flights++
			s.mu.Unlock()
			if w.Flush() != nil || discardContent(r) != nil {
				return
			}
			s.arrived()
			reply("250 2.0.0 ok")
		case "QUIT":
			reply("221 2.0.0 bye")
			_ = w.Flush() // the client may have left
			return
		default:
			reply("250 2.0.0 ok")
		}
	}
}

// discardContent reads content and the line of its dot.
func discardContent(r *bufio.Reader) error {
	start := true // of a line
	for {
		part, err := r.ReadSlice('\n')
		if start && string(part) == ".\r\n" {
			return nil
		}
		if err != nil && err != bufio.ErrBufferFull {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		start = err == nil
	}
}
