package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// The timeout is for the whole reply, however slowly its octets arrive.
func TestSlowReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		go func() {
			for {
				if _, err := server.Write([]byte("2")); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
		start := time.Now()
		_, err := Dial(t.Context(), Server{Name: "test", Security: TLSNone, Timeout: 30 * time.Second,
			Dial: func(context.Context) (net.Conn, error) { return client, nil }})
		checkError(t, err, "temporary: greeting: no complete reply within 30s")
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("given up after %v", took)
		}
		time.Sleep(time.Second)
	})
}

// A slowSocket buffers much for a slow reader, and wakes its writer only when a
// third of the buffer is free, as Linux does.
type slowSocket struct {
	net.Conn
	start    time.Time
	rate     int // octets per second that the reader reads
	n        int // octets so far
	deadline time.Time
}

const slowSocketBuffer = 4 << 20

func (s *slowSocket) SyscallConn() (syscall.RawConn, error) { return nil, errors.ErrUnsupported }

func (s *slowSocket) SetWriteDeadline(t time.Time) error {
	s.deadline = t
	return nil
}

// buffered returns the number of octets that were not read yet.
func (s *slowSocket) buffered() int {
	read := int(time.Since(s.start).Seconds() * float64(s.rate))
	return s.n - min(s.n, read)
}

func (s *slowSocket) Write(p []byte) (n int, err error) {
	for {
		k := min(len(p)-n, slowSocketBuffer-s.buffered())
		s.n += k
		n += k
		if n == len(p) {
			return n, nil
		}
		for s.buffered() > slowSocketBuffer*2/3 {
			if !time.Now().Before(s.deadline) {
				return n, os.ErrDeadlineExceeded
			}
			time.Sleep(min(time.Second, time.Until(s.deadline)))
		}
	}
}

// What a socket accepted without waking its writer counts as progress. A reader
// that stops forever is given up after one timeout.
func TestSlowSocket(t *testing.T) {
	const timeout = 3 * time.Minute
	for rate, ok := range map[int]bool{
		2 * octetsPerTimeout / 180:     true,
		octetsPerTimeout / 180 * 3 / 4: false,
		0:                              false,
	} {
		synctest.Test(t, func(t *testing.T) {
			conn := &slowSocket{rate: rate, start: time.Now()}
			c := &Client{conn: conn}
			var n int
			var err error
			var start time.Time
			for range 12 {
				start = time.Now()
				var k int
				k, err = c.write(make([]byte, 1<<20), timeout)
				n += k
				if err != nil {
					break
				}
			}
			if ok != (err == nil) || n != conn.n {
				t.Errorf("%d octets per second: %d octets written, %d sent, %v", rate, n, conn.n, err)
			}
			if took := time.Since(start); rate == 0 && took != timeout {
				t.Errorf("given up after %v", took)
			}
		})
	}
}

// Each 256 KiB of content has three minutes. All of it may take any time.
func TestSlowReader(t *testing.T) {
	certificate, _ := trusted(t)
	for _, secure := range []bool{false, true} {
		for pause, ok := range map[time.Duration]bool{170 * time.Second: true, 190 * time.Second: false} {
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				s := Server{Name: "test", Security: TLSNone,
					Dial: func(context.Context) (net.Conn, error) { return client, nil }}
				if secure {
					s.Implicit, s.Security = true, TLSOpportunistic
					go readSlowly(tls.Server(server, &tls.Config{Certificates: []tls.Certificate{certificate}}), pause)
				} else {
					go readSlowly(server, pause)
				}
				block := bytes.Repeat([]byte("fourteen oct\r\n"), blockSize/14+1)[:blockSize-2]
				content := repeated{append(block, "\r\n"...), 2}
				_, err := Deliver(t.Context(), []Server{s}, envelope("b@x"), content)
				want := ""
				if !ok {
					want = "temporary: content: the server read nothing more for 3m0s"
					if !errors.Is(err, os.ErrDeadlineExceeded) {
						t.Errorf("TLS %t: %v does not wrap the timeout", secure, err)
					}
				}
				checkError(t, err, want)
				server.Close()
				time.Sleep(pause)
			})
		}
	}
}

// readSlowly accepts a message, with a pause before each 256 KiB of its content.
func readSlowly(conn net.Conn, pause time.Duration) {
	defer conn.Close()
	io.WriteString(conn, "220 hi\r\n")
	p := make([]byte, octetsPerTimeout)
	for _, reply := range []string{"250 x", "250 ok", "250 ok", "354 go"} {
		conn.Read(p)
		io.WriteString(conn, reply+"\r\n")
	}
	for range 2 * blockSize / octetsPerTimeout {
		time.Sleep(pause)
		if _, err := io.ReadFull(conn, p); err != nil {
			return
		}
	}
	conn.Read(p)
	io.WriteString(conn, "250 ok\r\n")
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events strings.Builder
		server := Server{Trace: func(e Event) {
			fmt.Fprintf(&events, "\n\t\t\t%v %d %s", e.Dir, e.Group, e.Text)
		}}
		deliver(t, server, envelope("b@x"), &text{s: "hi\n"}, `
			hello PIPELINING
			mail b@x
			S: 250-a
			S: 250
			S: 250
			S: 354 go
			C: hi
			C: .
			C: QUIT
			S: 250 ok
			S: 221 bye`)
		const want = `
			note 0 connected to test
			received 0 220 hi
			sent 1 EHLO me
			received 1 250-test
			received 1 250 PIPELINING
			sent 2 MAIL FROM:<alice@example.org>
			sent 2 RCPT TO:<b@x>
			sent 2 DATA
			received 2 250-a
			received 2 250
			received 2 250
			received 2 354 go
			sent 3 4 octets
			sent 3 .
			sent 3 QUIT
			received 3 250 ok
			received 3 221 bye`
		if events.String() != want {
			t.Errorf("%s\nwant%s", events.String(), want)
		}
	})
}

func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, err := deliver(t, Server{}, envelope("b@x"), slowContent, `
			hello PIPELINING
			mail b@x
			sleep
			S: 250
			S: 250
			S: 354 go
			C: hi
			C: there
			C: .
			C: QUIT
			sleep
			S: 250 ok
			S: 221 bye`)
		var got []string
		for _, time := range r.Times {
			got = append(got, fmt.Sprint(time.Stage, " ", time.Duration))
		}
		const want = "connect 0s, greeting 0s, EHLO 0s, MAIL 9s, RCPT 0s, DATA 0s, content 1m0s, dot 9s, QUIT 0s"
		if strings.Join(got, ", ") != want || err != nil {
			t.Errorf("%v, %v; want %s", got, err, want)
		}
	})
}
