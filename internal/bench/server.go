package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"
)

// received describes a mail that a benchServer received.
type received struct {
	Size       int64
	Sum        [sha256.Size]byte // zero if the mail is larger than the buffer
	Recipients int
	RoundTrips int // how many times the client waited for replies, QUIT included
}

// A benchServer is an SMTP server that reads content as fast as it comes. It
// serves one client at a time, offers STARTTLS, and accepts every login. It hashes
// a mail after its client has left, so that no client waits for that.
type benchServer struct {
	certificate tls.Certificate
	buffer      []byte
	wait        time.Duration // before it replies, for another command of the same group
}

// certificate returns the certificate of package httptest, which is for 127.0.0.1
// and self-signed.
func certificate() (tls.Certificate, *x509.Certificate) {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0], s.Certificate()
}

// serve runs a benchServer until standard input ends. It prints its address, and
// then a line of JSON for each mail. It is a process of its own, because the peak
// memory of a process counts for those that it starts.
func serve(size, wait string) error {
	n, err := strconv.Atoi(size)
	if err != nil {
		return err
	}
	s := benchServer{buffer: make([]byte, n)}
	s.certificate, _ = certificate()
	if s.wait, err = time.ParseDuration(wait); err != nil {
		return err
	}
	for i := 0; i < n; i += 4096 {
		s.buffer[i] = 1 // has the system allocate the page now
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(l.Addr().String()); err != nil {
		return err
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		r := s.dialogue(conn)
		if r.Size == 0 {
			continue
		}
		if r.Size < int64(n) {
			r.Sum = sha256.Sum256(s.buffer[:r.Size])
		}
		if err := out.Encode(r); err != nil {
			return err
		}
	}
}

// dialogue serves a client. After an error the size is 0, and the client reports
// the error itself.
func (s *benchServer) dialogue(conn net.Conn) (got received) {
	defer func() { conn.Close() }()
	r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
	reply := func(text string) { _, _ = w.WriteString(text + "\r\n") } // Flush returns its error
	flush := func() {
		got.RoundTrips++
		_ = w.Flush() // the next read fails too
	}
	reply("220 bench ESMTP")
	for {
		if w.Buffered() > 0 && !sendsMore(conn, r, s.wait) {
			flush()
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return got
		}
		words := strings.Split(strings.TrimSpace(strings.ToUpper(line)), " ")
		switch words[0] {
		case "EHLO":
			reply("250-bench\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n" +
				"250-ENHANCEDSTATUSCODES\r\n250-AUTH PLAIN\r\n250 STARTTLS")
		case "STARTTLS":
			reply("220 2.0.0 go ahead")
			flush()
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.certificate}})
			r, w = bufio.NewReader(conn), bufio.NewWriter(conn)
		case "AUTH":
			if len(words) == 2 { // the client waits for a challenge
				reply("334 ")
				flush()
				if _, err := r.ReadString('\n'); err != nil {
					return got
				}
			}
			reply("235 2.7.0 welcome")
		case "RCPT":
			got.Recipients++
			reply("250 2.1.5 ok")
		case "DATA":
			reply("354 go ahead")
			flush()
			size, quit, err := s.content(conn)
			if err != nil {
				return got
			}
			got.Size = size
			reply("250 2.0.0 ok")
			if quit {
				reply("221 2.0.0 bye")
			}
		case "QUIT":
			reply("221 2.0.0 bye")
		default:
			reply("250 2.0.0 ok")
		}
	}
}

// sendsMore reports whether the client sends another command, within wait, before
// it has the reply to the last one. r reads conn.
func sendsMore(conn net.Conn, r *bufio.Reader, wait time.Duration) bool {
	if r.Buffered() > 0 || wait == 0 {
		return r.Buffered() > 0
	}
	_ = conn.SetReadDeadline(time.Now().Add(wait))
	defer conn.SetReadDeadline(time.Time{})
	_, err := r.Peek(1)
	return err == nil
}

// content reads content up to the final dot, and a QUIT that came along with it.
// The line of the dot does not count. A buffer that is full is used again.
func (s *benchServer) content(conn io.Reader) (size int64, quit bool, err error) {
	const dot, bye = "\r\n.\r\n", "QUIT\r\n"
	at := 0
	for {
		if at == len(s.buffer) {
			at = copy(s.buffer, s.buffer[at-len(dot+bye):])
			size += int64(len(s.buffer) - at)
		}
		n, err := conn.Read(s.buffer[at:min(at+4<<20, len(s.buffer))])
		if err != nil {
			return 0, false, err
		}
		at += n
		// Stuffed content contains the line of the dot only at its end.
		rest, quit := bytes.CutSuffix(s.buffer[:at], []byte(bye))
		if bytes.HasSuffix(rest, []byte(dot)) {
			return size + int64(len(rest)-len(".\r\n")), quit, nil
		}
	}
}
