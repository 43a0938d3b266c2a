package cli

import (
	"io"
	"os"
	"os/user"
	"slices"
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
	d       *deliveryRequest
	m       *message.Message // nil: it was not read yet
	route   attempt.Route
	where   []string     // the spools that were not tried yet
	spool   *spool.Spool // nil: there is none that can be written
	failed  []error      // why the spools before it are not used
	entry   *spool.Entry // the mail; nil: it is not kept
	down    bool         // no server is available: none was contacted
	session *wire.Session
}

// newKeeper returns the keeper for a delivery through the servers of a route.
func (d *deliveryRequest) newKeeper(m *message.Message, route attempt.Route) *keeper {
	k := &keeper{d: d, m: m, route: route, where: d.settings.Spool}
	d.keeper = k
	k.nextSpool()
	return k
}

// nextSpool opens the next spool that can be opened.
func (k *keeper) nextSpool() {
	k.spool = nil
	for k.spool == nil && len(k.where) > 0 {
		dir, err := spool.Locate(k.where[0], k.d.Getenv)
		k.where = k.where[1:]
		if err == nil {
			k.spool, err = spool.Open(dir)
		}
		if err != nil {
			k.spool = nil
			k.failed = append(k.failed, err)
		}
	}
}

// close leaves the spool.
func (k *keeper) close() {
	if k.session != nil {
		k.session.Close()
	}
	if k.entry != nil {
		k.entry.Close()
	}
	if k.spool != nil {
		k.spool.Close()
	}
}

// canBeKept makes SIGTERM and SIGHUP end the attempt and not the process: the
// message was read completely, so a shutdown loses nothing.
func (k *keeper) canBeKept() {
	if k.spool != nil {
		k.d.signals.Postpone(syscall.SIGTERM, syscall.SIGHUP)
	}
}

func (k *keeper) mustKeepFirst() bool {
	return k.d.flags.Bool("spool-first") || k.d.flags.Bool("spool-only")
}

// keepFirst keeps the mail before the server is contacted. If it cannot, the mail
// is sent all the same, except with --spool-only.
func (k *keeper) keepFirst(c *content) error {
	if err := c.complete(nil); err != nil {
		return err
	}
	err := k.commit(c, k.envelope())
	if k.entry == nil && err == nil && k.d.flags.Bool("spool-only") {
		return k.failed[len(k.failed)-1]
	}
	return err
}

// commit writes an entry to the first spool that takes it. An error is one of the
// content. If no spool takes it, entry is nil.
func (k *keeper) commit(c *content, e spool.Envelope) error {
	draft, _ := c.keep.(*draftStore)
	for ; k.spool != nil; k.nextSpool() {
		var entry *spool.Entry
		var err error
		if draft != nil {
			entry, err = draft.draft.Commit(e)
			draft = nil
		} else {
			entry, err = commit(k.spool, c, e)
		}
		if err == nil {
			k.entry = entry
			return nil
		}
		if !is[*spool.Error](err) {
			return err
		}
		k.failed = append(k.failed, err)
	}
	return nil
}

// commit writes an entry to a spool, with the line endings of SMTP.
func commit(s *spool.Spool, content io.WriterTo, e spool.Envelope) (*spool.Entry, error) {
	draft, err := s.Create()
	if err != nil {
		return nil, err
	}
	defer draft.Close()
	w := wire.NewContentWriter(draft)
	if _, err := content.WriteTo(w); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return draft.Commit(e)
}

// envelope returns the envelope of the mail for the spool.
func (k *keeper) envelope() spool.Envelope {
	d, now := k.d, time.Now().UTC()
	e := spool.Envelope{
		Created: now, Next: now, State: spool.Queued,
		From: d.envelope.From, AllOrNothing: d.envelope.AllOrNothing, Chunking: d.envelope.Chunking,
		DSN:  spool.DSN{Notify: d.envelope.DSN.Notify, Return: d.envelope.DSN.Return, EnvelopeID: d.envelope.DSN.EnvelopeID},
		UTF8: d.envelope.UTF8, MessageID: k.m.MessageID(),
		Flags: d.routeFlags(), Unknown: d.unknown, MaxAge: int(d.maxAge / time.Second), OnFail: d.onFail,
	}
	e.Host, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		e.User = u.Username
	}
	for _, to := range d.envelope.To {
		e.Recipients = append(e.Recipients, spool.Recipient{Address: to})
	}
	return e
}

// recorded returns the envelope with the result of the attempts. It has only the
// recipients that are still to be served, and those that were refused if
// --spool-refused demands it or the exit status does not tell.
func (k *keeper) recorded(e spool.Envelope, err error) spool.Envelope {
	failed := k.refused(err) && k.wanted(err)
	now := time.Now().UTC()
	if dialogueError(err) != nil {
		attempt.Record(&e, k.d.receipt, err, now)
	} else if err != nil {
		e.Reason = err.Error()
	}
	if failed {
		e.State = spool.Failed
	}
	untold := exitCode(err) != exitUnavailable && slices.ContainsFunc(k.d.receipt.Recipients, isPending)
	refused := failed || untold || k.d.flags.Bool("spool-refused")
	e.Recipients = slices.DeleteFunc(slices.Clone(e.Recipients), func(to spool.Recipient) bool {
		return to.Outcome == "accepted" || to.Outcome == "refused" && !refused
	})
	return e
}

// content returns what the next attempt sends.
func (k *keeper) content(c *content) io.WriterTo {
	if k.entry != nil {
		return k.entry
	}
	return c
}

// beforeDot records that the outcome may soon be unknown, if the mail is kept.
func (k *keeper) beforeDot(recipients []string) error {
	if k.entry == nil {
		return nil
	}
	return k.entry.Dot(recipients)
}

// record records the result of an attempt: in the entry, if there is one, and for
// the servers. A signal is not a failure of a server.
func (k *keeper) record(err error) {
	if k.spool != nil && k.d.signals.Context().Err() == nil {
		_, failed := attempt.NoteServers(k.spool, k.route, k.d.receipt, err, time.Now().UTC())
		k.noteError(failed)
	}
	if k.entry == nil || err == nil {
		return
	}
	if e := k.recorded(k.envelope(), err); len(e.Recipients) > 0 { // else conclude removes it
		k.save(e)
	}
}

// save replaces the envelope of the entry. The attempts of e are those since then.
func (k *keeper) save(e spool.Envelope) {
	old := k.entry.Envelope
	e.ID, e.Version, e.Created, e.Attempts = old.ID, old.Version, old.Created, old.Attempts+e.Attempts
	e.Size, e.CRC32C, e.EightBit = old.Size, old.CRC32C, old.EightBit
	k.entry.Envelope = e
	k.noteError(k.entry.Save())
}

// hasOthers reports whether the spool has other mails.
func (k *keeper) hasOthers() bool {
	if k.spool == nil {
		return false
	}
	ids, err := k.spool.IDs()
	own := 0
	if k.entry != nil {
		own = 1
	}
	return err == nil && len(ids) > own
}

// afterSuccess sends what is due, and warns of older messages that no flush sends.
func (k *keeper) afterSuccess() {
	if k.spool != nil {
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
	q := &queue.Queue{Spool: k.spool, Route: k.d.route, Bounce: bounce.Of}
	if k.d.flags.Bool("verbose") {
		q.Event = func(e queue.Event) {
			if e.Err != nil {
				k.d.note("%s: %s", shortID(e.ID), e.Err)
			}
		}
	}
	err := q.Continue(k.d.signals.Context(), k.session, k.d.routeFlags(), k.route, limit)
	k.session.Close()
	if k.d.flags.Bool("verbose") {
		k.noteError(err)
	}
}

// noteError notes a failure of the spool that does not matter for the mail.
func (k *keeper) noteError(err error) {
	if err != nil {
		k.d.note("%s", err)
	}
}
