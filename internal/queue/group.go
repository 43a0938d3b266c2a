package queue

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

const defaultMailsPerConnection = 100

// A group is the entries that have the same flags, and so the same route. Only
// they share a session, because the flags also choose TLS and the login. One
// goroutine uses it at a time.
type group struct {
	*pass
	route   attempt.Route
	err     error         // of the configuration; then there is no route
	due     []string      // IDs, in the order of sending
	later   []string      // queued, but not due yet
	all     bool          // whether an entry is due does not matter
	stopped bool          // no more entries are taken
	rest    time.Duration // how long Run leaves the lane alone

	session  *wire.Session
	onlyOpen bool      // only over the connection that is open
	mails    int       // sent over the connection
	works    bool      // an attempt showed that the server works
	next     *delivery // its first commands went out with the dot of the message before it
}

// A delivery is an entry that is locked, to be sent.
type delivery struct {
	entry *spool.Entry
	mail  wire.Mail
}

// run delivers until nothing is due, or the group is stopped.
func (g *group) run(ctx context.Context) {
	d := g.take(ctx)
	for d != nil && !g.stopped && g.pace(ctx) && (!g.onlyOpen || g.session.Open()) {
		if !g.session.Open() {
			g.mails = 0
		}
		g.mails++
		g.next = nil
		r, err := g.session.Deliver(ctx, &d.mail)
		<-r.ContentDone
		g.record(ctx, d.entry, r, err)
		d.entry.Close()
		if d = g.next; d == nil {
			d = g.take(ctx)
		}
	}
	if d != nil {
		g.putBack(d.entry)
		d.entry.Close()
	}
}

// take returns the next entry that can be sent, or nil.
func (g *group) take(ctx context.Context) *delivery {
	for len(g.due) > 0 && !g.stopped && ctx.Err() == nil && !g.isOver() {
		id := g.due[0]
		g.due = g.due[1:]
		e, err := g.lock(id)
		if errors.Is(err, spool.ErrInUse) {
			g.waiting(1)
		}
		if err != nil {
			continue
		}
		if g.isReady(e) {
			return &delivery{e, wire.Mail{
				Envelope: attempt.Envelope(e), Content: e, Next: func() *wire.Mail { return g.announce(ctx) },
			}}
		}
		e.Close()
	}
	return nil
}

// isReady reports whether a locked entry can be sent. Another process may have
// changed it since it was read without the lock.
func (g *group) isReady(e *spool.Entry) bool {
	if e.State != spool.Queued {
		return false
	}
	isReady := (g.all || e.Due(g.now())) && (e.BounceOf == "" || g.isKnown(e))
	if !isReady {
		g.waiting(1)
	}
	return isReady
}

// putBack makes an entry the next one that is due: it was not tried.
func (g *group) putBack(e *spool.Entry) { g.due = slices.Insert(g.due, 0, e.ID) }

// announce takes the entry that is sent next, for wire.Mail.Next.
func (g *group) announce(ctx context.Context) *wire.Mail {
	if g.mails >= cmp.Or(g.route.MailsPerConnection, defaultMailsPerConnection) {
		return nil
	}
	if g.route.Every > 0 {
		return &wire.Mail{} // keeps the connection; nothing goes out before its time
	}
	g.next = g.take(ctx)
	if g.next == nil {
		return nil
	}
	return &g.next.mail
}

// pace waits for the time that the rate of the account gives to the next message.
// It returns false if that time does not come.
func (g *group) pace(ctx context.Context) bool {
	if g.route.Every == 0 {
		return true
	}
	at, err := g.Spool.Reserve(g.route.Keys[0], g.route.Every, g.now())
	if err != nil {
		g.stopFor(nil, err)
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(at.Sub(g.now())):
		return !g.isOver()
	}
}

// stopFor stops the group if the spool failed: nor could another message be sent.
func (g *group) stopFor(e *spool.Envelope, err error) {
	if err != nil {
		g.stopped, g.rest = true, restTime
		g.check(e, err)
	}
}

// record records the result of an attempt.
func (g *group) record(ctx context.Context, e *spool.Entry, r wire.Receipt, err error) {
	damage, isDamage := errors.AsType[*spool.DamageError](err)
	_, cannotRecord := errors.AsType[*spool.Error](err)
	switch {
	case isDamage:
		g.check(&e.Envelope, damage)
	case cannotRecord:
		g.putBack(e)
		g.stopFor(&e.Envelope, err)
	case attempt.IsUnreadable(err):
		g.waiting(1)
		g.check(&e.Envelope, err)
	case ctx.Err() != nil && attempt.IsUntouched(r, err):
		g.putBack(e)
		g.check(&e.Envelope, e.Save()) // removes ID.dot
	default:
		g.noteServers(r, err)
		attempt.Record(&e.Envelope, r, err, g.now())
		g.conclude(e, &r, err)
	}
}

// noteServers records whether the servers failed. A server that failed stops the
// group. One that works after a failure makes all its messages due.
func (g *group) noteServers(r wire.Receipt, err error) {
	failed, _ := attempt.ServerFailed(err)
	if failed || len(r.FailedServers) > 0 || !g.works {
		recovered, err := attempt.NoteServers(g.Spool, g.route, r, err, g.now())
		g.stopFor(nil, err)
		if recovered {
			g.due, g.later, g.all = slices.Concat(g.due, g.later), nil, true
		}
	}
	g.works, g.stopped = !failed, g.stopped || failed
}
