package queue

import (
	"context"
	"errors"
	"slices"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// How long Run leaves a lane alone although its servers are not down.
const (
	restTime = time.Minute     // after its spool or configuration failed
	busyTime = 2 * time.Second // while other processes have its connections
)

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

	session *attempt.Session
	next    *delivery // its first commands went out with the dot of the message before it
}

// A delivery is an entry that is locked, to be sent.
type delivery struct {
	entry *spool.Entry
	mail  *wire.Mail
}

// send sends what is due of a group over the servers that can be used now. An error
// is one of the spool.
func (g *group) send(ctx context.Context) error {
	if g.err != nil {
		g.rest = restTime
		return nil
	}
	session, err := attempt.Open(g.Spool, g.route, g.o.All, g.now())
	if session == nil {
		g.rest = busyTime
		return err
	}
	defer session.Close()
	g.session = session
	g.run(ctx)
	return nil
}

// run delivers until nothing is due, or the group is stopped.
func (g *group) run(ctx context.Context) {
	d := g.take(ctx)
	for d != nil && !g.stopped && g.wait(ctx) {
		g.next = nil
		r, err := g.session.Deliver(ctx, d.mail)
		g.record(ctx, d.entry, r, err)
		d.entry.Close()
		d = g.next
		if d == nil {
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
		switch {
		case errors.Is(err, spool.ErrInUse):
			g.waiting(1)
		case spool.IsUnreachable(err):
			g.due = slices.Insert(g.due, 0, id)
			g.stopped, g.rest = true, busyTime
		}
		if err != nil {
			continue
		}
		if g.isReady(e) {
			return &delivery{e, g.session.Mail(e, func() *wire.Mail { return g.announce(ctx) })}
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
	g.next = g.take(ctx)
	if g.next == nil {
		return nil
	}
	return g.next.mail
}

// wait waits until the next message may be sent. It returns false if it may not.
func (g *group) wait(ctx context.Context) bool {
	ready, err := g.session.Wait(ctx, g.now(), g.end)
	g.stopFor(nil, err)
	return ready
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
	case errors.Is(err, spool.ErrLost): // another process sends it
		g.waiting(1)
	case cannotRecord && !attempt.SomeAccepted(r):
		g.putBack(e)
		g.stopFor(&e.Envelope, err)
	case attempt.IsUnreadable(err):
		g.waiting(1)
		g.check(&e.Envelope, err)
	case ctx.Err() != nil && attempt.IsUntouched(r, err):
		g.putBack(e)
		g.check(&e.Envelope, e.Save()) // removes ID.dot
	default:
		if ctx.Err() == nil {
			g.noteServers(r, err)
		}
		attempt.Record(&e.Envelope, r, err, g.now())
		g.conclude(e, &r, err)
		if cannotRecord {
			g.stopFor(&e.Envelope, err)
		}
	}
}

// noteServers records whether the servers failed. A server that failed stops the
// group. One that works after a failure makes all its messages due.
func (g *group) noteServers(r wire.Receipt, err error) {
	recovered, cannotNote := g.session.NoteServers(r, err, g.now())
	g.stopFor(nil, cannotNote)
	if recovered {
		g.due, g.later, g.all = slices.Concat(g.due, g.later), nil, true
	}
	if failed, _ := attempt.ServerFailed(err); failed {
		g.stopped = true
	}
}

// leaveToOthers counts messages that only others can send. Run reports them once in a
// while. They are not given up.
func (g *group) leaveToOthers(n int) {
	g.waiting(n)
	if key := g.err.Error(); !g.skips(key) {
		g.skip(key)
		g.tell(Event{Kind: ServerDown, Err: g.err, Waiting: n})
	}
}

// leave counts what is left of a group. If that waits for a server or for the
// configuration, leave reports it, and gives up what has waited too long.
func (g *group) leave() {
	left := slices.Concat(g.due, g.later)
	if errors.Is(g.err, ErrUnknownAccount) {
		g.leaveToOthers(len(left))
		return
	}
	down := g.route.Down(g.Spool, g.now())
	e := Event{Kind: ServerDown, Err: g.err, Next: down.Next}
	if down.Failures > 0 {
		e.Server, e.Err = g.route.ServerName(down.Key), errors.New(down.Reason)
	}
	if e.Err != nil {
		due := len(g.due)
		left = slices.DeleteFunc(left, func(id string) bool { return g.giveUp(id, down) })
		left = append(left, g.due[due:]...) // the bounces of those that were given up
	}
	e.Waiting = len(left)
	g.waiting(e.Waiting)
	if e.Err != nil && e.Waiting > 0 {
		g.tell(e)
	}
}
