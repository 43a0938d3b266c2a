package queue

import (
	"cmp"
	"errors"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// lock takes an entry that is to be sent. It returns nil if that is not possible
// now, or not necessary any more.
func (p *pass) lock(id string, g *group) *spool.Entry {
	e, err := p.Spool.Take(id)
	switch {
	case errors.Is(err, spool.ErrNotFound): // sent meanwhile
		return nil
	case errors.Is(err, spool.ErrInUse):
		p.waiting(1)
		return nil
	case err != nil:
		p.failed(&spool.Envelope{ID: id}, err)
		return nil
	}
	if p.isReady(e, g) {
		return e
	}
	e.Close()
	return nil
}

// isReady reports whether a locked entry can be sent. Another process may have
// changed it since it was read without the lock.
func (p *pass) isReady(e *spool.Entry, g *group) bool {
	switch {
	case e.State != spool.Queued:
		return false
	case !g.isAll() && !e.Due(p.now()), e.BounceOf != "" && !p.isKnown(e):
		p.waiting(1)
		return false
	}
	if len(e.Interrupted) > 0 {
		if err := p.recover(e); err != nil {
			p.failed(&e.Envelope, err)
			p.waiting(1)
			return false
		}
	}
	if e.State == spool.Queued && len(e.Pending()) == 0 {
		settle(&e.Envelope, nil, p.now())
		p.conclude(g, e, nil, nil)
		return false
	}
	return e.State == spool.Queued
}

// recover records that a process died after it may have sent the dot.
func (p *pass) recover(e *spool.Entry) error {
	err := errors.New("outcome unknown: the process ended before the reply to the end of data")
	interrupted := make(map[string]bool)
	for _, address := range e.Interrupted {
		interrupted[address] = true
	}
	found := false
	for i := range e.Recipients {
		r := &e.Recipients[i]
		if interrupted[r.Address] && !isDone(*r) {
			*r = spool.Recipient{Address: r.Address, Outcome: wire.OutcomeUnknown.String(), Reply: err.Error()}
			found = true
		}
	}
	if !found { // the result was recorded
		return e.Save()
	}
	note(&e.Envelope, "", err, p.now())
	if e.Unknown == "hold" {
		e.State = spool.Held
	}
	if err := e.Save(); err != nil {
		return err
	}
	p.message(Interrupted, e, nil, err)
	if e.State == spool.Held {
		p.message(Held, e, nil, err)
	}
	return nil
}

// conclude stores the result of an attempt: it removes a message that all
// recipients have, and saves any other.
func (p *pass) conclude(g *group, e *spool.Entry, r *wire.Receipt, err error) {
	var kind Kind
	var stored error
	serverFailed, _ := ServerFailed(err)
	switch {
	case e.State == spool.Held:
		kind, stored = Held, e.Save()
	case e.State == spool.Failed && tryWithSender(e, p.now()):
		kind, stored = Deferred, e.Save()
		g.add(e.ID)
	case e.State == spool.Failed:
		kind, stored = Failed, p.bounce(g, e, false)
		err = cmp.Or(err, errors.New(e.Reason))
	case len(e.Pending()) == 0:
		kind, stored = Sent, e.Remove()
	case serverFailed: // it waits for the server with the rest of the group
		kind, stored = Deferred, e.Save()
		g.putBack(e.ID)
	default:
		kind, stored = p.wait(g, e, spool.Server{})
		if kind == Failed {
			err = errors.New(e.Reason)
		} else {
			p.waiting(1)
		}
	}
	p.message(kind, e, r, err)
	p.check(&e.Envelope, stored)
}

// wait saves a message that waits, for the server down or by itself. If it is too
// old, it fails.
func (p *pass) wait(g *group, e *spool.Entry, down spool.Server) (Kind, error) {
	switch {
	case e.Expired(p.now(), down):
		e.State = spool.Failed
		e.Reason = "given up: " + cmp.Or(e.Reason, down.Reason)
		return Failed, p.bounce(g, e, false)
	case p.wantsNotice(&e.Envelope):
		return Deferred, p.bounce(g, e, true)
	}
	return Deferred, e.Save()
}

// giveUpOld gives up the messages that have waited too long for the server down,
// or sends their delay notices. It returns the messages that still wait.
func (p *pass) giveUpOld(g *group, ids []string, down spool.Server) (rest []string) {
	for _, id := range ids {
		e, err := p.Spool.Read(id)
		if err != nil || !e.Expired(p.now(), down) && !p.wantsNotice(e) {
			rest = append(rest, id)
			continue
		}
		entry, err := p.Spool.Take(id)
		if err != nil {
			rest = append(rest, id)
			continue
		}
		kind, err := p.wait(g, entry, down)
		if kind == Failed {
			p.message(Failed, entry, nil, errors.New(entry.Reason))
		} else {
			rest = append(rest, id)
		}
		p.check(&entry.Envelope, err)
		entry.Close()
	}
	return rest
}
