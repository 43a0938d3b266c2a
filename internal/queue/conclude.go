package queue

import (
	"cmp"
	"errors"

	"mailpipe/internal/attempt"
	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// take locks an entry. If a dead process may have sent it, that is reported.
func (p *pass) take(id string) (*spool.Entry, error) {
	e, interrupted, err := attempt.Take(p.Spool, id, p.now())
	if !interrupted {
		return e, err
	}
	kind := Interrupted
	if e.State == spool.Held {
		kind = Held
	}
	p.message(kind, e, nil, spool.ErrInterrupted)
	return e, nil
}

// lock takes an entry that is to be sent. It returns nil if that is not possible
// now, or not necessary any more.
func (g *group) lock(id string) *spool.Entry {
	e, err := g.pass.take(id)
	switch {
	case errors.Is(err, spool.ErrNotFound): // sent meanwhile
		return nil
	case errors.Is(err, spool.ErrInUse):
		g.waiting(1)
		return nil
	case err != nil:
		g.failed(&spool.Envelope{ID: id}, err)
		return nil
	}
	if g.isReady(e) {
		return e
	}
	e.Close()
	return nil
}

// isReady reports whether a locked entry can be sent. Another process may have
// changed it since it was read without the lock.
func (g *group) isReady(e *spool.Entry) bool {
	switch {
	case e.State != spool.Queued:
		return false
	case !g.all && !e.Due(g.now()), e.BounceOf != "" && !g.isKnown(e):
		g.waiting(1)
		return false
	case len(e.Pending()) == 0: // a process died before it could conclude
		attempt.SetState(&e.Envelope, nil, g.now())
		g.conclude(e, nil, nil)
		return false
	}
	return true
}

// conclude stores the result of an attempt: it removes a message that all
// recipients have, and saves any other.
func (g *group) conclude(e *spool.Entry, r *wire.Receipt, err error) {
	var kind Kind
	var stored error
	serverFailed, _ := attempt.ServerFailed(err)
	switch {
	case e.State == spool.Held:
		kind, stored = Held, e.Save()
	case e.State == spool.Failed && bounce.RetryWithSender(&e.Envelope, g.now()):
		kind, stored = Deferred, e.Save()
		g.due = append(g.due, e.ID)
	case e.State == spool.Failed:
		kind, stored = Failed, g.bounce(g.bounces.Failed(e))
		err = cmp.Or(err, errors.New(e.Reason))
	case len(e.Pending()) == 0:
		kind, stored = Sent, e.Remove()
	case serverFailed: // it waits for the server with the rest of the group
		kind, stored = Deferred, e.Save()
		g.putBack(e)
	default:
		kind, stored = g.wait(e, spool.Server{})
		if kind == Failed {
			err = errors.New(e.Reason)
		} else {
			g.waiting(1)
		}
	}
	g.message(kind, e, r, err)
	g.check(&e.Envelope, stored)
}

// wait saves a message that waits, for the server down or by itself. If it is too
// old, it fails.
func (g *group) wait(e *spool.Entry, down spool.Server) (Kind, error) {
	if e.Expired(g.now(), down) {
		e.State = spool.Failed
		e.Reason = "given up: " + cmp.Or(e.Reason, down.Reason)
		return Failed, g.bounce(g.bounces.Failed(e))
	}
	return Deferred, g.bounce(g.bounces.Waits(e))
}

// bounce adds a bounce or a delay notice to what is due.
func (g *group) bounce(id string, err error) error {
	if id != "" {
		g.due = append(g.due, id)
	}
	return err
}

// giveUp gives up a message that has waited too long for the server down, or sends
// its delay notice. It reports whether the message does not wait any more.
func (g *group) giveUp(id string, down spool.Server) bool {
	envelope, err := g.Spool.Read(id)
	if err != nil || !envelope.Expired(g.now(), down) && !g.bounces.NoticeDue(envelope) {
		return false
	}
	e, err := g.pass.take(id)
	if err != nil {
		return false
	}
	defer e.Close()
	if e.State != spool.Queued {
		return true
	}
	kind, err := g.wait(e, down)
	if kind == Failed {
		g.message(Failed, e, nil, errors.New(e.Reason))
	}
	g.check(&e.Envelope, err)
	return kind == Failed
}
