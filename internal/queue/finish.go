package queue

import (
	"errors"

	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
)

// finish completes the bounce or delay notice of a message after a process died.
// It reports whether no step is left.
func (p *pass) finish(id string) bool {
	e, err := p.take(id)
	switch {
	case errors.Is(err, spool.ErrInUse):
		return false
	case errors.Is(err, spool.ErrNotFound):
		return true
	case err != nil:
		p.failed(&spool.Envelope{ID: id}, err)
		return false
	}
	defer e.Close()
	p.check(&e.Envelope, p.bounces.Finish(e))
	return !bounce.Unfinished(&e.Envelope)
}

// isKnown reports whether the message that a bounce is about knows that the bounce
// exists. Before that, it must not be sent.
func (p *pass) isKnown(child *spool.Entry) bool {
	parent, err := p.Spool.Read(child.BounceOf)
	return err != nil || !bounce.Unfinished(parent) || p.finish(parent.ID)
}
