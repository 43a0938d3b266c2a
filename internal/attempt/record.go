package attempt

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// Record writes the result of an attempt into e: the outcome of each recipient,
// when it was and why the message waits, and the state that follows from it.
// r and err are what wire.Session.Deliver returned for the pending recipients.
//
// A failure of the server is not one of the message: it does not change when the
// message is due.
func Record(e *spool.Envelope, r wire.Receipt, err error, now time.Time) {
	accepted := SomeAccepted(r)
	i := 0
	for _, got := range r.Recipients {
		for i < len(e.Recipients) && (e.Recipients[i].IsDone() || e.Recipients[i].Address != got.Address) {
			i++
		}
		if i == len(e.Recipients) {
			break
		}
		r := recipient(got, outcome(got, err, accepted))
		r.Notify = e.Recipients[i].Notify
		e.Recipients[i] = r
		i++
	}
	note(e, r.Server, err, now)
	waits := slices.IndexFunc(e.Recipients, isPending)
	if w := asWire(err); accepted && waits >= 0 && w != nil && !w.Uncertain {
		e.Reason = words(e.Recipients[waits]) // err may be about one that was refused
	}
	setState(e, err, now)
}

// SomeAccepted reports whether a recipient has the message.
func SomeAccepted(r wire.Receipt) bool { return slices.ContainsFunc(r.Recipients, wasAccepted) }

// note adds an attempt to the history.
func note(e *spool.Envelope, server string, err error, now time.Time) {
	result := "accepted"
	if err != nil {
		result = err.Error()
		e.Reason = result
	}
	e.Attempts++
	e.Last = now
	e.Note(spool.Attempt{Time: now, Server: server, Result: result})
}

// RecordUnknown writes into e why the outcome of an attempt by another process is
// unknown. The message is held, if it was to be held then.
func RecordUnknown(e *spool.Envelope, why error, now time.Time) {
	note(e, "", why, now)
	if e.Unknown == "hold" && e.State == spool.Queued {
		e.State = spool.Held
	}
}

// SetUnknown sets the outcome of the pending recipients to unknown, and records why.
func SetUnknown(e *spool.Envelope, why error, now time.Time) {
	e.Recipients = slices.Clone(e.Recipients)
	for i := range e.Recipients {
		if r := &e.Recipients[i]; !r.IsDone() {
			r.SetUnknown(why)
		}
	}
	RecordUnknown(e, why, now)
}

// setState sets the state that follows from the outcomes, and when the message is
// due again. err is that of the last attempt.
func setState(e *spool.Envelope, err error, now time.Time) {
	serverFailed, _ := ServerFailed(err)
	switch {
	case len(e.Pending()) == 0 && slices.ContainsFunc(e.Recipients, wasRefused):
		e.State = spool.Failed
		if err == nil { // the others were accepted now
			e.Reason = words(e.Recipients[slices.IndexFunc(e.Recipients, wasRefused)])
		}
	case len(e.Pending()) == 0:
	case e.Unknown == "hold" && slices.ContainsFunc(e.Recipients, isUnknown):
		e.State = spool.Held
	case !serverFailed:
		e.Postpone(now)
	}
}

// GiveUp makes a message fail that has waited too long, for the server down or by
// itself. It reports whether it did.
func GiveUp(e *spool.Envelope, down spool.Server, now time.Time) bool {
	if !e.Expired(now, down) {
		return false
	}
	e.State, e.Reason = spool.Failed, "given up: "+cmp.Or(e.Reason, down.Reason)
	return true
}

// outcome returns the outcome of a recipient. For wire, a recipient is refused if
// the same attempt would bring nothing else. The queue makes another attempt with the
// configuration of that time. So a refusal is final only if it is about the message
// or the recipient, and not if it is about the login, the server, or another
// recipient.
func outcome(r wire.Recipient, err error, someAccepted bool) string {
	if r.Outcome != wire.OutcomeRefused {
		return r.Outcome.String()
	}
	final := false
	if code := r.Reply.Code; code/100 == 5 {
		final = code != 530 && code != 534 && code != 535 && code != 538 // RFC 4954 §6
	} else if e := asWire(err); e != nil && !someAccepted {
		switch e.Kind {
		case wire.KindPermanent, wire.KindNoRecipient, wire.KindBadMessage, wire.KindInvalidArgument:
			final = true
		}
	}
	if failed, _ := ServerFailed(err); failed || !final {
		return wire.OutcomeDeferred.String()
	}
	return wire.OutcomeRefused.String()
}

// recipient returns the outcome of a recipient. Its reply is without the enhanced
// status code, which each line may begin with.
func recipient(r wire.Recipient, outcome string) spool.Recipient {
	text := r.Reason
	if r.Reply.Code != 0 {
		lines := slices.Clone(r.Reply.Lines)
		for i, line := range lines {
			lines[i] = strings.TrimSuffix(strings.TrimPrefix(line+" ", r.Reply.Enhanced+" "), " ")
		}
		text = strings.Join(lines, "\n")
	}
	return spool.Recipient{
		Address: r.Address, Outcome: outcome, Code: r.Reply.Code, Enhanced: r.Reply.Enhanced, Reply: text,
	}
}

// words returns a recipient and the reply to it, or why there was none.
func words(r spool.Recipient) string {
	parts := []string{r.Address + ":", r.Enhanced, r.Reply}
	if r.Code != 0 {
		parts = slices.Insert(parts, 1, strconv.Itoa(r.Code))
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

func wasAccepted(r wire.Recipient) bool { return r.Outcome == wire.OutcomeAccepted }
func wasRefused(r spool.Recipient) bool { return r.Outcome == wire.OutcomeRefused.String() }
func isPending(r spool.Recipient) bool  { return !r.IsDone() }
func isUnknown(r spool.Recipient) bool  { return r.Outcome == wire.OutcomeUnknown.String() }
