package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/queue"
	"mailpipe/internal/spool"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// available returns the servers that may be contacted. If there are none, the
// error says since when.
func (k *keeper) available() (route queue.Route, release func(), err error) {
	if k.spool == nil || k.session != nil { // --retry-for has its own pauses
		return k.route, func() {}, nil
	}
	now := time.Now().UTC()
	route, down, release, err := queue.Available(k.spool, k.route, now)
	if err != nil {
		k.noteError(err)
		return k.route, func() {}, nil
	}
	if len(route.Servers) > 0 {
		return route, release, nil
	}
	release()
	k.down = true
	name := down.Key
	if i := slices.Index(k.route.Keys, down.Key); i >= 0 {
		name = k.route.Servers[i].Name
	}
	next := "next try in " + span(down.Next.Sub(now))
	if !now.Before(down.Next) {
		next = "another process tries it now"
	}
	err = fail(exitTemporary, "%s failed %s ago, %s: %s", name, span(now.Sub(down.Last)), next, down.Reason)
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
	onlyKept := d.flags.Bool("spool-only") && err == nil
	switch {
	case err == nil && !onlyKept:
		k.remove()
		if k.session == nil || !k.session.Open() {
			d.signals.Decide(exitOK)
		}
		k.noteFailed()
		return nil
	case interrupted && k.entry != nil:
		k.noteKept("", "")
		k.release()
	case interrupted, k.spool == nil && k.entry == nil && len(k.failed) == 0:
	case k.entry != nil && !onlyKept && !k.wanted(err):
		k.remove()
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
	}
	k.complain()
	if !decided(d.receipt, err) {
		d.signals.Raise()
	} else if d.onSignal == nil || k.spool != nil { // else the mail is yet to be saved
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
	d := k.d
	e := k.envelope()
	if err != nil {
		if bad := c.complete(d.receipt.ContentDone); c.err != nil {
			return nil, bad
		} else if bad != nil {
			if !is[*spool.Error](bad) {
				bad = &spool.Error{Dir: k.spool.Dir(), Kind: spool.IO, Err: bad}
			}
			k.failed = append(k.failed, bad)
			return err, nil
		}
		d.signals.Postpone()
		e = k.recorded(e, err, k.refused(err))
	}
	if k.entry != nil && err != nil {
		k.save(e)
	} else if k.entry == nil {
		if bad := k.commit(c, e); bad != nil {
			return nil, bad
		}
	}
	if k.entry == nil {
		return err, nil
	}
	left = k.remaining(err)
	k.noteFailed()
	k.sayKept(err)
	k.warnWaiting()
	k.notePassword()
	return left, nil
}

// refused reports whether err means that the mail was refused permanently.
func (k *keeper) refused(err error) bool {
	switch exitCode(err) {
	case exitData, exitNoUser, exitUnavailable:
		return !slices.ContainsFunc(k.d.receipt.Recipients, isPending)
	}
	return false
}

// remaining returns the error that is left although the mail is kept: that
// recipients were refused permanently.
func (k *keeper) remaining(err error) error {
	if err == nil || k.entry.State == spool.Failed {
		return err
	}
	code := exitCode(err)
	isRefused := func(to wire.Recipient) bool {
		return to.Outcome == wire.OutcomeRefused && !slices.ContainsFunc(k.entry.Recipients,
			func(kept spool.Recipient) bool { return kept.Address == to.Address && kept.Outcome != "refused" })
	}
	if code == exitUnavailable && slices.ContainsFunc(k.d.receipt.Recipients, isRefused) {
		return err
	}
	return nil
}

// outcome returns the outcome of a recipient in words.
func (k *keeper) outcome(to wire.Recipient) string {
	isQueued := k.entry != nil && slices.ContainsFunc(k.entry.Recipients, func(kept spool.Recipient) bool {
		return kept.Address == to.Address && kept.Outcome != "refused" && kept.Outcome != "unknown"
	})
	if isQueued && to.Outcome != wire.OutcomeAccepted {
		return "queued"
	}
	return to.Outcome.String()
}

// remove removes the entry of a mail that need not be kept.
func (k *keeper) remove() {
	if k.entry == nil {
		return
	}
	k.noteError(k.entry.Remove())
	k.release()
}

// release unlocks the entry.
func (k *keeper) release() {
	k.entry.Close()
	k.entry = nil
}

// sayKept says where the mail is kept and why.
func (k *keeper) sayKept(err error) {
	e := &k.entry.Envelope
	total, all := len(e.Recipients), k.d.receipt.Recipients
	dialogue := dialogueError(err)
	switch {
	case err == nil:
		k.noteKept("", "")
	case uncertain(err):
		k.noteKept("; it may have been delivered", certainWords(dialogue))
	case k.down:
		k.note("kept as %s: %s", shortID(e.ID), err)
	case total < len(all):
		i := slices.IndexFunc(all, isPending)
		to := all[max(i, 0)]
		k.note("kept as %s for %d of %d recipients: %s: %s: %s", shortID(e.ID), total, len(all),
			termtext.Line(to.Address), to.Outcome, k.d.reasonFor(to))
	default:
		k.noteKept("", err.Error())
	}
}

// certainWords returns the words of an error without those that say that the
// outcome is unknown.
func certainWords(e *wire.Error) string {
	plain := *e
	plain.Err = errors.Unwrap(e.Err)
	return plain.Error()
}

// noteKept says where the mail is kept. how and why may be empty.
func (k *keeper) noteKept(how, why string) {
	text := "kept as " + shortID(k.entry.ID) + how
	if how == "" {
		text += " in " + k.d.shortPath(k.spool.Dir())
	}
	if why != "" {
		text += ": " + why
	}
	k.note("%s", text)
}

func (k *keeper) note(format string, args ...any) { k.d.note(format, args...) }

// noteFailed notes the spools that cannot be written, although the mail is not lost.
func (k *keeper) noteFailed() {
	for _, err := range k.failed {
		k.note("cannot be kept in %s", k.d.shortPath(err.Error()))
	}
	k.failed = nil
}

// complain prints why the mail is not kept.
func (k *keeper) complain() {
	for _, err := range k.failed {
		f := fail(0, "cannot be kept in %s", k.d.shortPath(err.Error()))
		if e, ok := errors.AsType[*spool.Error](err); ok {
			f.hint = e.Hint
		}
		explain(k.d.Stderr, k.d.name, f)
	}
	k.failed = nil
}

// notePassword says that a flush needs a password that is not in the spool.
func (k *keeper) notePassword() {
	d := k.d
	if d.settings.PasswordInEnv() {
		k.note("the password in $MAILPIPE_PASSWORD is not kept: a flush needs it again")
	}
	for _, a := range d.line.args {
		if a.flag == "password-command" && hasSecret(a) {
			k.note("--password-command is not kept, because it may contain a password: a flush needs $MAILPIPE_PASSWORD")
		}
	}
}

// warnWaiting warns of older messages that nobody sends.
func (k *keeper) warnWaiting() {
	now := time.Now()
	flushed, err := k.spool.Flushed()
	ids, listErr := k.spool.IDs()
	if err != nil || listErr != nil || !flushed.IsZero() && now.Sub(flushed) < time.Hour {
		return
	}
	count, oldest := 0, now
	for _, id := range ids {
		if k.entry != nil && id == k.entry.ID {
			continue
		}
		e, err := k.spool.Read(id)
		if err != nil || e.State != spool.Queued || now.Sub(e.Created) < time.Hour {
			continue
		}
		count++
		if e.Created.Before(oldest) {
			oldest = e.Created
		}
	}
	if count == 0 {
		return
	}
	messages, last := "messages", "last flush "+span(now.Sub(flushed))+" ago"
	if count == 1 {
		messages = "message"
	}
	if flushed.IsZero() {
		last = "no flush yet"
	}
	k.note("%d older %s waiting in %s, the oldest for %s; %s", count, messages, k.d.shortPath(k.spool.Dir()),
		span(now.Sub(oldest)), last)
	if !k.d.flags.Bool("quiet") {
		fmt.Fprintln(k.d.Stderr, "hint: mailpipe queue flush sends them; "+
			"mailpipe-queue(1) shows how to run it from cron or systemd")
	}
}

// shortID returns the part of an ID that people type.
func shortID(id string) string { return id[strings.LastIndexByte(id, '-')+1:] }

// shortPath returns a path with ~ for the home directory.
func (c *call) shortPath(path string) string {
	home := filepath.Clean(c.Getenv("HOME"))
	if rest, ok := strings.CutPrefix(path, home+"/"); ok && home != "/" && home != "." {
		return "~/" + rest
	}
	return path
}

// span returns a duration in words.
func span(d time.Duration) string {
	unit, name := time.Second, "s"
	switch {
	case d >= 48*time.Hour:
		unit, name = 24*time.Hour, "days"
	case d >= 2*time.Hour:
		unit, name = time.Hour, "h"
	case d >= 2*time.Minute:
		unit, name = time.Minute, "min"
	}
	return fmt.Sprintf("%d %s", max(d.Round(unit)/unit, 0), name)
}
