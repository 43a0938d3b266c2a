package attempt

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

var now = time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)

// to returns a recipient of a receipt. reply is the code of the reply, or 0.
func to(address string, outcome wire.Outcome, reply int) wire.Recipient {
	r := wire.Recipient{Address: address, Outcome: outcome}
	if reply != 0 {
		r.Reply = wire.Reply{Code: reply, Enhanced: "9.9.9", Lines: []string{"9.9.9 first", "9.9.9 second"}}
	} else if outcome != wire.OutcomeAccepted {
		r.Reason = "no reply"
	}
	return r
}

// failure returns an error of wire with a reply, or with a cause if reply is 0.
func failure(stage wire.Stage, kind wire.Kind, reply int) *wire.Error {
	e := &wire.Error{Stage: stage, Server: "relay", Kind: kind}
	if reply != 0 {
		e.Reply = wire.Reply{Code: reply, Lines: []string{"words"}}
	} else {
		e.Err = errors.New("cause")
	}
	return e
}

func uncertain() *wire.Error {
	e := failure(wire.StageDot, wire.KindTemporary, 0)
	e.Uncertain = true
	return e
}

// What the result of an attempt means for each recipient and for the message.
func TestRecord(t *testing.T) {
	const (
		accepted = wire.OutcomeAccepted
		refused  = wire.OutcomeRefused
		deferred = wire.OutcomeDeferred
		unknown  = wire.OutcomeUnknown
	)
	tests := []struct {
		name     string
		result   []wire.Recipient
		err      *wire.Error
		outcomes string
		state    spool.State
		postpone bool // the message is due after a pause of its own
		reason   string
	}{
		{"accepted", []wire.Recipient{to("a", accepted, 250)}, nil, "accepted", spool.Queued, false, ""},

		// a refusal is final if it is about the recipient or the message
		{"refused recipient", []wire.Recipient{to("a", refused, 550)}, failure(wire.StageRcpt, wire.KindNoRecipient, 550),
			"refused", spool.Failed, false, "relay: RCPT: 550 words"},
		{"refused message", []wire.Recipient{to("a", refused, 554)}, failure(wire.StageDot, wire.KindPermanent, 554),
			"refused", spool.Failed, false, "relay: end of data: 554 words"},
		{"no reply of its own", []wire.Recipient{to("a", refused, 0)}, failure(wire.StageMail, wire.KindPermanent, 550),
			"refused", spool.Failed, false, "relay: MAIL: 550 words"},
		{"bad message", []wire.Recipient{to("a", refused, 0)}, failure(wire.StageContent, wire.KindBadMessage, 0),
			"refused", spool.Failed, false, "relay: content: cause"},
		{"invalid argument", []wire.Recipient{to("a", refused, 0)}, failure(wire.StageMail, wire.KindInvalidArgument, 0),
			"refused", spool.Failed, false, "relay: MAIL: cause"},

		// and not if the configuration, the server or time can change it
		{"deferred", []wire.Recipient{to("a", deferred, 450)}, failure(wire.StageRcpt, wire.KindTemporary, 450),
			"deferred", spool.Queued, true, "relay: RCPT: 450 words"},
		{"530", []wire.Recipient{to("a", refused, 530)}, failure(wire.StageMail, wire.KindAuthOrTLS, 530),
			"deferred", spool.Queued, true, "relay: MAIL: 530 words"},
		{"534", []wire.Recipient{to("a", refused, 534)}, failure(wire.StageMail, wire.KindAuthOrTLS, 534),
			"deferred", spool.Queued, true, "relay: MAIL: 534 words"},
		{"535", []wire.Recipient{to("a", refused, 535)}, failure(wire.StageMail, wire.KindAuthOrTLS, 535),
			"deferred", spool.Queued, true, "relay: MAIL: 535 words"},
		{"538", []wire.Recipient{to("a", refused, 538)}, failure(wire.StageRcpt, wire.KindAuthOrTLS, 538),
			"deferred", spool.Queued, true, "relay: RCPT: 538 words"},
		{"no SMTP", []wire.Recipient{to("a", refused, 250)}, failure(wire.StageData, wire.KindProtocol, 250),
			"deferred", spool.Queued, true, "relay: DATA: 250 words"},
		{"TLS needed after all", []wire.Recipient{to("a", refused, 0)}, failure(wire.StageMail, wire.KindAuthOrTLS, 0),
			"deferred", spool.Queued, true, "relay: MAIL: cause"},

		// a failure of the server is not one of the message, whose pause does not grow
		{"no connection", []wire.Recipient{to("a", deferred, 0)}, failure(wire.StageConnect, wire.KindTemporary, 0),
			"deferred", spool.Queued, false, "relay: connect: cause"},
		{"no such host", []wire.Recipient{to("a", refused, 0)}, failure(wire.StageConnect, wire.KindNoHost, 0),
			"deferred", spool.Queued, false, "relay: connect: cause"},
		{"greeting", []wire.Recipient{to("a", refused, 554)}, failure(wire.StageGreeting, wire.KindPermanent, 554),
			"deferred", spool.Queued, false, "relay: greeting: 554 words"},
		{"login", []wire.Recipient{to("a", refused, 535)}, failure(wire.StageAuth, wire.KindAuthOrTLS, 535),
			"deferred", spool.Queued, false, "relay: AUTH: 535 words"},
		{"421", []wire.Recipient{to("a", refused, 550), to("b", deferred, 421)},
			failure(wire.StageRcpt, wire.KindTemporary, 421),
			"deferred deferred", spool.Queued, false, "relay: RCPT: 421 words"},

		// several recipients
		{"each its own", []wire.Recipient{to("a", refused, 550), to("b", deferred, 450)},
			failure(wire.StageRcpt, wire.KindTemporary, 450),
			"refused deferred", spool.Queued, true, "relay: RCPT: 450 words"},
		{"the others were accepted", []wire.Recipient{to("a", accepted, 250), to("b", refused, 550)},
			failure(wire.StageRcpt, wire.KindPermanent, 550),
			"accepted refused", spool.Failed, false, "relay: RCPT: 550 words"},
		{"one waits", []wire.Recipient{to("a", accepted, 250), to("b", refused, 550), to("c", deferred, 450)},
			failure(wire.StageRcpt, wire.KindPermanent, 550),
			"accepted refused deferred", spool.Queued, true, "c: 450 9.9.9 first\nsecond"},
		{"cut off after some were accepted", []wire.Recipient{to("a", accepted, 250), to("b", refused, 0)},
			failure(wire.StageMail, wire.KindPermanent, 0),
			"accepted deferred", spool.Queued, true, "b: no reply"},

		{"unknown", []wire.Recipient{to("a", unknown, 0)}, uncertain(),
			"unknown", spool.Queued, true, "relay: end of data: cause"},
		{"some unknown", []wire.Recipient{to("a", accepted, 250), to("b", unknown, 0)}, uncertain(),
			"accepted unknown", spool.Queued, true, "relay: end of data: cause"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := &spool.Envelope{State: spool.Queued, Unknown: "retry", Next: now}
			for _, r := range test.result {
				e.Recipients = append(e.Recipients, spool.Recipient{Address: r.Address})
			}
			r := wire.Receipt{Server: "relay", Recipients: test.result}
			if test.err == nil {
				Record(e, r, nil, now)
			} else {
				Record(e, r, test.err, now)
			}
			if got := outcomes(e); got != test.outcomes {
				t.Errorf("%s, want %s", got, test.outcomes)
			}
			if e.State != test.state || e.Reason != test.reason {
				t.Errorf("%s: %q, want %s: %q", e.State, e.Reason, test.state, test.reason)
			}
			if e.Next.After(now) != test.postpone || e.Pause > 0 != test.postpone {
				t.Errorf("due after %s, pause %d s", e.Next.Sub(now), e.Pause)
			}
			if e.Attempts != 1 || !e.Last.Equal(now) || len(e.History) != 1 || e.History[0].Server != "relay" {
				t.Errorf("%d attempts, the last at %s: %+v", e.Attempts, e.Last, e.History)
			}
		})
	}
}

func outcomes(e *spool.Envelope) string {
	var list []string
	for _, r := range e.Recipients {
		list = append(list, r.Outcome)
	}
	return strings.Join(list, " ")
}

// The result is about the pending recipients only. A recipient may be in the envelope
// twice.
func TestRecordPending(t *testing.T) {
	e := &spool.Envelope{State: spool.Queued, Recipients: []spool.Recipient{
		{Address: "a", Outcome: "accepted"}, {Address: "b"}, {Address: "c", Outcome: "refused", Code: 550, Reply: "no"},
		{Address: "b"}, {Address: "a"},
	}}
	Record(e, wire.Receipt{Server: "relay", Recipients: []wire.Recipient{
		to("b", wire.OutcomeAccepted, 250), to("b", wire.OutcomeDeferred, 450), to("a", wire.OutcomeAccepted, 250),
	}}, failure(wire.StageRcpt, wire.KindPermanent, 450), now)
	if got, want := outcomes(e), "accepted accepted refused deferred accepted"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	Record(e, wire.Receipt{Server: "relay", Recipients: []wire.Recipient{to("b", wire.OutcomeAccepted, 250)}}, nil, now)
	if e.State != spool.Failed || e.Reason != "c: 550 no" || e.Attempts != 2 {
		t.Errorf("%s: %s, %d attempts", e.State, e.Reason, e.Attempts)
	}
}

// NOTIFY of a recipient stays, whatever the outcome is.
func TestRecordNotify(t *testing.T) {
	e := &spool.Envelope{
		State: spool.Queued, Recipients: []spool.Recipient{{Address: "a", Notify: "NEVER"}, {Address: "b"}},
	}
	want := func(when string) {
		t.Helper()
		if got := e.Notify(); len(got) != 1 || got["a"] != "NEVER" {
			t.Errorf("%s: %v", when, got)
		}
	}
	Record(e, wire.Receipt{Recipients: []wire.Recipient{
		to("a", wire.OutcomeDeferred, 450), to("b", wire.OutcomeDeferred, 450),
	}}, failure(wire.StageRcpt, wire.KindTemporary, 450), now)
	want("deferred")
	e.Recipients[0].SetUnknown(spool.ErrInterrupted)
	want("unknown")
}

// The reply to a recipient is kept without the enhanced status code in its lines.
func TestRecordReply(t *testing.T) {
	for _, test := range []struct {
		reply wire.Reply
		want  string
	}{
		{wire.Reply{Code: 550, Enhanced: "5.1.1", Lines: []string{"5.1.1 no", "5.1.1", "5.1.1.1"}}, "no\n\n5.1.1.1"},
		{wire.Reply{Code: 550, Lines: []string{"no", ""}}, "no\n"},
		{wire.Reply{Code: 550, Enhanced: "5.1.1", Lines: []string{"5.1.1"}}, ""},
	} {
		got := recipient(wire.Recipient{Address: "a", Reply: test.reply}, "refused")
		want := spool.Recipient{
			Address: "a", Outcome: "refused", Code: 550, Enhanced: test.reply.Enhanced, Reply: test.want,
		}
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// A message is held after an unknown outcome, if it was to be held then.
func TestUnknown(t *testing.T) {
	for _, test := range []struct {
		unknown     string
		state, want spool.State
	}{
		{"retry", spool.Queued, spool.Queued},
		{"", spool.Queued, spool.Queued},
		{"hold", spool.Queued, spool.Held},
		{"hold", spool.Failed, spool.Failed},
		{"retry", spool.Held, spool.Held},
	} {
		e := &spool.Envelope{State: test.state, Unknown: test.unknown, Recipients: []spool.Recipient{{Address: "a"}}}
		RecordUnknown(e, spool.ErrInterrupted, now)
		if e.State != test.want || e.Reason != spool.ErrInterrupted.Error() || e.Attempts != 1 || !e.Last.Equal(now) {
			t.Errorf("%+v: %+v", test, e)
		}
		if test.state != spool.Queued { // this process makes no attempt
			continue
		}
		e = &spool.Envelope{State: test.state, Unknown: test.unknown, Recipients: []spool.Recipient{{Address: "a"}}}
		Record(e, wire.Receipt{Recipients: []wire.Recipient{to("a", wire.OutcomeUnknown, 0)}}, uncertain(), now)
		if e.State != test.want || outcomes(e) != "unknown" {
			t.Errorf("%+v: %+v", test, e)
		}
	}
}

func TestGiveUp(t *testing.T) {
	old := spool.Envelope{State: spool.Queued, Created: now.AddDate(0, 0, -6), Last: now}
	for _, test := range []struct {
		attempts int
		reason   string
		want     string // empty: not given up
	}{
		{4, "451 wait", ""},
		{5, "451 wait", "given up: 451 wait"},
		{5, "", "given up: connect: refused"},
	} {
		e := old
		e.Attempts, e.Reason = test.attempts, test.reason
		isGivenUp := GiveUp(&e, spool.Server{Reason: "connect: refused"}, now)
		if isGivenUp != (test.want != "") || isGivenUp && (e.State != spool.Failed || e.Reason != test.want) {
			t.Errorf("%+v: %t, %s: %s", test, isGivenUp, e.State, e.Reason)
		}
		if !isGivenUp && (e.State != spool.Queued || e.Reason != test.reason) {
			t.Errorf("%+v: %s: %s", test, e.State, e.Reason)
		}
	}
}
