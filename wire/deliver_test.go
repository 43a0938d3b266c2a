package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
)

const (
	hello  = "S: 220 hi\nC: EHLO me\nS: 250-test\n" // and more lines of 250
	from   = "C: MAIL FROM:<alice@example.org>\n"
	pipe   = hello + "S: 250 PIPELINING\n"
	serial = hello + "S: 250 SIZE\n"
	body   = "C: hi\nC: .\n"
	bye    = "C: QUIT\nS: 221 bye\n"
)

func rcptTo(names ...string) (script string) {
	for _, name := range names {
		script += "C: RCPT TO:<" + name + "@x>\n"
	}
	return script
}

func addresses(names ...string) (to []string) {
	for _, name := range names {
		to = append(to, name+"@x")
	}
	return to
}

// outcomes is the receipt in a line: a letter for each recipient.
func outcomes(r Receipt) (s string) {
	for _, to := range r.Recipients {
		s += "?ARD"[to.Outcome : to.Outcome+1]
	}
	return s
}

// A delivery is a dialogue and what comes of it.
type dialogue struct {
	name     string
	to       string // a letter a recipient
	set      func(*Envelope)
	server   Server
	content  string
	scripts  []string
	outcomes string
	kind     Kind
	words    string
	writes   int // -1: not counted
}

func (d dialogue) run(t *testing.T) {
	e := envelope(addresses(strings.Split(d.to, "")...)...)
	if d.set != nil {
		d.set(&e)
	}
	if d.content == "" {
		d.content = "hi\r\n"
	}
	content := &text{s: d.content}
	r, _, err := talk(t, e, content, d.server, d.scripts...)
	if got := outcomes(r); got != d.outcomes {
		t.Errorf("outcomes %s, want %s", got, d.outcomes)
	}
	switch got := asError(err); {
	case d.kind == 0 && err != nil:
		t.Error(err)
	case d.kind != 0 && (got == nil || got.Kind != d.kind || !strings.Contains(got.Error(), d.words)):
		t.Errorf("%v; want kind %d, %q", err, d.kind, d.words)
	}
	if d.writes >= 0 && content.writes != d.writes {
		t.Errorf("content written %d times, want %d", content.writes, d.writes)
	}
}

func runAll(t *testing.T, all []dialogue) {
	for _, d := range all {
		t.Run(d.name, func(t *testing.T) { synctest.Test(t, d.run) })
	}
}

func TestPlainDialogues(t *testing.T) {
	runAll(t, []dialogue{
		{name: "without PIPELINING", to: "b", outcomes: "A", writes: 1, scripts: []string{
			serial + from + "S: 250\n" + rcptTo("b") + "S: 250\nC: DATA\nS: 354\n" + body + "S: 250\n" + bye}},
		{name: "HELO", to: "b", outcomes: "A", writes: 1, scripts: []string{
			"S: 220 hi\nC: EHLO me\nS: 502 what\nC: HELO me\nS: 250 hi\n" + from + "S: 250\n" + rcptTo("b") + "S: 250\nC: DATA\nS: 354\n" + body + "S: 250\n" + bye}},
		{name: "HELO refused", to: "b", outcomes: "R", kind: KindPermanent, words: "EHLO: 502 what", scripts: []string{
			"S: 220 hi\nC: EHLO me\nS: 502 what\nC: HELO me\nS: 550 no\n" + bye}},
		{name: "LHLO is not HELO", to: "b", outcomes: "R", kind: KindPermanent, words: "LHLO: 500 what", server: Server{LMTP: true}, scripts: []string{
			"S: 220 hi\nC: LHLO me\nS: 500 what\n" + bye}},
		{name: "greeting over lines", to: "b", outcomes: "A", writes: 1, scripts: []string{
			"S: 220-hi\nS: 220 there\nC: EHLO me\nS: 250-test\nS: 250 SIZE\n" + from + "S: 251 will do\n" + rcptTo("b") + "S: 252 perhaps\nC: DATA\nS: 354-\nS: 354\n" + body + "S: 299\n" + bye}},
		{name: "greeting 250", to: "b", outcomes: "R", kind: KindProtocol, words: "greeting: unexpected reply: 250 hi", scripts: []string{"S: 250 hi"}},
		{name: "greeting 554", to: "b", outcomes: "R", kind: KindPermanent, words: "greeting: 554 no", scripts: []string{"S: 554 no\n" + bye}},
		{name: "EHLO 354", to: "b", outcomes: "R", kind: KindProtocol, words: "EHLO: unexpected reply: 354", scripts: []string{"S: 220 hi\nC: EHLO me\nS: 354"}},
		{name: "dot 354", to: "b", outcomes: "?", kind: KindProtocol, words: "end of data: outcome unknown: the mail <1@example.org> may have been delivered: unexpected reply: 354", writes: 1, scripts: []string{
			serial + from + "S: 250\n" + rcptTo("b") + "S: 250\nC: DATA\nS: 354\n" + body + "S: 354 go on"}},
		{name: "the null sender", to: "b", outcomes: "A", writes: 1, set: func(e *Envelope) { e.From = "" }, scripts: []string{
			serial + "C: MAIL FROM:<>\nS: 250\n" + rcptTo("b") + "S: 250\nC: DATA\nS: 354\n" + body + "S: 250\n" + bye}},
		{name: "keywords in any case and spacing", to: "b", outcomes: "A", writes: 1, set: func(e *Envelope) { e.Size, e.EightBit = 4, true }, scripts: []string{
			hello + "S: 250-  sIzE \t 1000\nS: 250-8bitmime \nS: 250 Pipelining\n" +
				"C: MAIL FROM:<alice@example.org> SIZE=4 BODY=8BITMIME\n" + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
		{name: "replies by octets", to: "b", outcomes: "A", writes: 1, scripts: []string{
			pipe + from + rcptTo("b") + "C: DATA\ns: 2\ns: 5\ns: 0\ns: -\ns: \\r\ns: \\n2\ns: 50\\r\\n\ns: 250\\r\\n\ns: 3\ns: 5\ns: 4\\r\ns: \\n\n" + body + "C: QUIT\ns: 25\ns: 0\\r\\n22\ns: 1\\r\\n"}},
	})
}

func TestEnvelopeParameters(t *testing.T) {
	const all = hello + "S: 250-PIPELINING\nS: 250-SIZE 100\nS: 250-8BITMIME\nS: 250-SMTPUTF8\nS: 250 DSN\n"
	const end = "C: DATA\nS: 250\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"
	runAll(t, []dialogue{
		{name: "size and 8-bit not known", to: "b", outcomes: "A", writes: 1, set: func(e *Envelope) { e.Size, e.EightBitKnown = -1, false }, scripts: []string{
			all + "C: MAIL FROM:<alice@example.org> BODY=8BITMIME\n" + rcptTo("b") + end}},
		{name: "7-bit is known", to: "b", outcomes: "A", writes: 1, set: func(e *Envelope) { e.Size = 100 }, scripts: []string{
			all + "C: MAIL FROM:<alice@example.org> SIZE=100\n" + rcptTo("b") + end}},
		{name: "DSN", to: "b", outcomes: "A", writes: 1, set: func(e *Envelope) {
			e.DSN.Notify, e.DSN.Return, e.DSN.EnvelopeID, e.To = "success,failure", "hdrs", "a+b=c d", []string{"b+1@x"}
		}, scripts: []string{
			all + "C: MAIL FROM:<alice@example.org> RET=HDRS ENVID=a+2Bb+3Dc+20d\nC: RCPT TO:<b+1@x> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2B1@x\n" + end}},
		{name: "SMTPUTF8", to: "b", outcomes: "A", writes: 1, set: func(e *Envelope) { e.DSN.Notify, e.To = "never", []string{"bé=@x"} }, scripts: []string{
			all + "C: MAIL FROM:<alice@example.org> SMTPUTF8\nC: RCPT TO:<bé=@x> NOTIFY=NEVER ORCPT=utf-8;bé\\x{3D}@x\n" + end}},

		{name: "over the size", to: "b", outcomes: "R", kind: KindBadMessage, words: "message too large for the server: 101 octets, the limit is 100", set: func(e *Envelope) { e.Size = 101 }, scripts: []string{all + bye}},
		{name: "no limit", to: "b", outcomes: "A", writes: 1, set: func(e *Envelope) { e.Size = 101 }, scripts: []string{
			hello + "S: 250-PIPELINING\nS: 250 SIZE 0\nC: MAIL FROM:<alice@example.org> SIZE=101\n" + rcptTo("b") + end}},
		{name: "a stream over the size", to: "b", outcomes: "R", kind: KindBadMessage, words: "content: message too large for the server: over the limit of 100 octets", writes: 1,
			set: func(e *Envelope) { e.Size = -1 }, content: strings.Repeat("ten octets\n", 10), scripts: []string{
				all + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354"}},
		{name: "no 8BITMIME", to: "b", outcomes: "R", kind: KindBadMessage, words: "does not offer 8BITMIME", set: func(e *Envelope) { e.EightBit = true }, scripts: []string{pipe + bye}},
		{name: "no 8BITMIME and an octet comes", to: "b", outcomes: "R", kind: KindBadMessage, words: "content: octet over 127", writes: 1,
			set: func(e *Envelope) { e.EightBitKnown = false }, content: "\xe9\r\n", scripts: []string{
				pipe + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354"}},
		{name: "no SMTPUTF8", to: "b", outcomes: "R", kind: KindBadMessage, words: "does not offer SMTPUTF8, which is needed for the field Subject", set: func(e *Envelope) { e.UTF8 = "the field Subject" }, scripts: []string{pipe + bye}},
		{name: "neither", to: "b", outcomes: "R", kind: KindBadMessage, words: "does not offer SMTPUTF8, which is needed for b\u00e9@x", set: func(e *Envelope) { e.EightBit, e.UTF8 = true, "b\u00e9@x" }, scripts: []string{pipe + bye}},
		{name: "no DSN", to: "b", outcomes: "R", kind: KindBadMessage, words: "does not offer DSN", set: func(e *Envelope) { e.DSN.Notify = "never" }, scripts: []string{pipe + bye}},
	})
}

func TestArguments(t *testing.T) {
	for _, address := range []string{"", "a@b\r\nRSET", "a@b\n", "a\x00@b", "a@b> NOTIFY=NEVER", "a b@x", "<a@b", "a\x7f@b", "a\u0085@b", "a\xff@b", `"a@b`, `"a\"@b`} {
		r, err := Deliver(t.Context(), []Server{{}}, envelope("b@x", address), &text{})
		if e := asError(err); e == nil || e.Kind != KindInvalidArgument || outcomes(r) != "RR" {
			t.Errorf("%q: %v, %s", address, err, outcomes(r))
		}
	}
	for _, address := range []string{`"a b"@x`, `"a>\"<"@x`, "a@[IPv6:::1]", "é@x", "a+b=c@x"} {
		if err := checkAddress(address); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
	for _, set := range []func(*Envelope){
		func(e *Envelope) { e.To = nil }, func(e *Envelope) { e.From = "a\nb" },
		func(e *Envelope) { e.DSN.Notify = "never\r\n" }, func(e *Envelope) { e.DSN.Return = "full x" },
	} {
		e := envelope("b@x")
		set(&e)
		if _, err := Deliver(t.Context(), []Server{{}}, e, &text{}); asError(err) == nil || asError(err).Kind != KindInvalidArgument {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if _, err := Deliver(t.Context(), nil, envelope("b@x"), &text{}); asError(err) == nil || asError(err).Kind != KindInvalidArgument {
		t.Errorf("no server: %v", err)
	}
}

func TestRecipients(t *testing.T) {
	abc := pipe + from + rcptTo("a", "b", "c") + "C: DATA\nS: 250\n"
	slow := serial + from + "S: 250\n"
	runAll(t, []dialogue{
		{name: "some refused", to: "abc", outcomes: "ARD", kind: KindPermanent, words: "2 of 3 recipients were not served: b@x: 550 no", writes: 1, scripts: []string{
			abc + "S: 250\nS: 550 no\nS: 450 later\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
		{name: "all refused, DATA too", to: "abc", outcomes: "RRR", kind: KindNoRecipient, words: "RCPT: a@x (and 2 more): 550 no", scripts: []string{
			abc + "S: 550 no\nS: 551 no\nS: 553 no\nS: 503 no\n" + bye}},
		{name: "all refused and DATA 354: not an octet", to: "abc", outcomes: "RRR", kind: KindNoRecipient, words: "550 no", scripts: []string{
			abc + "S: 550 no\nS: 551 no\nS: 553 no\nS: 354 go"}},
		{name: "all refused and closed", to: "abc", outcomes: "RRR", kind: KindNoRecipient, words: "550 no", scripts: []string{
			abc + "S: 550 no\nS: 551 no\nS: 553 no\nclose"}},
		{name: "all refused, one for now", to: "abc", outcomes: "RDR", kind: KindTemporary, words: "b@x (and 2 more): 450 later", scripts: []string{
			abc + "S: 550 no\nS: 450 later\nS: 553 no\nS: 503 no\n" + bye}},
		{name: "all want a login", to: "abc", outcomes: "RRR", kind: KindAuthOrTLS, words: "530 log in", scripts: []string{
			abc + "S: 530 log in\nS: 535 no\nS: 538 no\nS: 503 no\n" + bye}},
		{name: "one wants a login", to: "abc", outcomes: "RRR", kind: KindNoRecipient, words: "530 log in", scripts: []string{
			abc + "S: 530 log in\nS: 550 no\nS: 538 no\nS: 503 no\n" + bye}},
		{name: "too big for one", to: "abc", outcomes: "RRR", kind: KindBadMessage, words: "b@x (and 2 more): 552 5.3.4 too big", scripts: []string{
			abc + "S: 550 no\nS: 552 5.3.4 too big\nS: 538 no\nS: 503 no\n" + bye}},
		{name: "MAIL wants a login", to: "b", outcomes: "R", kind: KindAuthOrTLS, words: "MAIL: 530 log in", scripts: []string{
			pipe + from + rcptTo("b") + "C: DATA\nS: 530 log in\nS: 503\nS: 503\n" + bye}},
		{name: "MAIL too big", to: "b", outcomes: "R", kind: KindBadMessage, words: "MAIL: message too large for the server: 552 5.3.4 too big", scripts: []string{
			serial + from + "S: 552 5.3.4 too big\n" + bye}},
		{name: "dot too big", to: "b", outcomes: "R", kind: KindBadMessage, words: "end of data: message too large for the server: 552 5.3.4 too big", writes: 1, scripts: []string{
			pipe + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 552 5.3.4 too big\nS: 221"}},
		{name: "dot refused after one was deferred", to: "ab", outcomes: "DR", kind: KindTemporary, words: "450 later", writes: 1, scripts: []string{
			pipe + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 450 later\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 554 spam\nS: 221"}},
		{name: "MAIL refused and DATA 354", to: "b", outcomes: "R", kind: KindPermanent, words: "MAIL: 550 no", scripts: []string{
			pipe + from + rcptTo("b") + "C: DATA\nS: 550 no\nS: 250\nS: 354"}},
		{name: "MAIL refused and closed", to: "b", outcomes: "R", kind: KindPermanent, words: "MAIL: 550 no", scripts: []string{
			pipe + from + rcptTo("b") + "C: DATA\nS: 550 no\nclose"}},
		{name: "closed at RCPT", to: "abc", outcomes: "RDD", kind: KindTemporary, words: "RCPT: the server closed", scripts: []string{
			abc + "S: 550 no\nclose"}},
		{name: "RCPT 354", to: "abc", outcomes: "RRR", kind: KindProtocol, words: "RCPT: unexpected reply: 354", scripts: []string{abc + "S: 354"}},
		{name: "DATA 250", to: "abc", outcomes: "RRR", kind: KindProtocol, words: "DATA: unexpected reply: 250", scripts: []string{abc + "S: 250\nS: 250\nS: 250\nS: 250"}},
		{name: "DATA 250 for nobody", to: "abc", outcomes: "RRR", kind: KindNoRecipient, words: "550", scripts: []string{abc + "S: 550\nS: 550\nS: 550\nS: 250\n" + bye}},
		{name: "refused one by one", to: "ab", outcomes: "RR", kind: KindNoRecipient, words: "550 no", scripts: []string{
			slow + rcptTo("a") + "S: 550 no\n" + rcptTo("b") + "S: 550 no\n" + bye}},
		{name: "421 one by one", to: "ab", outcomes: "DD", kind: KindTemporary, words: "RCPT: 421 bye", scripts: []string{slow + rcptTo("a") + "S: 421 bye"}},
	})
}

func TestPartialRefuse(t *testing.T) {
	refuse := func(e *Envelope) { e.AllOrNothing = true }
	ab := pipe + from + rcptTo("a", "b") + "S: 250\n" // DATA waits
	two := hello + "S: 250-PIPELINING\nS: 250 LIMITS RCPTMAX=2\n"
	one := hello + "S: 250-PIPELINING\nS: 250 LIMITS RCPTMAX=2 MAILMAX=1\n"
	runAll(t, []dialogue{
		{name: "nobody refused", to: "ab", set: refuse, outcomes: "AA", writes: 1, scripts: []string{
			ab + "S: 250\nS: 250\nC: DATA\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
		{name: "one for good", to: "ab", set: refuse, outcomes: "RR", kind: KindPermanent, words: "1 of 2 recipients were refused: the message was sent to none: 550 no", scripts: []string{
			ab + "S: 250\nS: 550 no\n" + bye}},
		{name: "one for now", to: "ab", set: refuse, outcomes: "DD", kind: KindTemporary, words: "450 later", scripts: []string{
			ab + "S: 450 later\nS: 250\n" + bye}},
		{name: "both kinds", to: "abc", set: refuse, outcomes: "DRR", kind: KindPermanent, words: "550 no", scripts: []string{
			pipe + from + rcptTo("a", "b", "c") + "S: 250\nS: 450 later\nS: 550 no\nS: 250\n" + bye}},
		{name: "several transactions are asked first", to: "abc", set: refuse, outcomes: "AAA", writes: 1, scripts: []string{
			two + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\nC: RSET\n" + from + rcptTo("c") + "S: 250\nS: 250\nS: 250\n" +
				"C: RSET\n" + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\nS: 250\nC: DATA\nS: 354\n" + body + "S: 250\n" +
				from + rcptTo("c") + "S: 250\nS: 250\nC: DATA\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
		{name: "one refused in the second", to: "abc", set: refuse, outcomes: "RRR", kind: KindPermanent, words: "1 of 3 recipients were refused: the message was sent to none: 550 no", scripts: []string{
			two + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\nC: RSET\n" + from + rcptTo("c") + "S: 250\nS: 250\nS: 550 no\n" + bye}},
		{name: "all refused in two", to: "abc", set: refuse, outcomes: "RRR", kind: KindNoRecipient, words: "RCPT: a@x (and 2 more): 550 no", scripts: []string{
			two + from + rcptTo("a", "b") + "S: 250\nS: 550 no\nS: 550 no\nC: RSET\n" + from + rcptTo("c") + "S: 250\nS: 250\nS: 550 no\n" + bye}},
		{name: "421 while they are asked", to: "abc", set: refuse, outcomes: "AAA", writes: 1, scripts: []string{
			two + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\nC: RSET\n" + from + rcptTo("c") + "S: 250\nS: 250\nS: 421 enough",
			two + from + rcptTo("c") + "S: 250\nS: 250\nC: RSET\n" + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\nS: 250\nC: DATA\nS: 354\n" + body + "S: 250\n" +
				from + rcptTo("c") + "S: 250\nS: 250\nC: DATA\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
		{name: "421 again while they are asked", to: "abc", set: refuse, outcomes: "DDD", kind: KindTemporary, words: "MAIL: 421 enough", scripts: []string{
			two + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\nC: RSET\n" + from + rcptTo("c") + "S: 421 enough",
			two + from + rcptTo("c") + "S: 421 enough"}},
		{name: "asked over as many connections as MAILMAX wants", to: "abc", set: refuse, outcomes: "AAA", writes: 1, scripts: []string{
			one + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\n" + bye,
			one + from + rcptTo("c") + "S: 250\nS: 250\n" + bye,
			one + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\nC: DATA\nS: 354\n" + body + "S: 250\n" + bye,
			one + from + rcptTo("c") + "S: 250\nS: 250\nC: DATA\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
		{name: "the last one asked is refused", to: "abc", set: refuse, outcomes: "RRR", kind: KindPermanent, words: "1 of 3 recipients were refused: the message was sent to none: 550 no", scripts: []string{
			one + from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\n" + bye,
			one + from + rcptTo("c") + "S: 250\nS: 550 no\n" + bye}},
		{name: "452 shows that it takes two", to: "ab", set: refuse, outcomes: "RR", kind: KindPermanent, words: "1 of 2", scripts: []string{
			ab + "S: 250\nS: 452 enough\nC: RSET\n" + from + rcptTo("a") + "S: 250\nS: 250\nS: 250\nC: RSET\n" + from + rcptTo("b") + "S: 250\nS: 250\nS: 550 no\n" + bye}},
		{name: "all", to: "ab", set: refuse, outcomes: "RR", kind: KindNoRecipient, words: "550 no", scripts: []string{
			ab + "S: 550 no\nS: 550 no\n" + bye}},
	})
}

// What was refused of others is no reply to those who were accepted.
func TestPartialRefuseReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := envelope("a@x", "b@x")
		e.AllOrNothing = true
		r, _, _ := talk(t, e, &text{s: "hi\n"}, Server{}, pipe+from+rcptTo("a", "b")+"S: 250\nS: 250\nS: 550 no\n"+bye)
		a, b := r.Recipients[0], r.Recipients[1]
		if a.Reply.Code != 0 || a.Reason != "1 of 2 recipients were refused: the message was sent to none" || b.Reply.Code != 550 || b.Reason != "" {
			t.Errorf("%+v, %+v", a, b)
		}
	})
}

// That one server takes everybody says nothing about the next.
func TestPartialRefuseAsksEachServer(t *testing.T) {
	const two = hello + "S: 250-PIPELINING\nS: 250 LIMITS RCPTMAX=2\n"
	ab := from + rcptTo("a", "b") + "S: 250\nS: 250\nS: 250\n"
	c := "C: RSET\n" + from + rcptTo("c") + "S: 250\n"
	refused := two + ab + c + "S: 250\nS: 550 no\n" + bye
	for name, first := range map[string]string{
		"asked":      two + ab + c + "S: 250\nS: 250\nC: RSET\n" + from + rcptTo("a", "b") + "S: 250\nS: 451 busy\nS: 503\nS: 503\n" + bye,
		"half asked": two + ab + c + "S: 451 busy\nS: 503\n" + bye,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, next := &scripted{t: t, script: first}, &scripted{t: t, script: refused}
				e := envelope(addresses("a", "b", "c")...)
				e.AllOrNothing = true
				content := &text{s: "hi\n"}
				r, err := Deliver(t.Context(), []Server{{Name: "one", Hello: "me", Dial: one.dial, Security: TLSNone}, {Name: "two", Hello: "me", Dial: next.dial, Security: TLSNone}}, e, content)
				if e := asError(err); e == nil || e.Kind != KindPermanent || outcomes(r) != "RRR" || content.writes > 0 {
					t.Errorf("%v, %s, written %d times", err, outcomes(r), content.writes)
				}
				synctest.Wait()
			})
		})
	}
}

func TestUnasked(t *testing.T) {
	b := pipe + from + rcptTo("b") + "C: DATA\n"
	runAll(t, []dialogue{
		{name: "421 with the greeting", to: "b", outcomes: "D", kind: KindTemporary, words: "EHLO: unsolicited reply: 421 bye", scripts: []string{`s: 220 hi\r\n421 bye\r\n`}},
		{name: "550 with the greeting", to: "b", outcomes: "R", kind: KindPermanent, words: "unsolicited reply: 550 no", scripts: []string{`s: 220 hi\r\n550 no\r\n`}},
		{name: "250 with the greeting", to: "b", outcomes: "R", kind: KindProtocol, words: "unsolicited reply: 250 ok", scripts: []string{`s: 220 hi\r\n250 ok\r\n`}},
		{name: "garbage with the greeting", to: "b", outcomes: "R", kind: KindProtocol, words: "not an SMTP reply", scripts: []string{`s: 220 hi\r\nok\r\n`}},
		{name: "250 with EHLO's reply", to: "b", outcomes: "R", kind: KindProtocol, words: "MAIL: unsolicited reply: 250 ok", scripts: []string{
			"S: 220 hi\nC: EHLO me\n" + `s: 250 hi\r\n250 ok\r\n`}},
		{name: "250 with the 354", to: "b", outcomes: "R", kind: KindProtocol, words: "content: unsolicited reply: 250 ok", scripts: []string{
			b + `s: 250\r\n250\r\n354\r\n250 ok\r\n`}},
		{name: "552 with the 354", to: "b", outcomes: "R", kind: KindPermanent, words: "content: unsolicited reply: 552 full", scripts: []string{
			b + `s: 250\r\n250\r\n354\r\n552 full\r\n`}},
		{name: "a second reply to RCPT", to: "b", outcomes: "R", kind: KindProtocol, words: "DATA: unexpected reply: 250", scripts: []string{
			b + `s: 250\r\n250\r\n250\r\n354\r\n`}},
		{name: "a reply less", to: "b", outcomes: "R", kind: KindProtocol, words: "RCPT: unexpected reply: 354", scripts: []string{
			b + `s: 250\r\n354\r\n`}},
	})
}

func TestLMTP(t *testing.T) {
	lmtp := Server{LMTP: true}
	abc := strings.Replace(pipe, "EHLO", "LHLO", 1) + from + rcptTo("a", "b", "c") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 250\nS: 354\n" + body + "C: QUIT\n"
	runAll(t, []dialogue{
		{name: "all", to: "abc", server: lmtp, outcomes: "AAA", writes: 1, scripts: []string{abc + "S: 250\nS: 250\nS: 250\nS: 221"}},
		{name: "mixed", to: "abc", server: lmtp, outcomes: "ARD", kind: KindPermanent, words: "2 of 3 recipients were not served: b@x: 550 no", writes: 1, scripts: []string{
			abc + "S: 250\nS: 550 no\nS: 452 full\nS: 221"}},
		{name: "none", to: "abc", server: lmtp, outcomes: "RRR", kind: KindNoRecipient, words: "end of data: a@x (and 2 more): 550 no", writes: 1, scripts: []string{
			abc + "S: 550 no\nS: 550 no\nS: 552 full\nS: 221"}},
		{name: "none, one for now", to: "abc", server: lmtp, outcomes: "RRD", kind: KindTemporary, words: "452 full", writes: 1, scripts: []string{
			abc + "S: 550 no\nS: 550 no\nS: 452 full\nS: 221"}},
		{name: "cut after one", to: "abc", server: lmtp, outcomes: "A??", kind: KindPermanent, words: "outcome unknown: the mail <1@example.org> may have been delivered", writes: 1, scripts: []string{
			abc + "S: 250\nclose"}},
		{name: "354 after one", to: "abc", server: lmtp, outcomes: "A??", kind: KindPermanent, words: "outcome unknown", writes: 1, scripts: []string{
			abc + "S: 250\nS: 354"}},
		{name: "cut after a refusal", to: "abc", server: lmtp, outcomes: "R??", kind: KindTemporary, words: "outcome unknown", writes: 1, scripts: []string{
			abc + "S: 550\nclose"}},
		{name: "421 after one", to: "abc", server: lmtp, outcomes: "AD?", kind: KindPermanent, words: "2 of 3 recipients were not served: c@x: outcome unknown", writes: 1, scripts: []string{
			abc + "S: 250\nS: 421 bye\nclose"}},
		{name: "421 to the first", to: "abc", server: lmtp, outcomes: "D??", kind: KindTemporary, words: "outcome unknown", writes: 1, scripts: []string{
			abc + "S: 421 bye\nclose"}},
		{name: "garbage after one", to: "abc", server: lmtp, outcomes: "A??", kind: KindPermanent, words: "b@x: outcome unknown: the mail <1@example.org> may have been delivered: not an SMTP reply", writes: 1, scripts: []string{
			abc + "S: 250\nS: what\nclose"}},
		{name: "two mails", to: "ab", server: lmtp, outcomes: "AA", writes: 1, scripts: []string{
			"S: 220 hi\nC: LHLO me\nS: 250-x\nS: 250-PIPELINING\nS: 250 LIMITS RCPTMAX=1\n" + from + rcptTo("a") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + body + "S: 250\n" +
				from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
		{name: "one refused before", to: "ab", server: lmtp, outcomes: "RA", kind: KindPermanent, words: "1 of 2", writes: 1, scripts: []string{
			strings.Replace(pipe, "EHLO", "LHLO", 1) + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 550\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
	})
}

func TestManyTransactions(t *testing.T) {
	sent := body + "S: 250\n"
	final := body + "C: QUIT\nS: 250\nS: 221\n"
	limits := hello + "S: 250-PIPELINING\nS: 250 LIMITS MAILMAX=9 RCPTMAX=2\n"
	runAll(t, []dialogue{
		{name: "LIMITS RCPTMAX", to: "abc", outcomes: "AAA", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + sent +
				from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "LIMITS MAILMAX", to: "abc", outcomes: "AAA", writes: 1, scripts: []string{
			hello + "S: 250-PIPELINING\nS: 250 LIMITS RCPTMAX=1 mailmax=2\n" + from + rcptTo("a") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + sent +
				from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + sent + bye,
			pipe + from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "452 opens the next", to: "abc", outcomes: "AAA", writes: 1, scripts: []string{
			pipe + from + rcptTo("a", "b", "c") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 452 enough\nS: 354\n" + sent +
				from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "451 4.5.3 opens the next", to: "abc", outcomes: "AAA", writes: 1, scripts: []string{
			pipe + from + rcptTo("a", "b", "c") + "C: DATA\nS: 250\nS: 250\nS: 451 4.5.3 enough\nS: 451 4.5.3 enough\nS: 354\n" + sent +
				from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + sent +
				from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "452 for one mailbox does not lower the limit", to: "abcd", outcomes: "ADAA", kind: KindPermanent, words: "452 4.2.2 full", writes: 1, scripts: []string{
			hello + "S: 250-PIPELINING\nS: 250 LIMITS RCPTMAX=3\n" + from + rcptTo("a", "b", "c") + "C: DATA\nS: 250\nS: 250\nS: 452 4.2.2 full\nS: 250\nS: 354\n" + sent +
				from + rcptTo("b", "d") + "C: DATA\nS: 250\nS: 452 4.2.2 full\nS: 250\nS: 354\n" + final}},
		{name: "452 to the first is for now", to: "ab", outcomes: "DA", kind: KindPermanent, words: "452 full", writes: 1, scripts: []string{
			pipe + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 452 full\nS: 250\nS: 354\n" + final}},
		{name: "452 to the next transaction's first is for now", to: "ab", outcomes: "AD", kind: KindPermanent, words: "1 of 2 recipients were not served: b@x: 452 full", writes: 1, scripts: []string{
			pipe + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 452 full\nS: 354\n" + sent +
				from + rcptTo("b") + "C: DATA\nS: 250\nS: 452 full\nS: 503\n" + bye}},
		{name: "RSET after a refused batch", to: "abc", outcomes: "RRA", kind: KindPermanent, words: "2 of 3", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 550\nS: 550\nS: 503\n" +
				"C: RSET\n" + from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "354 to a refused batch", to: "abc", outcomes: "RRA", kind: KindPermanent, words: "2 of 3", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 550\nS: 550\nS: 354",
			limits + from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "354 to a deferred batch", to: "abc", outcomes: "DDA", kind: KindPermanent, words: "2 of 3", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 452 4.5.3 enough\nS: 450 later\nS: 354",
			limits + from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "354 to a deferred batch, and nobody accepted", to: "abc", outcomes: "DDR", kind: KindTemporary, words: "450 later", scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 450 later\nS: 450 later\nS: 354",
			limits + from + rcptTo("c") + "C: DATA\nS: 250\nS: 550 no\nS: 503\n" + bye}},
		{name: "421 to the dot of content that cannot be written again", to: "ab", outcomes: "RD", kind: KindTemporary, words: "end of data: 421 bye", writes: 1, scripts: []string{
			pipe + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 550 no\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 421 bye"}},
		{name: "421 to the dot of content that can", to: "abc", outcomes: "RAA", kind: KindPermanent, words: "1 of 3", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 550 no\nS: 250\nS: 354\n" + body + "S: 421 bye",
			limits + from + rcptTo("b", "c") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "421 between mails", to: "abc", outcomes: "AAA", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + sent +
				from + rcptTo("c") + "C: DATA\nS: 421 enough mails",
			limits + from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "452 4.5.3 to MAIL", to: "abc", outcomes: "AAA", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + sent +
				from + rcptTo("c") + "C: DATA\nS: 452 4.5.3 enough mails\nS: 503\nS: 503\n" + bye,
			limits + from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "421 after errors", to: "abc", outcomes: "RAA", kind: KindPermanent, words: "1 of 3 recipients were not served: a@x: 550 no", writes: 1, scripts: []string{
			pipe + from + rcptTo("a", "b", "c") + "C: DATA\nS: 250\nS: 550 no\nS: 421 enough errors",
			pipe + from + rcptTo("b", "c") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + final}},
		{name: "421 and nobody served or refused", to: "ab", outcomes: "DD", kind: KindTemporary, words: "421 enough", scripts: []string{
			pipe + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 421 enough"}},
		{name: "421 again at once", to: "abc", outcomes: "AAD", kind: KindPermanent, words: "1 of 3 recipients were not served: c@x: 421 not you again", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + sent +
				from + rcptTo("c") + "C: DATA\nS: 421 enough mails",
			"S: 421 not you again"}},
		{name: "lost between mails", to: "abc", outcomes: "AAD", kind: KindPermanent, words: "1 of 3 recipients were not served: c@x: the server closed", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + sent + from + rcptTo("c") + "C: DATA\nclose"}},
		{name: "outcome unknown for some", to: "abc", outcomes: "AA?", kind: KindPermanent, words: "outcome unknown", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + sent +
				from + rcptTo("c") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + body + "C: QUIT\nclose"}},
		{name: "outcome unknown for the first", to: "abc", outcomes: "??D", kind: KindTemporary, words: "outcome unknown", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + body + "close"}},
		{name: "refused at the dot stops", to: "abc", outcomes: "RRR", kind: KindPermanent, words: "end of data: 554 spam", writes: 1, scripts: []string{
			limits + from + rcptTo("a", "b") + "C: DATA\nS: 250\nS: 250\nS: 250\nS: 354\n" + body + "S: 554 spam\n" + bye}},
	})
}

func TestChunking(t *testing.T) {
	chunking := func(e *Envelope) { e.Chunking = true }
	b := hello + "S: 250-PIPELINING\nS: 250 CHUNKING\n" + from + rcptTo("b") + "S: 250\nS: 250\n"
	big := strings.Repeat("0123456789abcd\r\n", bufferSize/16)
	lines := strings.Repeat("C: 0123456789abcd\n", bufferSize/16)
	chunk := fmt.Sprintf("C: BDAT %d\n", bufferSize) + lines
	runAll(t, []dialogue{
		{name: "one chunk", to: "b", set: chunking, outcomes: "A", writes: 1, content: ".\n.\r\nx", scripts: []string{
			b + "C: BDAT 9 LAST\nC: .\nC: .\nC: x\nC: QUIT\nS: 250\nS: 221"}},
		{name: "not offered", to: "b", set: chunking, outcomes: "A", writes: 1, scripts: []string{
			pipe + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"}},
		{name: "two chunks", to: "b", set: chunking, outcomes: "A", writes: 1, content: big + "x\n", scripts: []string{
			b + chunk + "S: 250\nC: BDAT 3 LAST\nC: x\nC: QUIT\nS: 250\nS: 221"}},
		{name: "a block for two waits", to: "b", set: chunking, outcomes: "A", writes: 1, content: strings.Repeat("0123456789abcd\r\n", octetsPerTimeout/16+1), scripts: []string{
			b + fmt.Sprintf("C: BDAT %d\n", octetsPerTimeout) + strings.Repeat("C: 0123456789abcd\n", octetsPerTimeout/16) + "C: BDAT 16\nC: 0123456789abcd\n" +
				"S: 250\nS: 250\nC: BDAT 0 LAST\nC: QUIT\nS: 250\nS: 221"}},
		// What is held is full and its last line has no end, while a chunk still waits for its reply.
		{name: "full at the end", to: "b", set: chunking, outcomes: "A", writes: 1, content: strings.Repeat("0123456789abcd\n", 2*bufferSize/16-1) + "0123456789abcdef", scripts: []string{
			hello + "S: 250 CHUNKING\n" + from + "S: 250\n" + rcptTo("b") + "S: 250\n" + chunk + "sleep\nS: 250\n" +
				fmt.Sprintf("C: BDAT %d LAST\n", bufferSize+len("\r\n")) + strings.TrimSuffix(lines, "C: 0123456789abcd\n") + "C: 0123456789abcdef\nS: 250\n" + bye}},
		{name: "first chunk refused", to: "b", set: chunking, outcomes: "R", kind: KindPermanent, words: "content: 552 full", writes: 1, content: big + "x\n", scripts: []string{
			b + chunk + "S: 552 full"}},
		{name: "first chunk refused for now", to: "b", set: chunking, outcomes: "D", kind: KindTemporary, words: "content: 452 full", writes: 1, content: big + "x\n", scripts: []string{
			b + chunk + "S: 452 full"}},
		{name: "first chunk 354", to: "b", set: chunking, outcomes: "R", kind: KindProtocol, words: "content: unexpected reply: 354", writes: 1, content: big + "x\n", scripts: []string{
			b + chunk + "S: 354"}},
		{name: "last chunk refused", to: "b", set: chunking, outcomes: "R", kind: KindPermanent, words: "end of data: 554 spam", writes: 1, scripts: []string{
			b + "C: BDAT 4 LAST\nC: hi\nC: QUIT\nS: 554 spam\nS: 221"}},
		{name: "cut after the last chunk", to: "b", set: chunking, outcomes: "?", kind: KindTemporary, words: "outcome unknown", writes: 1, scripts: []string{
			b + "C: BDAT 4 LAST\nC: hi\nC: QUIT\nclose"}},
		{name: "a bare CR", to: "b", set: chunking, outcomes: "R", kind: KindBadMessage, words: "bare CR", writes: 1, content: "a\rb", scripts: []string{b}},
		{name: "LMTP", to: "ab", set: chunking, server: Server{LMTP: true}, outcomes: "AR", kind: KindPermanent, words: "550 no", writes: 1, scripts: []string{
			"S: 220 hi\nC: LHLO me\nS: 250-x\nS: 250 CHUNKING\n" + from + "S: 250\n" + rcptTo("a") + "S: 250\n" + rcptTo("b") + "S: 250\nC: BDAT 4 LAST\nC: hi\nS: 250\nS: 550 no\n" + bye}},
	})
}

// Content that is wrong, or whose source fails, is never ended.
func TestContentFails(t *testing.T) {
	b := pipe + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n"
	runAll(t, []dialogue{
		{name: "NUL", to: "b", outcomes: "R", kind: KindBadMessage, words: "content: NUL", writes: 1, content: "a\x00", scripts: []string{b}},
		{name: "CR at the end", to: "b", outcomes: "R", kind: KindBadMessage, words: "content: bare CR", writes: 1, content: "a\r", scripts: []string{b}},
	})
	synctest.Test(t, func(t *testing.T) {
		failing := writing(func(w io.Writer) error {
			io.WriteString(w, "half\r\n")
			return os.ErrInvalid
		})
		_, s, err := talk(t, envelope("b@x"), failing, Server{}, b)
		if e := asError(err); e == nil || e.Kind != KindBadMessage || !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%v", err)
		}
		if got := s[0].got.String(); strings.Contains(got, "\r\n.\r\n") {
			t.Errorf("%q was written", got)
		}
	})
}

// A WriteTo that does not return commits nothing, and its panic is the caller's.
func TestContentDoesNotReturn(t *testing.T) {
	for _, tt := range []struct {
		leave  func()
		caught any
	}{
		{func() { panic("torn") }, "torn"},
		{runtime.Goexit, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &scripted{t: t, script: pipe + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n"}
			defer func() {
				if caught := recover(); caught != tt.caught {
					t.Errorf("caught %v, want %v", caught, tt.caught)
				}
				<-s.done
				if got := s.got.String(); strings.Contains(got, "\r\n.\r\n") {
					t.Errorf("%q was written", got)
				}
			}()
			_, err := Deliver(t.Context(), []Server{{Dial: s.dial, Security: TLSNone, Hello: "me"}}, envelope("b@x"), writing(func(w io.Writer) error {
				io.WriteString(w, "half\r\n")
				tt.leave()
				return nil
			}))
			if e := asError(err); e == nil || e.Kind != KindBadMessage {
				t.Errorf("%v", err)
			}
		})
	}
}

// A WriteTo that hides what its writer said must not commit.
func TestHiddenErrorDoesNotCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hiding := writing(func(w io.Writer) error {
			io.WriteString(w, "a\rb")
			return nil
		})
		_, _, err := talk(t, envelope("b@x"), hiding, Server{}, pipe+from+rcptTo("b")+"C: DATA\nS: 250\nS: 250\nS: 354\n")
		if e := asError(err); e == nil || e.Kind != KindBadMessage {
			t.Errorf("%v", err)
		}
	})
}

func TestServersInTurn(t *testing.T) {
	served := pipe + from + rcptTo("b") + "C: DATA\nS: 250\nS: 250\nS: 354\n" + body + "C: QUIT\nS: 250\nS: 221"
	nowhere := func(context.Context) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "nowhere", IsNotFound: true}
	}
	down := func(context.Context) (net.Conn, error) { return nil, errors.New("connection refused") }
	for _, c := range []struct {
		name   string
		first  string
		dial   func(context.Context) (net.Conn, error)
		second string // empty: must not be called; "nowhere": does not exist
		kind   Kind
		words  string
	}{
		{name: "not reached", dial: down, second: served},
		{name: "does not exist", dial: nowhere, second: served},
		{name: "greeting 4yz", first: "S: 421 busy", second: served},
		{name: "closes", first: "close", second: served},
		{name: "EHLO 4yz", first: "S: 220 hi\nC: EHLO me\nS: 451 busy\n" + bye, second: served},
		{name: "MAIL 4yz", first: serial + from + "S: 451 busy\n" + bye, second: served},
		{name: "greeting 5yz", first: "S: 554 no\n" + bye, kind: KindPermanent, words: "one: greeting: 554 no"},
		{name: "greeting garbage", first: "S: hello", kind: KindProtocol, words: "one: greeting"},
		{name: "MAIL 5yz", first: serial + from + "S: 550 no\n" + bye, kind: KindPermanent, words: "one: MAIL: 550 no"},
		{name: "RCPT 4yz", first: serial + from + "S: 250\n" + rcptTo("b") + "S: 450 later\n" + bye, kind: KindTemporary, words: "one: RCPT: b@x: 450 later"},
		{name: "RCPT 421", first: serial + from + "S: 250\n" + rcptTo("b") + "S: 421 bye", kind: KindTemporary, words: "one: RCPT: 421 bye"},
		{name: "busy, then not there", first: "S: 421 busy", second: "nowhere", kind: KindTemporary, words: "one: greeting: 421 busy"},
		{name: "not there twice", dial: nowhere, second: "nowhere", kind: KindNoHost, words: "two: connect: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, two := &scripted{t: t, script: c.first}, &scripted{t: t, script: c.second}
				servers := []Server{{Name: "one", Hello: "me", Dial: one.dial, Security: TLSNone}, {Name: "two", Hello: "me", Dial: two.dial, Security: TLSNone}}
				if c.dial != nil {
					servers[0].Dial = c.dial
				}
				if c.second == "nowhere" {
					servers[1].Dial = nowhere
				}
				var noted []string
				servers[0].Trace = func(e Event) {
					if e.Dir == DirNote && e.Stage == StageConnect {
						noted = append(noted, e.Text)
					}
				}
				r, err := Deliver(t.Context(), servers, envelope("b@x"), &text{s: "hi\n"})
				synctest.Wait()
				if called := two.done != nil; called != (c.second == served) {
					t.Errorf("the second server was called: %t", called)
				}
				if passed := len(r.FailedServers) == 1 && asError(r.FailedServers[0]).Server == "one"; passed != (c.second != "") {
					t.Errorf("passed over: %v", r.FailedServers)
				}
				if len(noted) != 1 || strings.HasPrefix(noted[0], "no connection: ") != (c.dial != nil) {
					t.Errorf("noted: %q", noted)
				}
				switch e := asError(err); {
				case c.kind == 0 && (err != nil || outcomes(r) != "A" || r.Server != "two"):
					t.Errorf("%v, %s by %s", err, outcomes(r), r.Server)
				case c.kind != 0 && (e == nil || e.Kind != c.kind || !strings.Contains(e.Error(), c.words)):
					t.Errorf("%v; want kind %d, %s", err, c.kind, c.words)
				}
			})
		})
	}
}
