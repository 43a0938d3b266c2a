package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

// A recipient that was accepted does not get the reply that refused another one.
func TestAllOrNothingReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := envelope("a@x", "b@x")
		e.AllOrNothing = true
		r, _, _ := deliver(t, Server{}, e, &text{s: "hi\n"}, `
			hello PIPELINING
			C: MAIL FROM:<alice@example.org>
			C: RCPT TO:<a@x>
			C: RCPT TO:<b@x>
			S: 250
			S: 250
			S: 550 no
			bye`)
		a, b := r.Recipients[0], r.Recipients[1]
		if a.Reply.Code != 0 || a.Reason != "1 of 2 recipients were refused: the message was sent to none" {
			t.Errorf("a: %+v", a)
		}
		if b.Reply.Code != 550 || b.Reason != "" {
			t.Errorf("b: %+v", b)
		}
	})
}

// If one server accepted all recipients, the next one must still be asked.
func TestAllOrNothingAsksEachServer(t *testing.T) {
	const accepts = `
		hello PIPELINING, LIMITS RCPTMAX=2
		C: MAIL FROM:<alice@example.org>
		C: RCPT TO:<a@x>
		C: RCPT TO:<b@x>
		S: 250
		S: 250
		S: 250
		C: RSET
		C: MAIL FROM:<alice@example.org>
		C: RCPT TO:<c@x>
		S: 250`
	const refuses = accepts + `
		S: 250
		S: 550 no
		bye`
	for name, first := range map[string]string{
		"all accepted": accepts + `
			S: 250
			S: 250
			C: RSET
			C: MAIL FROM:<alice@example.org>
			C: RCPT TO:<a@x>
			C: RCPT TO:<b@x>
			S: 250
			S: 451 busy
			S: 503
			S: 503
			bye`,
		"some accepted": accepts + `
			S: 451 busy
			S: 503
			bye`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, two := &scripted{t: t, script: first}, &scripted{t: t, script: refuses}
				e := envelope("a@x", "b@x", "c@x")
				e.AllOrNothing = true
				content := &text{s: "hi\n"}
				r, err := Deliver(t.Context(), []Server{one.server("one"), two.server("two")}, e, content)
				checkError(t, err, "permanent: two: RCPT: 1 of 3 recipients were refused")
				if got := outcomes(r); got != "refused refused refused" || content.writes > 0 {
					t.Errorf("outcomes: %s, content written %d times", got, content.writes)
				}
				synctest.Wait()
			})
		})
	}
}

// A server is passed over only if it is not reachable, or replies 4yz before it
// knows the recipients.
func TestServersInTurn(t *testing.T) {
	const accepts = toContent + `
		C: hi
		C: .
		C: QUIT
		S: 250
		S: 221`
	noHost := func(context.Context) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "nowhere", IsNotFound: true}
	}
	down := func(context.Context) (net.Conn, error) { return nil, errors.New("connection refused") }
	for _, c := range []struct {
		name   string
		script string                                  // of the first server
		dial   func(context.Context) (net.Conn, error) // in its place; may be nil
		second string                                  // what the second server is: "accepts", "does not exist" or "unused"
		err    string
	}{
		{name: "not reachable", dial: down, second: "accepts"},
		{name: "no such host", dial: noHost, second: "accepts"},
		{name: "greeting 4yz", second: "accepts", script: "S: 421 busy"},
		{name: "closed before the greeting", second: "accepts", script: "close"},
		{name: "EHLO 4yz", second: "accepts", script: `
			S: 220 hi
			C: EHLO me
			S: 451 busy
			bye`},
		{name: "MAIL 4yz", second: "accepts", script: `
			hello SIZE
			C: MAIL FROM:<alice@example.org>
			S: 451 busy
			bye`},
		{name: "greeting 5yz", second: "unused", err: "permanent: one: greeting: 554 no", script: `
			S: 554 no
			bye`},
		{name: "greeting not SMTP", second: "unused", err: "protocol: one: greeting: not an SMTP reply", script: "S: hello"},
		{name: "MAIL 5yz", second: "unused", err: "permanent: one: MAIL: 550 no", script: `
			hello SIZE
			C: MAIL FROM:<alice@example.org>
			S: 550 no
			bye`},
		{name: "RCPT 4yz", second: "unused", err: "temporary: one: RCPT: b@x: 450 later", script: `
			hello SIZE
			C: MAIL FROM:<alice@example.org>
			S: 250
			C: RCPT TO:<b@x>
			S: 450 later
			bye`},
		{name: "RCPT 421", second: "unused", err: "temporary: one: RCPT: 421 bye", script: `
			hello SIZE
			C: MAIL FROM:<alice@example.org>
			S: 250
			C: RCPT TO:<b@x>
			S: 421 bye`},
		{name: "busy, and no such host", second: "does not exist", err: "temporary: one: greeting: 421 busy",
			script: "S: 421 busy"},
		{name: "no such host twice", dial: noHost, second: "does not exist", err: "no host: two: connect: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, two := &scripted{t: t, script: c.script}, &scripted{t: t, script: accepts}
				var notes []string
				servers := []Server{one.server("one"), two.server("two")}
				servers[0].Trace = func(e Event) {
					if e.Dir == DirNote && e.Stage == StageConnect {
						notes = append(notes, e.Text)
					}
				}
				if c.dial != nil {
					servers[0].Dial = c.dial
				}
				if c.second == "does not exist" {
					servers[1].Dial = noHost
				}
				r, err := Deliver(t.Context(), servers, envelope("b@x"), &text{s: "hi\n"})
				synctest.Wait()
				checkError(t, err, c.err)
				if connected := two.done != nil; connected != (c.second == "accepts") {
					t.Errorf("connected to the second server: %t", connected)
				}
				if c.second == "accepts" && (outcomes(r) != "accepted" || r.Server != "two") {
					t.Errorf("%s by %s", outcomes(r), r.Server)
				}
				checkFailedServers(t, r, c.second != "unused")
				if len(notes) != 1 || strings.HasPrefix(notes[0], "no connection: ") != (c.dial != nil) {
					t.Errorf("notes: %q", notes)
				}
			})
		})
	}
}

func checkFailedServers(t *testing.T, r Receipt, firstFailed bool) {
	t.Helper()
	switch {
	case !firstFailed && len(r.FailedServers) > 0,
		firstFailed && (len(r.FailedServers) != 1 || asError(r.FailedServers[0]).Server != "one"):
		t.Errorf("failed servers: %v", r.FailedServers)
	}
}

// The TLS state of a server that was passed over is not that of the next one.
func TestReceiptAfterSecureServer(t *testing.T) {
	pair, roots := trusted(t)
	s := &scripted{t: t, script: `
		hello SIZE
		C: MAIL FROM:<alice@example.org>
		S: 451 busy
		bye`}
	client, server := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		conn := tls.Server(server, &tls.Config{Certificates: []tls.Certificate{pair}})
		defer conn.Close()
		s.serve(conn)
	}()
	r, err := Deliver(t.Context(), []Server{
		{Name: "one", Hello: "me", Implicit: true, TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org",
			Dial: func(context.Context) (net.Conn, error) { return client, nil }},
		{Name: "two", Dial: func(context.Context) (net.Conn, error) { return nil, errors.New("refused") }},
	}, envelope("b@x"), &text{s: "hi\n"})
	<-served
	checkError(t, err, "temporary: two: connect: refused")
	if r.Server != "two" || r.TLS != nil || r.Verified {
		t.Errorf("server %s, TLS %v, verified %t", r.Server, r.TLS != nil, r.Verified)
	}
}

func TestErrorTryNext(t *testing.T) {
	if (*Error)(nil).TryNext() {
		t.Error("a nil error asks for the next server")
	}
	for _, c := range []struct {
		e    Error
		want bool
	}{
		{Error{Stage: StageConnect, Kind: KindNoHost}, true},
		{Error{Stage: StageMail, Kind: KindTemporary}, true},
		{Error{Stage: StageAuth, Kind: KindAuthOrTLS, Reply: Reply{Code: 454}}, true},
		{Error{Stage: StageAuth, Kind: KindAuthOrTLS, Reply: Reply{Code: 535}}, false},
		{Error{Stage: StageRcpt, Kind: KindTemporary}, false},
		{Error{Stage: StageConnect, Kind: KindInvalidArgument}, false},
	} {
		if got := c.e.TryNext(); got != c.want {
			t.Errorf("%s, %v: %t, want %t", c.e.Stage, c.e.Kind, got, c.want)
		}
	}
}

// A reply that may mean "too many recipients" opens another transaction if
// recipients were accepted before it. Any other refusal is for its recipient.
func TestTooManyRecipients(t *testing.T) {
	const next = `
		mail b@x
		S: 250
		S: 250
		S: 354
		C: hi
		C: .
		C: QUIT
		S: 250
		S: 221`
	for _, c := range []struct {
		reply string
		again bool
	}{
		{"552", true}, // as RFC 821 had it
		{"552 too many recipients", true},
		{"552 Requested mail action aborted: exceeded storage allocation", true},
		{"552 5.5.3 too many recipients", true},
		{"550 5.5.3 too many recipients", true},
		{"452", true},
		{"452 4.5.3 too many recipients", true},
		{"452 4.2.2 mailbox full", true},
		{"552 5.2.2 mailbox full", false},
		{"552 5.7.0 over quota", false},
		{"550 too many recipients", false},
		{"554", false},
		{"553 too many recipients", false},
		{"450 greylisted", false},
	} {
		script := `
			hello PIPELINING
			mail a@x, b@x
			S: 250
			S: 250
			S: ` + c.reply + `
			S: 354
			C: hi
			C: .`
		if c.again {
			script += "\nS: 250" + next
		} else {
			script += "\nC: QUIT\nS: 250\nS: 221"
		}
		r, _, err := deliver(t, Server{}, envelope("a@x", "b@x"), &text{s: "hi\n"}, script)
		if again := outcomes(r) == "accepted accepted"; again != c.again || again != (err == nil) {
			t.Errorf("%s: outcomes %s, %v; another transaction: want %t", c.reply, outcomes(r), err, c.again)
		}
	}
}

// If the first recipient is refused with 552, a smaller transaction is not
// possible.
func TestFullMailbox(t *testing.T) {
	r, _, err := deliver(t, Server{}, envelope("a@x", "b@x"), &text{s: "hi\n"}, `
		hello
		C: MAIL FROM:<alice@example.org>
		S: 250
		C: RCPT TO:<a@x>
		S: 552 mailbox full
		C: RCPT TO:<b@x>
		S: 250
		C: DATA
		S: 354
		C: hi
		C: .
		S: 250
		bye`)
	checkError(t, err, "permanent: 1 of 2 recipients were not served: a@x: 552 mailbox full")
	if got := outcomes(r); got != "refused accepted" {
		t.Errorf("outcomes: %s", got)
	}
}

// Send is one transaction. It defers the recipients that the server does not
// accept in it, and the Client can be used for them at once.
func TestSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{t: t, script: `
			hello PIPELINING
			mail a@x, b@x
			S: 250
			S: 250
			S: 552 5.5.3 too many recipients
			S: 354
			C: hi
			C: .
			S: 250
			mail b@x
			S: 250
			S: 250
			S: 354
			C: hi
			C: .
			C: QUIT
			S: 250
			S: 221`}
		c, err := Dial(t.Context(), s.server("test"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Send(t.Context(), envelope("a@x", "b@x"), &text{s: "hi\n"})
		checkError(t, err, "permanent: 1 of 2 recipients were not served: b@x: 552 5.5.3 too many recipients")
		if got := outcomes(r); got != "accepted deferred" || c.Limit() != 1 {
			t.Errorf("outcomes: %s, limit %d", got, c.Limit())
		}
		last := envelope("b@x")
		last.QuitAfter = true
		r, err = c.Send(t.Context(), last, &text{s: "hi\n"})
		if got := outcomes(r); got != "accepted" || err != nil {
			t.Errorf("outcomes: %s, %v", got, err)
		}
		<-s.done
		_, err = c.Send(t.Context(), envelope("c@x"), &text{s: "hi\n"})
		checkError(t, err, "temporary: test: MAIL: the connection is closed")
	})
}

// With AllOrNothing, Send sends to none if the server does not accept all.
func TestSendAllOrNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{t: t, script: `
			hello PIPELINING
			C: MAIL FROM:<alice@example.org>
			C: RCPT TO:<a@x>
			C: RCPT TO:<b@x>
			S: 250
			S: 250
			S: 452 too many recipients
			bye`}
		c, err := Dial(t.Context(), s.server("test"))
		if err != nil {
			t.Fatal(err)
		}
		e := envelope("a@x", "b@x")
		e.AllOrNothing = true
		content := &text{s: "hi\n"}
		r, err := c.Send(t.Context(), e, content)
		checkError(t, err, "temporary: 1 of 2 recipients were refused: the message was sent to none: 452 too many")
		if got := outcomes(r); got != "deferred deferred" || content.writes > 0 {
			t.Errorf("outcomes: %s, content written %d times", got, content.writes)
		}
		c.Quit()
		<-s.done
	})
}

// ContentDone waits for a WriteTo that is blocked on its source.
func TestContentDone(t *testing.T) {
	const refused = `
		hello PIPELINING
		mail b@x
		S: 250
		S: 550 no
		S: 503
		bye`
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := deliver(t, Server{}, envelope("b@x"), &text{s: "hi\n"}, refused)
		select {
		case <-r.ContentDone:
		default:
			t.Error("not closed, although the content was not written")
		}
	})
	const closed = `
		hello PIPELINING
		mail b@x
		S: 250
		S: 250
		S: 354
		sleep
		S: 421 too slow`
	synctest.Test(t, func(t *testing.T) {
		returned := false
		content := contentFunc(func(w io.Writer) error {
			err := slowContent(w)
			returned = true
			return err
		})
		r, _, err := deliver(t, Server{}, envelope("b@x"), content, closed)
		checkError(t, err, "temporary: content: unsolicited reply: 421 too slow")
		select {
		case <-r.ContentDone:
			t.Error("closed while the content is being written")
		default:
		}
		<-r.ContentDone
		if !returned {
			t.Error("closed before WriteTo returned")
		}
	})
}

// Arguments that could never be right are found before a connection is made.
func TestInvalidArguments(t *testing.T) {
	noDial := func(context.Context) (net.Conn, error) { panic("connected") }
	dialNothing := func(context.Context) (net.Conn, error) { return nil, nil }
	valid := Server{Name: "test", Security: TLSNone, Dial: noDial}
	to := envelope("b@x")
	withFrom := to
	withFrom.From = "a\nb"
	withNotify := to
	withNotify.DSN.Notify = "never\r\n"
	withOwnNotify := to
	withOwnNotify.Notify = map[string]string{"b@x": "never x=y"}
	withReturn := to
	withReturn.DSN.Return = "full x"
	content := &text{s: "hi\n"}
	for _, c := range []struct {
		name    string
		servers []Server
		e       Envelope
		content io.WriterTo
		want    string // the error
	}{
		{"no server", nil, to, content, "connect: no server"},
		{"no address", []Server{{}}, to, content, "connect: missing server address"},
		{"no port", []Server{{Address: "mail"}}, to, content,
			`mail: connect: invalid server address "mail": missing port in address`},
		{"empty port", []Server{{Address: "mail:"}}, to, content,
			`mail:: connect: invalid server address "mail:": missing port in address`},
		{"port that is too high", []Server{{Address: "mail:65536"}}, to, content,
			`mail:65536: connect: invalid server address "mail:65536": invalid port`},
		{"IPv6 without brackets", []Server{{Address: "::1"}}, to, content,
			`::1: connect: invalid server address "::1": too many colons in address`},
		{"unknown network", []Server{{Network: "udp", Address: "mail:25"}}, to, content,
			`mail:25: connect: unsupported network "udp"`},
		{"second server", []Server{valid, {Address: "mail"}}, to, content,
			`mail: connect: invalid server address "mail": missing port in address`},
		{"command in Hello", []Server{{Name: "test", Dial: noDial, Hello: "x\r\nMAIL FROM:<a@b>"}}, to, content,
			`test: connect: invalid name for EHLO "x\r\nMAIL FROM:<a@b>": must be printable ASCII without spaces`},
		{"parameter in Hello", []Server{{Name: "test", Dial: noDial, Hello: "x y"}}, to, content,
			`test: connect: invalid name for EHLO "x y": must be printable ASCII without spaces`},
		{"Unicode in Hello", []Server{{Name: "test", Dial: noDial, Hello: "bücher.example"}}, to, content,
			`test: connect: invalid name for EHLO "bücher.example": must be printable ASCII without spaces`},
		{"fingerprint in hexadecimal", []Server{{Name: "test", Dial: noDial, Fingerprints: [][]byte{[]byte("12:34")}}}, to,
			content, "test: connect: invalid fingerprint: has 5 octets, must have 32"},
		{"no connection", []Server{{Name: "test", Dial: dialNothing}}, to, content,
			"test: connect: Server.Dial returned no connection"},
		{"no content", []Server{valid}, to, nil, "content: no content"},
		{"no recipients", []Server{valid}, envelope(), content, "MAIL: no recipients"},
		{"empty recipient", []Server{valid}, envelope("b@x", ""), content, "MAIL: empty recipient address"},
		{"line ending in From", []Server{valid}, withFrom, content,
			`MAIL: invalid address "a\nb": contains a control character`},
		{"line ending in NOTIFY", []Server{valid}, withNotify, content, `MAIL: invalid DSN parameter "never\r\n"`},
		{"space in NOTIFY", []Server{valid}, withOwnNotify, content, `MAIL: invalid DSN parameter "never x=y"`},
		{"space in RET", []Server{valid}, withReturn, content, `MAIL: invalid DSN parameter "full x"`},
	} {
		r, err := Deliver(t.Context(), c.servers, c.e, c.content)
		e := asError(err)
		if e == nil || e.Kind != KindInvalidArgument || e.Error() != c.want {
			t.Errorf("%s:\n%s, want\ninvalid argument: %s", c.name, describe(err), c.want)
		}
		if got, want := outcomes(r), strings.TrimSpace(strings.Repeat("refused ", len(c.e.To))); got != want {
			t.Errorf("%s: outcomes: %s, want %s", c.name, got, want)
		}
	}
	for _, s := range []Server{{}, {Address: "mail"}, {Dial: noDial, Hello: "x y"}} {
		if _, err := Dial(t.Context(), s); asError(err) == nil || asError(err).Kind != KindInvalidArgument {
			t.Errorf("Dial: %+v: %s", s, describe(err))
		}
	}
	c := new(Client)
	for _, e := range []Envelope{{}, withFrom} {
		if _, err := c.Send(t.Context(), e, content); asError(err) == nil || asError(err).Kind != KindInvalidArgument {
			t.Errorf("Send: %+v: %s", e, describe(err))
		}
	}
	if _, err := c.Send(t.Context(), to, nil); asError(err) == nil || asError(err).Kind != KindInvalidArgument {
		t.Errorf("Send without content: %s", describe(err))
	}
}

// Nothing in an address can end the path of RCPT, or add a command.
func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"a@b\r\nRSET":       "contains a control character",
		"a@b\n":             "contains a control character",
		"a\x00@b":           "contains a control character",
		"a\x7f@b":           "contains a control character",
		"a\u0085@b":         "contains a control character",
		"a@b> NOTIFY=NEVER": "contains '>' outside a quoted string",
		"<a@b":              "contains '<' outside a quoted string",
		"a b@x":             "contains ' ' outside a quoted string",
		"a\xff@b":           "invalid UTF-8",
		`"a@b`:              "unterminated quoted string",
		`"a\"@b`:            "unterminated quoted string",
	} {
		err := checkAddress(address)
		if text := fmt.Sprintf("invalid address %q: %s", address, want); err == nil || err.Error() != text {
			t.Errorf("%v, want %s", err, text)
		}
		r, err := Deliver(t.Context(), []Server{{Address: "mail:25"}}, envelope("b@x", address), &text{})
		if e := asError(err); e == nil || e.Kind != KindInvalidArgument || outcomes(r) != "refused refused" {
			t.Errorf("%q: %s, %s", address, describe(err), outcomes(r))
		}
	}
	for _, address := range []string{"", `"a b"@x`, `"a>\"<"@x`, "a@[IPv6:::1]", "é@x", "a+b=c@x"} {
		if err := checkAddress(address); err != nil {
			t.Error(err)
		}
	}
}
