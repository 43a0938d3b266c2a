package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
)

// mail is what a sink received.
type mail struct {
	size int64
	sum  [sha256.Size]byte // zero where nothing was kept
	to   int               // recipients
}

// sink is an SMTP server that discards content as fast as it comes. What fits
// into the arena is kept there and hashed after the answer to the dot, so that
// no client waits for the hash.
type sink struct {
	addr  string
	mails chan mail
	tls   *tls.Config
	arena []byte // of one connection at a time; nil: count only
}

// newSink starts one on loopback. It offers STARTTLS, and AUTH to anybody.
func newSink(certificate tls.Certificate, arena []byte) (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{
		addr: l.Addr().String(), mails: make(chan mail, 1000), arena: arena,
		tls: &tls.Config{Certificates: []tls.Certificate{certificate}},
	}
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

func (s *sink) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
	secure, to := false, 0
	say := func(text string) { _, _ = w.WriteString(text + "\r\n") }
	say("220 sink ESMTP")
	for {
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		switch verb {
		case "EHLO":
			say("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-AUTH PLAIN")
			if !secure {
				say("250-STARTTLS")
			}
			say("250 SIZE 0")
		case "STARTTLS":
			say("220 2.0.0 go ahead")
			if w.Flush() != nil {
				return
			}
			conn = tls.Server(conn, s.tls)
			r, w = bufio.NewReader(conn), bufio.NewWriter(conn)
			secure = true
		case "AUTH":
			if len(strings.Fields(line)) == 2 { // the secret comes when it is asked for
				say("334 ")
				if w.Flush() != nil {
					return
				}
				if _, err := r.ReadString('\n'); err != nil {
					return
				}
			}
			say("235 2.7.0 welcome")
		case "RCPT":
			to++
			say("250 2.1.5 ok")
		case "DATA":
			say("354 go ahead")
			if w.Flush() != nil {
				return
			}
			m, err := s.content(r, conn)
			if err != nil {
				return
			}
			say("250 2.0.0 ok")
			if r.Buffered() > 0 {
				// QUIT came along: its answer goes in the same packet.
				if _, err := r.ReadString('\n'); err != nil {
					return
				}
				say("221 2.0.0 bye")
			}
			if w.Flush() != nil {
				return
			}
			m.to, to = to, 0
			if s.arena != nil {
				m.sum = sha256.Sum256(s.arena[:m.size])
			}
			s.mails <- m
		case "QUIT":
			say("221 2.0.0 bye")
			_ = w.Flush()
			return
		default: // HELO, MAIL, RSET, NOOP
			say("250 2.0.0 ok")
		}
	}
}

var errFull = errors.New("the arena is full")

// content reads up to the final dot, whose line is not counted. What came
// after it stays in r.
func (s *sink) content(r *bufio.Reader, conn io.Reader) (mail, error) {
	e := newEnd()
	room := s.arena
	if s.arena == nil {
		room = make([]byte, 1<<20) // filled again and again
	}
	for {
		// What r holds first, then past it, straight into the arena.
		p := room[:min(len(room), 4<<20)]
		if len(p) == 0 {
			return mail{}, errFull
		}
		var n int
		var err error
		if r.Buffered() > 0 {
			n, err = r.Read(p)
		} else {
			n, err = conn.Read(p)
		}
		if err != nil {
			return mail{}, err
		}
		p = p[:n]
		end := e.find(p)
		if s.arena != nil {
			room = room[n:]
		}
		if end < 0 {
			continue
		}
		if end < n {
			r.Reset(io.MultiReader(bytes.NewReader(bytes.Clone(p[end:])), conn))
			if _, err := r.Peek(1); err != nil {
				return mail{}, err
			}
		}
		return mail{size: e.seen - int64(n-end) - int64(len(".\r\n"))}, nil
	}
}

// end looks for the line of one dot. In stuffed content it is at the end only.
type end struct {
	last []byte // the last octets of what was seen
	seen int64
}

func newEnd() *end { return &end{last: []byte("\r\n")} }

// find returns the index behind that line's end in p, or -1.
func (e *end) find(p []byte) int {
	e.seen += int64(len(p))
	mark := []byte("\r\n.\r\n")
	// The line may have begun in the block before.
	seam := append(bytes.Clone(e.last), p[:min(4, len(p))]...)
	if i := bytes.Index(seam, mark); i >= 0 {
		return i + len(mark) - len(e.last)
	}
	for at := 0; ; at++ {
		i := bytes.IndexByte(p[at:], '.')
		if i < 0 {
			break
		}
		at += i
		if at >= 2 && bytes.HasPrefix(p[at-2:], mark) {
			return at + 3
		}
	}
	seam = append(e.last, p[max(0, len(p)-4):]...)
	e.last = bytes.Clone(seam[max(0, len(seam)-4):])
	return -1
}
