package cli

import (
	"io"
	"os"
	"os/user"
	"slices"
	"sync"
	"syscall"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/bounce"
	"mailpipe/internal/message"
	"mailpipe/internal/queue"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A keeper keeps the mail of a delivery in the first of its spools that can be
// written. Without a spool it keeps nothing.
type keeper struct {
	d        *deliveryRequest
	m        *message.Message
	route    attempt.Route
	spools   spools
	entry    *spool.Entry           // the mail; nil: it is not kept
	envelope func() *spool.Envelope // of the entry, with the attempts so far
	others   bool                   // the spool has other mails
	down     bool                   // no server is available: none was contacted
	trouble  error                  // a failure of the spool that does not matter for the mail
	said     []string               // reasons that were printed
	session  *wire.Session
}

// newKeeper returns the keeper for a delivery through the servers of a route.
func (d *deliveryRequest) newKeeper(m *message.Message, route attempt.Route) *keeper {
	k := &keeper{d: d, m: m, route: route, spools: spools{open: d.openSpool, shared: d.shared, where: d.settings.Spool}}
	d.keeper = k
	k.spools.next(nil)
	began := time.Now()
	k.envelope = sync.OnceValue(func() *spool.Envelope { return k.newEnvelope(k.now().Add(-time.Since(began))) })
	return k
}

// now returns the time by the clock that decides for the spool in use.
func (k *keeper) now() time.Time {
	now := time.Now()
	if s := k.spools.current(); s != nil {
		now = s.Now()
	}
	return now.UTC()
}

// close leaves the spool.
func (k *keeper) close() {
	if k.session != nil {
		k.session.Close()
	}
	if k.entry != nil {
		k.entry.Close()
	}
	if s := k.spools.current(); s != nil {
		k.noteError(s.Close())
	}
}

// canBeKept makes SIGTERM and SIGHUP end the attempt and not the process: the
// message was read completely, so a shutdown loses nothing.
func (k *keeper) canBeKept() {
	if k.spools.current() != nil {
		k.d.signals.Postpone(syscall.SIGTERM, syscall.SIGHUP)
	}
}

// keepFirst keeps the mail before the server is contacted. If it cannot, the mail
// is sent all the same, except with --spool-only.
func (k *keeper) keepFirst(c *content) error {
	err := c.complete(nil)
	if err == nil {
		k.d.signals.Postpone() // conclude says that the mail is kept
		k.entry, err = k.newEntry(c, *k.envelope())
	}
	if c.err == nil && k.spools.current() == nil && k.d.flags.Bool("spool-only") {
		failed := k.spools.failures()
		return k.cannotKeep(failed[len(failed)-1])
	}
	return err
}

// isLeft reports whether no attempt is made: the mail is left to a flush, or to those
// who may send the messages of the spool, or it waits for the user.
func (k *keeper) isLeft() bool {
	return k.d.flags.Bool("spool-only") || k.entry != nil && (!k.entry.Locked() || k.entry.State == spool.Held)
}

// newEntry makes a content an entry of the first spool that takes it. The entry is
// nil if none does. An error is one of the content.
func (k *keeper) newEntry(c *content, e spool.Envelope) (*spool.Entry, error) {
	if c.keep != nil {
		return c.keep.commit(e), nil
	}
	s := newStore(&k.spools, false)
	if s == nil {
		return nil, nil
	}
	defer s.Close()
	_, err := c.source.WriteTo(s)
	if err == nil {
		err = s.finish()
	}
	switch {
	case err == nil:
		return s.commit(e), nil
	case is[*spool.Error](err):
		return nil, nil
	}
	return nil, err
}

// newEnvelope returns the envelope of the mail before the first attempt.
func (k *keeper) newEnvelope(now time.Time) *spool.Envelope {
	d := k.d
	e := &spool.Envelope{
		Created: now, Next: now, State: spool.Queued,
		From: d.envelope.From, AllOrNothing: d.envelope.AllOrNothing, Chunking: d.envelope.Chunking,
		Recipients: k.recipients(), Repair: d.repaired != nil, UTF8: d.envelope.UTF8, MessageID: k.m.MessageID(),
		DSN:   spool.DSN{Notify: d.envelope.DSN.Notify, Return: d.envelope.DSN.Return, EnvelopeID: d.envelope.DSN.EnvelopeID},
		Flags: d.routeFlags(), Unknown: d.unknown, MaxAge: int(d.maxAge / time.Second), OnFail: d.onFail,
	}
	e.Host, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		e.User = u.Username
	}
	return e
}

// recipients returns all recipients of the mail, before the first attempt.
func (k *keeper) recipients() []spool.Recipient {
	var list []spool.Recipient
	for _, to := range k.d.envelope.To {
		list = append(list, spool.Recipient{Address: to, Notify: k.d.envelope.Notify[to]})
	}
	return list
}

// content returns what the next attempt sends.
func (k *keeper) content(c *content) io.WriterTo {
	if k.entry != nil {
		return k.entry
	}
	return c
}

// record records the result of an attempt: for the servers, in the envelope, and in
// the entry if there is one. A signal is not a failure of a server.
func (k *keeper) record(err error) {
	s := k.spools.current()
	if s == nil {
		return
	}
	now := k.now()
	if k.d.signals.Context().Err() == nil {
		_, k.trouble = attempt.NoteServers(s, k.route, k.d.receipt, err, now)
	}
	cannotRecord := is[*spool.Error](err) && !attempt.SomeAccepted(k.d.receipt)
	if err == nil || cannotRecord || is[*spool.DamageError](err) {
		return
	}
	e := k.envelope()
	e.State, e.Pause, e.Recipients = spool.Queued, 0, k.recipients()
	attempt.Record(e, k.d.receipt, err, now)
	if k.refused(err) && k.wanted(err) {
		e.State = spool.Failed
	}
	e.Recipients = k.waiting(err)
	if k.entry != nil && len(e.Recipients) > 0 { // else conclude removes it
		k.save()
	}
}

// waiting returns the recipients of the envelope that are still to be served, and
// those that were refused if --spool-refused demands it or the exit status does not
// tell.
func (k *keeper) waiting(err error) []spool.Recipient {
	untold := exitCode(err) != exitUnavailable && slices.ContainsFunc(k.d.receipt.Recipients, isPending)
	refused := k.envelope().State == spool.Failed || untold || k.d.flags.Bool("spool-refused")
	return slices.DeleteFunc(slices.Clone(k.envelope().Recipients), func(to spool.Recipient) bool {
		return to.Outcome == "accepted" || to.Outcome == "refused" && !refused
	})
}

// save replaces the envelope of the entry.
func (k *keeper) save() {
	e, old := *k.envelope(), k.entry.Envelope
	e.ID, e.Version, e.Size, e.CRC32C, e.EightBit = old.ID, old.Version, old.Size, old.CRC32C, old.EightBit
	e.Flags = old.Flags
	k.entry.Envelope = e
	k.noteError(k.entry.Save())
}

// next is the Next of the wire.Mail. It keeps the connection if the spool has other mails.
func (k *keeper) next() *wire.Mail {
	s := k.spools.current()
	if s == nil {
		return nil
	}
	own := ""
	if k.entry != nil {
		own = k.entry.ID
	}
	others, err := s.Others(own)
	k.others = err == nil && others
	if !k.others {
		return nil
	}
	return new(wire.Mail)
}

// afterSuccess sends what is due, and warns of older messages that no flush sends.
func (k *keeper) afterSuccess() {
	if k.others && k.spools.current() != nil {
		k.sendDue()
		k.warnWaiting()
	}
}

// sendDue sends what is due for the same servers over the connection that is open.
func (k *keeper) sendDue() {
	const limit = 10 * time.Second
	if k.session == nil || !k.session.Open() {
		return
	}
	q := &queue.Queue{Spool: k.spools.current(), Route: k.d.routeIn(k.spools.current()), Bounce: bounce.Of}
	q.Event = func(e queue.Event) {
		switch err := unknownOutcome(e); {
		case err != nil:
			k.d.explain(err)
		case e.Err != nil && k.d.flags.Bool("verbose"):
			k.note("%s: %s", shortID(e.ID), e.Err)
		}
	}
	flags := k.d.routeFlags()
	if q.Spool.Shared() {
		flags = k.d.shared
	}
	err := q.Continue(k.d.signals.Context(), k.session, flags, k.route, limit)
	k.session.Close()
	if k.d.flags.Bool("verbose") {
		k.noteError(err)
	}
}
