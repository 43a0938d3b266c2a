package wire

import (
	"errors"
	"fmt"
)

// blame says that a recipient was not served because of err; its mail may have
// been delivered only if RCPT was accepted.
func (r *Recipient) blame(err error, accepted bool) {
	e := asError(err)
	switch {
	case e.Uncertain && accepted:
		r.Outcome = OutcomeUnknown
	case e.Uncertain, e.Kind == KindTemporary:
		r.Outcome = OutcomeDeferred
	default:
		r.Outcome = OutcomeRefused
	}
	if e.Reply.Code != 0 && !errors.Is(err, errSentToNone) { // which is said to others
		r.Reply = e.Reply
	} else if r.Reply = (Reply{}); e.Err != nil {
		r.Reason = e.Err.Error()
	}
}

// tooBig is for a message over the server's limit (RFC 3463 §3.4).
const tooBig = "5.3.4"

// verdict is the error for all recipients together. err is what ended the
// last transaction or connection, nil when each recipient had its own reply.
func verdict(server string, stage Stage, to []Recipient, err error) error {
	ended := asError(err)
	var count [OutcomeDeferred + 1]int
	for _, r := range to {
		count[r.Outcome]++
	}
	switch {
	case len(to) == 0:
		return err
	case count[OutcomeAccepted] == len(to):
		return nil
	case count[OutcomeAccepted] > 0:
		return partly(server, stage, to, ended, count)
	case ended != nil && (ended.Uncertain || ended.Kind != KindPermanent || ended.Stage == StageRcpt):
		return ended
	}
	if i, n := find(to, func(r Recipient) bool { return r.Outcome == OutcomeDeferred && r.Reply.class() == 4 }); n > 0 {
		return one(server, stage, KindTemporary, to, i)
	}
	if ended != nil {
		if ended.Reply.Enhanced == tooBig {
			ended.Kind, ended.Err = KindBadMessage, ErrTooBig
		}
		return ended
	}
	if i, n := find(to, func(r Recipient) bool { return r.Reply.Enhanced == tooBig }); n > 0 {
		return one(server, stage, KindBadMessage, to, i)
	}
	if _, n := find(to, func(r Recipient) bool { return r.Reply.wantsLogin() }); n == len(to) {
		return one(server, stage, KindAuthOrTLS, to, 0)
	}
	return one(server, stage, KindNoRecipient, to, 0)
}

// partly is the error when somebody was served and somebody was not: the mail
// must not be sent again to all.
func partly(server string, stage Stage, to []Recipient, ended *Error, count [OutcomeDeferred + 1]int) error {
	i, missed := find(to, func(r Recipient) bool { return r.Outcome != OutcomeAccepted })
	if count[OutcomeUnknown] > 0 { // what ended it is said of those
		i, _ = find(to, func(r Recipient) bool { return r.Outcome == OutcomeUnknown })
	}
	if ended != nil {
		stage = ended.Stage
	}
	e := &Error{Stage: stage, Server: server, Kind: KindPermanent, Reply: to[i].Reply, Uncertain: count[OutcomeUnknown] > 0}
	e.Err = fmt.Errorf("%d of %d recipients were not served: %s", missed, len(to), to[i].Address)
	switch {
	case ended != nil && ended.Err != nil:
		e.Err = fmt.Errorf("%w: %w", e.Err, ended.Err)
	case to[i].Reason != "":
		e.Err = fmt.Errorf("%w: %s", e.Err, to[i].Reason)
	}
	return e
}

// one is an error for all that names one recipient and the reply to it.
func one(server string, stage Stage, kind Kind, to []Recipient, i int) error {
	name := to[i].Address
	if len(to) > 1 {
		name = fmt.Sprintf("%s (and %d more)", name, len(to)-1)
	}
	return &Error{Stage: stage, Server: server, Kind: kind, Reply: to[i].Reply, Err: errors.New(name)}
}

// find gives the first recipient for which is holds, and how many there are.
func find(to []Recipient, is func(Recipient) bool) (first, n int) {
	for i := len(to) - 1; i >= 0; i-- {
		if is(to[i]) {
			first = i
			n++
		}
	}
	return first, n
}

// asError gives the *Error in err, or nil.
func asError(err error) *Error {
	var e *Error
	errors.As(err, &e)
	return e
}
