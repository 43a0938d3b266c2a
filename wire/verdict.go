package wire

import (
	"errors"
	"fmt"
	"slices"
)

// verdict returns the error for all recipients together, and nil if the message
// was accepted for each. err is what ended the last transaction or connection; it
// is nil if each recipient had a reply of its own.
func (to recipients) verdict(server string, err error) error {
	if len(to) == 0 {
		return err
	}
	ended := asError(err)
	served := len(to.filter(wasAccepted))
	if served == len(to) {
		return nil
	}
	if served > 0 {
		return to.partlyServed(server, ended, len(to)-served)
	}
	// A permanent refusal of the message must not hide that a recipient was
	// deferred.
	if ended != nil && (ended.Uncertain || ended.Kind != KindPermanent || ended.Stage == StageRcpt) {
		return ended
	}
	if i := slices.IndexFunc(to, wasDeferred); i >= 0 {
		return to.errorFor(i, server, KindTemporary)
	}
	if ended != nil {
		if ended.Reply.tooBig() && ended.isAboutMessage() {
			ended.Kind, ended.Err = KindBadMessage, ErrTooBig
		}
		return ended
	}
	if i := slices.IndexFunc(to, func(r *recipient) bool { return r.Reply.tooBig() }); i >= 0 {
		return to.errorFor(i, server, KindBadMessage)
	}
	if len(to.filter(func(r *recipient) bool { return r.Reply.requiresLogin() })) == len(to) {
		return to.errorFor(0, server, KindAuthOrTLS)
	}
	return to.errorFor(0, server, KindNoRecipient)
}

func wasAccepted(r *recipient) bool { return r.Outcome == OutcomeAccepted }
func wasRefused(r *recipient) bool  { return r.Outcome == OutcomeRefused }
func wasDeferred(r *recipient) bool { return r.Outcome == OutcomeDeferred && r.Reply.class() == 4 }

// partlyServed returns the error for a message that some recipients got, and
// missed recipients did not. It is permanent, because the message must not be
// sent again to all.
func (to recipients) partlyServed(server string, ended *Error, missed int) error {
	i := slices.IndexFunc(to, func(r *recipient) bool { return r.Outcome == OutcomeUnknown })
	uncertain := i >= 0
	if !uncertain {
		i = slices.IndexFunc(to, func(r *recipient) bool { return !wasAccepted(r) })
	}
	r := to[i]
	e := &Error{Stage: r.stage, Server: server, Kind: KindPermanent, Reply: r.Reply, Uncertain: uncertain}
	if ended != nil {
		e.Stage = ended.Stage
	}
	text := fmt.Sprintf("%d of %d recipients were not served: %s", missed, len(to), r.Address)
	switch {
	case ended != nil && ended.Err != nil:
		e.Err = fmt.Errorf("%s: %w", text, ended.Err)
	case r.Reason != "":
		e.Err = fmt.Errorf("%s: %s", text, r.Reason)
	default:
		e.Err = errors.New(text)
	}
	return e
}

// errorFor returns the error for all recipients that names the i-th and the reply
// to it.
func (to recipients) errorFor(i int, server string, kind Kind) error {
	name := to[i].Address
	if len(to) > 1 {
		name = fmt.Sprintf("%s (and %d more)", name, len(to)-1)
	}
	return &Error{Stage: to[i].stage, Server: server, Kind: kind, Reply: to[i].Reply, Err: errors.New(name)}
}
