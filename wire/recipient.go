package wire

import (
	"errors"
	"slices"
)

// A state is how far a recipient got.
//
//	pending --> accepted --> done
//	   |  RCPT 2yz    reply to the content, or its loss
//	   +------> retry ------> pending
//	   |  RCPT 452    next transaction
//	   +------> done
//	      RCPT 4yz, 5yz
//
// If a transaction fails, its recipients that are not done are pending again.
type state int

const (
	pending  state = iota // RCPT is still to be sent
	accepted              // RCPT was accepted; the reply to the content decides
	retry                 // the server accepts no more recipients in this transaction
	done                  // the outcome is known
)

// A recipient is a Recipient on its way to an outcome.
type recipient struct {
	Recipient
	state     state
	confirmed bool  // RCPT was accepted in a transaction without content; see delivery.confirm
	stage     Stage // of the reply or error that decided the outcome
}

// settle records the outcome that a reply means.
func (r *recipient) settle(stage Stage, reply Reply) {
	r.state, r.stage, r.Reply = done, stage, reply
	switch reply.class() {
	case 2:
		r.Outcome = OutcomeAccepted
	case 4:
		r.Outcome = OutcomeDeferred
	default:
		r.Outcome = OutcomeRefused
	}
}

// markFailed records the outcome of a recipient that was not done when err ended
// the transaction or the connection.
func (r *recipient) markFailed(err error) {
	e := asError(err)
	switch {
	case e.Uncertain && r.state == accepted:
		r.Outcome = OutcomeUnknown
	case e.Uncertain, e.Kind == KindTemporary:
		r.Outcome = OutcomeDeferred
	default:
		r.Outcome = OutcomeRefused
	}
	r.state, r.stage, r.Reply = done, e.Stage, Reply{}
	switch {
	case e.Reply.Code != 0 && !errors.Is(err, errSentToNone): // that reply was about another recipient
		r.Reply = e.Reply
	case e.Err != nil:
		r.Reason = e.Err.Error()
	}
}

// recipients are those of an envelope or of a transaction, in the order of the
// envelope.
type recipients []*recipient

func newRecipients(addresses []string) recipients {
	all := make(recipients, len(addresses))
	for i, address := range addresses {
		all[i] = &recipient{Recipient: Recipient{Address: address}}
	}
	return all
}

// restore takes the outcomes of an earlier attempt that are final.
func (to recipients) restore(before []Recipient) {
	for i := range min(len(to), len(before)) {
		b := before[i]
		if b.Outcome == OutcomeAccepted || b.Outcome == OutcomeRefused {
			to[i].Recipient, to[i].state, to[i].stage = b, done, StageRcpt
		}
	}
}

func isPending(r *recipient) bool { return r.state == pending }

// in returns the recipients in state s.
func (to recipients) in(s state) recipients {
	return to.filter(func(r *recipient) bool { return r.state == s })
}

// filter returns the recipients for which is returns true.
func (to recipients) filter(is func(*recipient) bool) recipients {
	var some recipients
	for _, r := range to {
		if is(r) {
			some = append(some, r)
		}
	}
	return some
}

// first returns the first n recipients at most for which is returns true, and
// whether there are no more of them.
func (to recipients) first(n int, is func(*recipient) bool) (some recipients, all bool) {
	for _, r := range to {
		if !is(r) {
			continue
		}
		if len(some) == n {
			return some, false
		}
		some = append(some, r)
	}
	return some, true
}

// has reports whether a recipient is in state s.
func (to recipients) has(s state) bool {
	return slices.ContainsFunc(to, func(r *recipient) bool { return r.state == s })
}

// deferRetries records that the recipients for a later transaction are deferred,
// since no transaction will follow.
func (to recipients) deferRetries() {
	for _, r := range to.in(retry) {
		r.settle(StageRcpt, r.Reply)
		r.Outcome = OutcomeDeferred // also if the reply was 5yz: it was about the number
	}
}

// reset makes all recipients pending that are not done.
func (to recipients) reset() {
	for _, r := range to {
		if r.state != done {
			r.state = pending
		}
	}
}

// markFailed records the outcome of all recipients that are not done.
func (to recipients) markFailed(err error) {
	for _, r := range to {
		if r.state != done {
			r.markFailed(err)
		}
	}
}

func (to recipients) addresses() []string {
	all := make([]string, len(to))
	for i, r := range to {
		all[i] = r.Address
	}
	return all
}

// list returns the recipients for a Receipt.
func (to recipients) list() []Recipient {
	all := make([]Recipient, len(to))
	for i, r := range to {
		all[i] = r.Recipient
	}
	return all
}
