package queue

import (
	"cmp"
	"errors"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// Take locks an entry, and records it if the outcome is unknown because a process
// died. The caller must call Close.
func (q *Queue) Take(id string) (*spool.Entry, error) { return newPass(q, Options{}).take(id) }

// take locks an entry. If a dead process may have sent it, the outcome is recorded
// as unknown.
func (p *pass) take(id string) (*spool.Entry, error) {
	e, err := p.Spool.Take(id)
	if err != nil || len(e.Interrupted) == 0 {
		return e, err
	}
	note(&e.Envelope, "", spool.ErrInterrupted, p.now())
	kind := Interrupted
	if e.Unknown == "hold" && e.State == spool.Queued {
		e.State, kind = spool.Held, Held
	}
	if err := e.Save(); err != nil {
		e.Close()
		return nil, err
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
		settle(&e.Envelope, nil, g.now())
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
	serverFailed, _ := ServerFailed(err)
	switch {
	case e.State == spool.Held:
		kind, stored = Held, e.Save()
	case e.State == spool.Failed && tryWithSender(e, g.now()):
		kind, stored = Deferred, e.Save()
		g.due = append(g.due, e.ID)
	case e.State == spool.Failed:
		kind, stored = Failed, g.bounce(e, false)
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
	switch {
	case e.Expired(g.now(), down):
		e.State = spool.Failed
		e.Reason = "given up: " + cmp.Or(e.Reason, down.Reason)
		return Failed, g.bounce(e, false)
	case g.wantsNotice(&e.Envelope):
		return Deferred, g.bounce(e, true)
	}
	return Deferred, e.Save()
}

// giveUp gives up a message that has waited too long for the server down, or sends
// its delay notice. It reports whether the message does not wait any more.
func (g *group) giveUp(id string, down spool.Server) bool {
	envelope, err := g.Spool.Read(id)
	if err != nil || !envelope.Expired(g.now(), down) && !g.wantsNotice(envelope) {
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
