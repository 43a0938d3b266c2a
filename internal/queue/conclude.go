package queue

import (
	"cmp"
	"errors"

	"mailpipe/internal/attempt"
	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// conclude stores the result of an attempt: it removes a message that all
// recipients have, and saves any other.
func (g *group) conclude(e *spool.Entry, r *wire.Receipt, err error) {
	kind := Deferred
	serverFailed, _ := attempt.ServerFailed(err)
	switch {
	case e.State == spool.Held:
		kind = Held
	case e.State == spool.Failed && bounce.RetryWithSender(&e.Envelope, g.now()):
		g.due = append(g.due, e.ID)
	case e.State == spool.Failed:
		kind, err = Failed, cmp.Or(err, errors.New(e.Reason))
	case len(e.Pending()) == 0:
		kind = Sent
	case serverFailed: // it waits for the server with the rest of the group
		g.putBack(e)
	case attempt.GiveUp(&e.Envelope, spool.Server{}, g.now()):
		kind, err = Failed, errors.New(e.Reason)
	default:
		g.waiting(1)
	}
	var stored error
	if kind == Sent {
		stored = e.Remove()
	} else {
		stored = g.save(e)
	}
	g.message(kind, e, r, err)
	g.check(&e.Envelope, stored)
}

// save saves a message. A bounce or delay notice for it is due with the rest of the
// group.
func (g *group) save(e *spool.Entry) error {
	id, err := g.bounces.Save(e)
	if id != "" {
		g.due = append(g.due, id)
	}
	return err
}

// giveUp gives up a message that has waited too long for the server down, or sends
// its delay notice. It reports whether the message does not wait any more, which is
// also the case if it is damaged or gone.
func (g *group) giveUp(id string, down spool.Server) bool {
	e, err := g.lock(id)
	if err != nil {
		return !errors.Is(err, spool.ErrInUse)
	}
	defer e.Close()
	if e.State != spool.Queued { // another process was faster
		return true
	}
	givenUp := attempt.GiveUp(&e.Envelope, down, g.now())
	if !givenUp && !g.bounces.NoticeDue(&e.Envelope) {
		return false
	}
	err = g.save(e)
	if givenUp {
		g.message(Failed, e, nil, errors.New(e.Reason))
	}
	g.check(&e.Envelope, err)
	return givenUp
}

// finish takes the steps to a bounce that a dead process did not take. It reports
// whether none is left.
func (p *pass) finish(id string) bool {
	e, err := p.lock(id)
	if err != nil {
		return errors.Is(err, spool.ErrNotFound)
	}
	defer e.Close()
	p.check(&e.Envelope, p.bounces.Finish(e))
	return !e.Unfinished()
}

// isKnown reports whether the message that a bounce is about knows that the bounce
// exists. Before that, it must not be sent.
func (p *pass) isKnown(child *spool.Entry) bool {
	parent, err := p.Spool.Read(child.BounceOf)
	return err != nil || !parent.Unfinished() || p.finish(parent.ID)
}
