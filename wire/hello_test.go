package wire

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

// A server that refuses EHLO has no extensions. The error about a missing one
// has the reply to EHLO.
func TestRefusedHello(t *testing.T) {
	const greeting = `
		S: 220 hi
		C: EHLO me`
	const helo = greeting + `
		S: 502 5.5.1 unknown command
		C: HELO me
		S: 250 test`
	const quit = `
		C: QUIT
		S: 221 bye`
	eightBit := envelope("bob@example.org")
	eightBit.EightBit = true
	unknown := envelope("bob@example.org")
	unknown.EightBitKnown = false
	utf8 := envelope("bob@example.org")
	utf8.UTF8 = "the Subject"
	dsn := envelope("bob@example.org")
	dsn.DSN.Notify = "NEVER"
	for _, test := range []struct {
		name     string
		server   Server
		envelope Envelope
		dialogue string
		kind     Kind // 0: the mail is accepted
		err      string
		cause    bool // the error is a HelloError
	}{
		{"nothing is missing", Server{Security: TLSNone}, envelope("bob@example.org"), helo + `
			C: MAIL FROM:<alice@example.org>
			S: 250 ok
			C: RCPT TO:<bob@example.org>
			S: 250 ok
			C: DATA
			S: 354 go
			C: caf\xe9
			C: .
			S: 250 ok` + quit, 0, "", false},
		{"TLS", Server{}, envelope("bob@example.org"), helo, KindAuthOrTLS,
			"test: STARTTLS: the server does not offer STARTTLS: EHLO was refused: 502 5.5.1 unknown command", true},
		{"login", Server{Security: TLSNone, Login: &Login{User: "bob", Password: "x"}}, envelope("bob@example.org"), helo,
			KindAuthOrTLS, "test: AUTH: no usable login mechanism: the server offers none: EHLO was refused: 502 5.5.1 ", true},
		{"8BITMIME", Server{Security: TLSNone}, eightBit, helo + quit,
			KindBadMessage, "8BITMIME: EHLO was refused: 502 5.5.1 unknown command", true},
		{"8BITMIME in the content", Server{Security: TLSNone}, unknown, helo + `
			C: MAIL FROM:<alice@example.org>
			S: 250 ok
			C: RCPT TO:<bob@example.org>
			S: 250 ok
			C: DATA
			S: 354 go`,
			KindBadMessage, "8BITMIME: EHLO was refused: 502 5.5.1 unknown command", true},
		{"SMTPUTF8", Server{Security: TLSNone}, utf8, helo + quit,
			KindBadMessage, ": EHLO was refused: 502 5.5.1 unknown command", true},
		{"DSN", Server{Security: TLSNone}, dsn, helo + quit,
			KindBadMessage, ": EHLO was refused: 502 5.5.1 unknown command", true},
		{"HELO refused too", Server{}, envelope("bob@example.org"), greeting + `
			S: 550 5.7.1 your name is not valid
			C: HELO me
			S: 503 5.5.1 bad sequence` + quit, KindPermanent, "test: EHLO: 550 5.7.1 your name is not valid", false},
		{"EHLO refused with the code of a message that is too big", Server{}, envelope("bob@example.org"), greeting + `
			S: 552 5.3.4 no room for you
			C: HELO me
			S: 552 5.3.4 no room for you` + quit, KindPermanent, "test: EHLO: 552 5.3.4 no room for you", false},
		{"greeting with that code", Server{}, envelope("bob@example.org"), `
			S: 552 5.3.4 no room for you
			C: QUIT
			close`, KindPermanent, "test: greeting: 552 5.3.4 no room for you", false},
		{"HELO refused for now", Server{}, envelope("bob@example.org"), greeting + `
			S: 502 5.5.1 unknown command
			C: HELO me
			S: 450 4.7.1 not now` + quit, KindTemporary, "test: EHLO: 450 4.7.1 not now", false},
		{"closed after EHLO", Server{}, envelope("bob@example.org"), greeting + `
			S: 501 5.5.4 invalid name
			close`, KindPermanent, "test: EHLO: the server closed the connection: 501 5.5.4 invalid name", false},
		{"closed after HELO", Server{}, envelope("bob@example.org"), greeting + `
			S: 501 5.5.4 invalid name
			C: HELO me
			close`, KindPermanent, "test: EHLO: the server closed the connection: 501 5.5.4 invalid name", false},
		{"closed in the reply to HELO", Server{}, envelope("bob@example.org"), greeting + `
			S: 501 5.5.4 invalid name
			C: HELO me
			s: 50
			close`, KindPermanent, "test: EHLO: " + errClosedInReply.Error() + ": 501 5.5.4 invalid name", false},
		{"closed after a temporary refusal", Server{}, envelope("bob@example.org"), greeting + `
			S: 450 4.3.2 not now
			close`, KindTemporary, "test: EHLO: 450 4.3.2 not now", false},
		{"LHLO refused", Server{LMTP: true}, envelope("bob@example.org"), `
			S: 220 hi
			C: LHLO me
			S: 500 5.5.1 unknown command` + quit, KindPermanent, "test: LHLO: 500 5.5.1 unknown command", false},
		{"LHLO refused for now", Server{LMTP: true}, envelope("bob@example.org"), `
			S: 220 hi
			C: LHLO me
			S: 450 4.3.2 not now` + quit, KindTemporary, "test: LHLO: 450 4.3.2 not now", false},
		{"closed after LHLO", Server{LMTP: true}, envelope("bob@example.org"), `
			S: 220 hi
			C: LHLO me
			close`, KindTemporary, "test: LHLO: the server closed the connection", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{t: t, script: strings.ReplaceAll(test.dialogue, `\xe9`, "\xe9")}
				test.server.Name, test.server.Hello = "test", "me"
				test.server.Dial = s.dial
				if test.server.Login != nil {
					test.server.Dial = s.dialUnix
				}
				_, err := Deliver(t.Context(), []Server{test.server}, test.envelope, &text{s: "caf\xe9\r\n"})
				<-s.done
				if test.kind == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				e := asError(err)
				if e == nil || e.Kind != test.kind || !strings.Contains(e.Error(), test.err) {
					t.Errorf("%v\nwant kind %v, %s", err, test.kind, test.err)
				}
				if e.TryNext() != (test.kind == KindTemporary) {
					t.Errorf("%v: TryNext is %t", err, e.TryNext())
				}
				if errors.Is(err, ErrNoEHLO) != test.cause {
					t.Errorf("%v is ErrNoEHLO: %t", err, !test.cause)
				}
			})
		})
	}
}
