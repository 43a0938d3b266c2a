package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// runSession delivers several mails. Before the next one the server does all that
// it does without being asked.
func (d *dialogue) runSession(t *testing.T) {
	server, wait := scriptedServers(t, d.server, d.scripts)
	s := NewSession([]Server{server})
	d.makeMails(t)
	for ; d != nil; d = d.next {
		r, err := s.Deliver(t.Context(), d.m)
		d.check(t, d.m.Content.(*text), r, err)
		synctest.Wait()
		if d.open != "" && s.Open() != (d.open == "yes") {
			t.Errorf("after %v: open is %t", d.envelope.To, s.Open())
		}
	}
	s.Close()
	wait()
}

// makeMails makes the mails. Next may be called once, with the content written.
func (d *dialogue) makeMails(t *testing.T) {
	content := &text{s: d.content}
	d.m = &Mail{Envelope: d.envelope, Content: content}
	if d.next == nil {
		return
	}
	d.next.makeMails(t)
	calls := 0
	d.m.Next = func() *Mail {
		calls++
		if calls > 1 || content.writes != 1 {
			t.Errorf("call %d of Next, and the content was written %d times", calls, content.writes)
		}
		if d.next.isUnknown {
			return nil
		}
		return d.next.m
	}
}

// twoMails returns two mails of which the first announces the second.
func twoMails() (first, second *Mail) {
	second = &Mail{Envelope: envelope("c@x"), Content: &text{s: "hi\n"}}
	first = &Mail{Envelope: envelope("b@x"), Content: &text{s: "hi\n"}, Next: func() *Mail { return second }}
	return first, second
}

const (
	firstOfTwo = toContent + `
		C: hi
		C: .
		mail c@x
		write`
	another = `
		hello PIPELINING
		mail c@x
		S: 250
		S: 250
		S: 354
		C: hi
		C: .
		C: QUIT
		S: 250
		S: 221`
)

// After a mail was announced, its connection is of no use for anything else: the
// server may wait for content, and would deliver what else is sent.
func TestAnnouncedInVain(t *testing.T) {
	for name, c := range map[string]struct {
		then    func(*testing.T, *Session)
		scripts []string
	}{
		"Close": {func(_ *testing.T, s *Session) { s.Close() }, nil},
		"another mail": {func(t *testing.T, s *Session) {
			_, other := twoMails()
			if r, err := s.Deliver(t.Context(), other); err != nil || outcomes(r) != "accepted" {
				t.Errorf("%s, %v", outcomes(r), err)
			}
		}, []string{another}},
	} {
		for _, replies := range []string{"", "\nS: 250\nS: 250\nS: 354"} {
			t.Run(fmt.Sprintf("%s after %d octets", name, len(replies)), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					scripts := append([]string{firstOfTwo + "\nS: 250" + replies}, c.scripts...)
					server, wait := scriptedServers(t, Server{}, scripts)
					s := NewSession([]Server{server})
					first, _ := twoMails()
					if r, err := s.Deliver(t.Context(), first); err != nil || outcomes(r) != "accepted" {
						t.Errorf("%s, %v", outcomes(r), err)
					}
					synctest.Wait()
					if !s.Open() {
						t.Error("the connection is closed")
					}
					c.then(t, s)
					if s.Open() {
						t.Error("the connection is open")
					}
					wait()
				})
			})
		}
	}
}

// An empty Mail keeps the connection, and nothing more goes out with the dot.
func TestNextNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, wait := scriptedServers(t, Server{}, []string{toContent + `
			C: hi
			C: .
			write
			S: 250
			mail c@x
			write
			S: 250
			S: 250
			S: 354
			C: hi
			C: .
			C: QUIT
			write
			S: 250
			S: 221`})
		s := NewSession([]Server{server})
		first, second := twoMails()
		first.Next = func() *Mail { return new(Mail) }
		for _, m := range []*Mail{first, second} {
			if r, err := s.Deliver(t.Context(), m); err != nil {
				t.Errorf("%s, %v", outcomes(r), err)
			}
			synctest.Wait()
		}
		wait()
	})
}

// When the context ends after the dot, its reply is still read. The mail that was
// announced is not sent.
func TestCancelAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("a signal came")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(cause) })
		server, wait := scriptedServers(t, Server{}, []string{firstOfTwo + `
			sleep
			s: 250\r\n250\r\n250\r\n354\r\n`, another})
		s := NewSession([]Server{server})
		first, second := twoMails()
		start := time.Now()
		r, err := s.Deliver(ctx, first)
		if took := time.Since(start); err != nil || outcomes(r) != "accepted" || took != 9*time.Second {
			t.Errorf("%s after %v: %v", outcomes(r), took, err)
		}
		r, err = s.Deliver(ctx, second)
		if outcomes(r) != "deferred" || !errors.Is(err, cause) || s.Open() {
			t.Errorf("%s, %v, open is %t", outcomes(r), err, s.Open())
		}
		second.Content = &text{s: "hi\n"}
		r, err = s.Deliver(t.Context(), second)
		if outcomes(r) != "accepted" || err != nil {
			t.Errorf("%s, %v", outcomes(r), err)
		}
		wait()
	})
}

// Only a new connection is tried with all servers again.
func TestSessionServers(t *testing.T) {
	for ended, replies := range map[string]string{
		"before the next mail": "S: 250\nclose",
		"with the next mail":   "S: 250\nS: 421 bye",
	} {
		t.Run(ended, func(t *testing.T) { testSessionServers(t, firstOfTwo+"\n"+replies) })
	}
}

func testSessionServers(t *testing.T, script string) {
	synctest.Test(t, func(t *testing.T) {
		var dialed []string
		dial := func(name string, s *scripted) func(context.Context) (net.Conn, error) {
			return func(ctx context.Context) (net.Conn, error) {
				dialed = append(dialed, name)
				if s == nil || len(dialed) == 1 {
					return nil, errors.New("no connection")
				}
				return s.dial(ctx)
			}
		}
		one, two := &scripted{t: t, script: another}, &scripted{t: t, script: script}
		servers := []Server{one.server("one"), two.server("two")}
		servers[0].Dial, servers[1].Dial = dial("one", one), dial("two", two)
		s := NewSession(servers)
		first, second := twoMails()
		r, err := s.Deliver(t.Context(), first)
		if err != nil || r.Server != "two" || len(r.FailedServers) != 1 {
			t.Errorf("%s, %v, %v", r.Server, r.FailedServers, err)
		}
		synctest.Wait()
		r, err = s.Deliver(t.Context(), second)
		if err != nil || r.Server != "one" || len(r.FailedServers) != 0 {
			t.Errorf("%s, %v, %v", r.Server, r.FailedServers, err)
		}
		if got := strings.Join(dialed, " "); got != "one two one" {
			t.Errorf("connections to %s", got)
		}
		<-one.done
		<-two.done
	})
}

// A receipt has the times of its own mail, without those between two mails.
func TestSessionTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, wait := scriptedServers(t, Server{}, []string{firstOfTwo + `
			sleep
			S: 250
			S: 250
			S: 250
			sleep
			S: 354
			C: hi
			C: .
			C: QUIT
			sleep
			S: 250
			S: 221`})
		s := NewSession([]Server{server})
		first, second := twoMails()
		for _, c := range []struct {
			m     *Mail
			times string
		}{
			{first, "connect 0s, greeting 0s, EHLO 0s, MAIL 0s, RCPT 0s, DATA 0s, content 0s, dot 9s"},
			{second, "MAIL 0s, RCPT 0s, DATA 8s, content 0s, dot 9s, QUIT 0s"},
		} {
			r, err := s.Deliver(t.Context(), c.m)
			var got []string
			for _, time := range r.Times {
				got = append(got, fmt.Sprint(time.Stage, " ", time.Duration))
			}
			if strings.Join(got, ", ") != c.times || err != nil {
				t.Errorf("%v, %v; want %s", got, err, c.times)
			}
			time.Sleep(time.Second)
		}
		wait()
	})
}
