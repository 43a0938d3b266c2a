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

func TestCancel(t *testing.T) {
	why := errors.New("a signal came")
	ask := pipe + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n"
	for _, c := range []struct {
		name, script string
		content      io.WriterTo
		after        time.Duration // when the reply to the dot comes
		took         time.Duration
		outcome      string
		words        string
	}{
		{name: "before the greeting", script: "stall", took: time.Second, outcome: "D", words: "greeting: a signal came"},
		{name: "while content waits", script: ask + "stall", content: waiting, took: time.Second, outcome: "D", words: "content: a signal came"},
		{name: "after the dot", script: ask + body + "C: QUIT\nstall", took: 11 * time.Second, outcome: "?", words: "end of data: outcome unknown: the mail <1@example.org> may have been delivered: a signal came"},
		{name: "after the dot, and the reply comes", script: ask + body + "C: QUIT\nsleep\nS: 250\nS: 221", took: 9 * time.Second, outcome: "A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(why) })
				s := &scripted{t: t, script: c.script}
				if c.content == nil {
					c.content = &text{s: "hi\n"}
				}
				start := time.Now()
				r, err := Deliver(ctx, []Server{{Name: "test", Hello: "me", Dial: s.dial, Security: TLSNone}}, envelope("b@x"), c.content)
				if took := time.Since(start); took != c.took || outcomes(r) != c.outcome {
					t.Errorf("%s after %v, want %s after %v", outcomes(r), took, c.outcome, c.took)
				}
				if c.words == "" && err != nil || c.words != "" && (err == nil || !strings.Contains(err.Error(), c.words) || !errors.Is(err, why)) {
					t.Errorf("%v; want %q", err, c.words)
				}
				synctest.Wait()
				if strings.Contains(s.got.String(), "\r\n.\r\n") != strings.Contains(c.script, "C: .") {
					t.Errorf("%q was written", s.got.String())
				}
				time.Sleep(time.Minute) // till the source speaks again
			})
		})
	}
}

// waiting is content whose source says nothing for a while.
var waiting = writing(func(w io.Writer) error {
	io.WriteString(w, "hi\r\n")
	time.Sleep(time.Minute)
	_, err := io.WriteString(w, "there\r\n")
	return err
})

// A server that hangs up on a slow producer is heard at once.
func TestServerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, _, err := talk(t, envelope("b@x"), waiting, Server{}, pipe+from+rcptTo("b")+"C: DATA\nS: 250\nS: 250\nS: 354\nsleep\nS: 421 4.4.2 too slow")
		if took := time.Since(start); took != 9*time.Second || err == nil || !strings.Contains(err.Error(), "421 4.4.2 too slow") {
			t.Errorf("%v after %v", err, took)
		}
		time.Sleep(time.Minute) // till the source speaks again and finds nobody
	})
}

// The deadline is for the whole reply, however it drips.
func TestDrip(t *testing.T) {
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
		_, err := Dial(t.Context(), Server{Name: "test", Security: TLSNone, Timeout: 30 * time.Second, Dial: func(context.Context) (net.Conn, error) { return client, nil }})
		if took := time.Since(start); took != 30*time.Second || err == nil || !strings.Contains(err.Error(), "no complete reply within 30s") {
			t.Errorf("%v after %v", err, took)
		}
		time.Sleep(time.Second)
	})
}

// drowsy is a socket that holds a lot for a slow reader, and wakes its writer
// when a third of it is free, as Linux does.
type drowsy struct {
	net.Conn
	begun    time.Time
	rate     int // octets a second that the reader takes
	n        int // octets so far
	deadline time.Time
}

const drowsyRoom = 4 << 20

func (d *drowsy) SyscallConn() (syscall.RawConn, error) { return nil, errors.ErrUnsupported }

func (d *drowsy) SetWriteDeadline(t time.Time) error {
	d.deadline = t
	return nil
}

func (d *drowsy) Write(p []byte) (n int, err error) {
	for {
		taken := min(d.n, int(time.Since(d.begun).Seconds()*float64(d.rate)))
		k := min(len(p)-n, drowsyRoom-(d.n-taken))
		d.n += k
		if n += k; n == len(p) {
			return n, nil
		}
		for d.n-taken > drowsyRoom*2/3 {
			if !time.Now().Before(d.deadline) {
				return n, os.ErrDeadlineExceeded
			}
			time.Sleep(min(time.Second, time.Until(d.deadline)))
			taken = min(d.n, int(time.Since(d.begun).Seconds()*float64(d.rate)))
		}
	}
}

// What a socket took without waking its writer counts, and a reader that stops
// for ever is given up when the wait is over.
func TestDrowsySocket(t *testing.T) {
	const wait = 3 * time.Minute
	for rate, ok := range map[int]bool{2 * octetsPerTimeout / 180: true, octetsPerTimeout / 180 * 3 / 4: false, 0: false} {
		synctest.Test(t, func(t *testing.T) {
			conn := &drowsy{rate: rate, begun: time.Now()}
			c := &Client{conn: conn}
			var n int
			var err error
			var begun time.Time
			for range 12 {
				begun = time.Now()
				var k int
				k, err = c.write(make([]byte, blockSize), wait)
				if n += k; err != nil {
					break
				}
			}
			if ok != (err == nil) || n != conn.n {
				t.Errorf("%d a second: %d octets for %d, %v", rate, n, conn.n, err)
			}
			if took := time.Since(begun); rate == 0 && took != wait {
				t.Errorf("given up after %v", took)
			}
		})
	}
}

// Each 256 KiB of content have three minutes, all of it as long as it takes.
func TestSlowReader(t *testing.T) {
	certificate, _ := trusted(t)
	for _, secure := range []bool{false, true} {
		for wait, ok := range map[time.Duration]bool{170 * time.Second: true, 190 * time.Second: false} {
			synctest.Test(t, func(t *testing.T) {
				client, raw := net.Pipe()
				server := net.Conn(raw)
				if secure {
					server = tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{certificate}})
				}
				go func() {
					defer raw.Close()
					io.WriteString(server, "220 hi\r\n")
					p := make([]byte, octetsPerTimeout)
					for _, reply := range []string{"250 x", "250 ok", "250 ok", "354 go"} {
						server.Read(p)
						io.WriteString(server, reply+"\r\n")
					}
					for range 2 * blockSize / octetsPerTimeout {
						time.Sleep(wait)
						if _, err := io.ReadFull(server, p); err != nil {
							return
						}
					}
					server.Read(p)
					io.WriteString(server, "250 ok\r\n")
				}()
				s := Server{Name: "test", Security: TLSNone, Dial: func(context.Context) (net.Conn, error) { return client, nil }}
				if secure {
					s.Implicit, s.Security = true, TLSOpportunistic
				}
				block := bytes.Repeat([]byte("fourteen oct\r\n"), blockSize/14+1)[:blockSize-2]
				_, err := Deliver(t.Context(), []Server{s}, envelope("b@x"), blocks{append(block, "\r\n"...), 2})
				switch {
				case ok && err != nil:
					t.Errorf("TLS %v: %v", secure, err)
				case !ok && (!errors.Is(err, os.ErrDeadlineExceeded) || !strings.Contains(err.Error(), "the server read nothing more for 3m0s")):
					t.Errorf("TLS %v: %v", secure, err)
				}
				time.Sleep(wait)
			})
		}
	}
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		server := Server{Trace: func(e Event) { fmt.Fprintf(&out, "%s %d %s\n", []string{">", "<", "*"}[e.Dir], e.Group, e.Text) }}
		talk(t, envelope("b@x"), &text{s: "hi\n"}, server, pipe+from+rcptTo("b")+"C: DATA\nS: 250-a\nS: 250\nS: 250\nS: 354 go\n"+body+"C: QUIT\nS: 250 ok\nS: 221 bye")
		want := `* 0 connected to test
< 0 220 hi
> 1 EHLO me
< 1 250-test
< 1 250 PIPELINING
> 2 MAIL FROM:<alice@example.org>
> 2 RCPT TO:<b@x>
> 2 DATA
< 2 250-a
< 2 250
< 2 250
< 2 354 go
> 3 4 octets
> 3 .
> 3 QUIT
< 3 250 ok
< 3 221 bye
`
		if out.String() != want {
			t.Errorf("%s\nwant\n%s", out.String(), want)
		}
	})
}

func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, err := talk(t, envelope("b@x"), waiting, Server{}, pipe+from+rcptTo("b")+"C: DATA\nsleep\nS: 250\nS: 250\nS: 354 go\nC: hi\nC: there\nC: .\nC: QUIT\nsleep\nS: 250 ok\nS: 221 bye")
		var got []string
		for _, lap := range r.Times {
			got = append(got, fmt.Sprint(lap.Stage, " ", lap.Duration))
		}
		want := "connect 0s, greeting 0s, EHLO 0s, MAIL 9s, RCPT 0s, DATA 0s, content 1m0s, dot 9s, QUIT 0s"
		if strings.Join(got, ", ") != want || err != nil {
			t.Errorf("%v, %v; want %s", got, err, want)
		}
	})
}
