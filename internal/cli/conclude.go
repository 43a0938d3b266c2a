package cli

import (
	"os"
	"slices"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// available returns the servers that may be contacted. If there are none, the
// error says since when.
func (k *keeper) available() (route attempt.Route, release func(), err error) {
	s := k.spools.current()
	if s == nil || k.session != nil { // --retry-for has its own pauses
		return k.route, func() {}, nil
	}
	now := k.now()
	route, down, release, err := attempt.Available(s, k.route, now)
	if err != nil {
		k.trouble = err
		return k.route, func() {}, nil
	}
	if len(route.Servers) > 0 {
		return route, release, nil
	}
	release()
	k.down = true
	name := k.route.ServerName(down.Key)
	next := "next try in " + span(down.Next.Sub(now))
	if !now.Before(down.Next) {
		next = "another process tries it now"
	}
	err = fail(exitTemporary, "%s failed %s ago, %s: %s", name, span(now.Sub(down.Last)), next, down.Reason)
	k.envelope().Reason = name + ": " + down.Reason // without times, which would soon be wrong
	k.d.receipt = k.d.waiting(name, err.Error())
	return route, release, err
}

// waiting returns the receipt of a mail that no server was asked to take.
func (d *deliveryRequest) waiting(server, reason string) wire.Receipt {
	r := wire.Receipt{Server: server}
	for _, to := range d.envelope.To {
		r.Recipients = append(r.Recipients, wire.Recipient{Address: to, Outcome: wire.OutcomeDeferred, Reason: reason})
	}
	return r
}

// conclude keeps the mail if it must be kept, and returns the error that decides
// the exit status. Signals do what that status demands.
func (k *keeper) conclude(c *content, err error) error {
	d := k.d
	interrupted := d.signals.Caught() == os.Interrupt
	onlyKept := k.isLeft() && err == nil
	switch {
	case err == nil && !onlyKept:
		k.remove()
		if k.session == nil || !k.session.Open() {
			d.signals.Decide(exitOK)
		}
		k.sayFailed(false)
		k.noteError(k.trouble)
		return nil
	case is[*spool.DamageError](err), len(d.settings.Spool) == 0:
	case k.entry != nil && !onlyKept && !k.wanted(err):
		k.remove()
	case interrupted && k.entry != nil && decided(d.receipt, err):
		k.noteKept("", "")
	case interrupted && k.entry != nil && d.onSignal == nil: // else onSignal says it
		k.noteKept("", os.Interrupt.String())
	case interrupted:
	case onlyKept || k.wanted(err):
		left, bad := k.keep(c, err)
		if bad != nil {
			err = bad
			break
		}
		if k.entry != nil {
			d.signals.Decide(exitCode(left))
			return left
		}
		if k.down && c.complete(nil) == nil { // it was to be kept instead of being sent
			k.down = false
			return k.conclude(c, d.attempts(k, c))
		}
	}
	k.sayFailed(true)
	if !decided(d.receipt, err) {
		d.signals.Raise()
	} else if d.onSignal == nil || k.spools.current() != nil { // else the mail is yet to be saved
		d.signals.Decide(exitCode(err))
	}
	return err
}

// wanted reports whether a mail is kept after an attempt that ended with err.
func (k *keeper) wanted(err error) bool {
	all := k.d.receipt.Recipients
	accepted := slices.ContainsFunc(all, func(to wire.Recipient) bool { return to.Outcome == wire.OutcomeAccepted })
	switch code := exitCode(err); {
	case err == nil:
		return false
	case k.entry != nil && is[*spool.Error](err): // ID.dot cannot be created
		return true
	case uncertain(err), accepted && slices.ContainsFunc(all, isPending):
		return true
	case code == exitNoHost, code == exitTemporary, code == exitProtocol, code == exitNotAllowed:
		return !accepted
	case code == exitData, code == exitNoUser, code == exitUnavailable:
		return k.d.flags.Bool("spool-refused") && dialogueError(err) != nil
	}
	return false
}

// keep keeps the mail after the attempts, and says so. left is what remains of err;
// bad is an error of the message, which therefore is not kept.
func (k *keeper) keep(c *content, err error) (left, bad error) {
	if k.entry == nil {
		bad = k.keepRest(c)
	} else if k.down { // record has not saved it: there was no attempt
		k.save()
	}
	if bad != nil || k.entry == nil {
		return err, bad
	}
	left = k.remaining(err)
	k.sayFailed(false)
	k.sayKept(err)
	k.noteError(k.trouble)
	k.warnWaiting()
	k.notePassword()
	return left, nil
}

// keepRest reads what is left of the content, and keeps it. An error is one of the
// content.
func (k *keeper) keepRest(c *content) error {
	s := k.spools.current()
	if s == nil {
		return nil
	}
	if k.down && c.keep != nil {
		c.keep.temporary = true // the mail is sent if no spool takes it
	}
	k.d.progress.Show(k.d.reading)
	err := c.complete(k.d.receipt.ContentDone)
	switch {
	case c.err != nil:
		return c.err
	case k.spools.current() == nil: // sayFailed says it
		return nil
	case err != nil:
		k.d.explain(k.cannotKeep(&spool.Error{Where: s.Name(), Kind: spool.IO, Err: err}))
		return nil
	}
	k.d.signals.Postpone()
	k.entry, err = k.newEntry(c, *k.envelope())
	return err
}

// refused reports whether err means that the mail was refused permanently, and not
// that its spool failed.
func (k *keeper) refused(err error) bool {
	switch exitCode(err) {
	case exitData, exitNoUser, exitUnavailable:
		return !is[*spool.Error](err) && !slices.ContainsFunc(k.d.receipt.Recipients, isPending)
	}
	return false
}

// remaining returns the error that is left although the mail is kept: that
// recipients were refused permanently.
func (k *keeper) remaining(err error) error {
	if err == nil || k.entry.State == spool.Failed {
		return err
	}
	kept, refused := k.outcomes(), 0
	for _, to := range k.d.receipt.Recipients {
		outcome, isKept := kept[to.Address]
		if to.Outcome == wire.OutcomeRefused && (!isKept || outcome == "refused") {
			refused++
		}
	}
	if refused == 0 || exitCode(err) != exitUnavailable {
		return nil
	}
	r := k.d.receipt
	return fail(exitUnavailable, "%s: %d of %d recipients were refused", // err may be about one of the others
		termtext.Line(r.Server), refused, len(r.Recipients))
}

// outcomes returns the outcomes of the recipients that the entry has.
func (k *keeper) outcomes() map[string]string {
	kept := make(map[string]string)
	if k.entry != nil {
		for _, to := range k.entry.Recipients {
			kept[to.Address] = to.Outcome
		}
	}
	return kept
}

// queued is the outcome of a recipient for whom the mail is kept.
const queued = "queued"

// outcome returns a function that returns the outcome of a recipient in words.
func (k *keeper) outcome() func(to wire.Recipient) string {
	kept := k.outcomes()
	return func(to wire.Recipient) string {
		outcome, isKept := kept[to.Address]
		if isKept && outcome != "refused" && outcome != "unknown" && to.Outcome != wire.OutcomeAccepted {
			return queued
		}
		return to.Outcome.String()
	}
}

// remove removes the entry of a mail that need not be kept.
func (k *keeper) remove() {
	if k.entry == nil {
		return
	}
	k.noteError(k.entry.Remove())
	k.entry.Close()
	k.entry = nil
}
