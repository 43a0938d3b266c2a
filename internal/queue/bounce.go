package queue

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"mailpipe/internal/spool"
)

// A message gets exactly one bounce, whenever a process is killed:
//
//  1. The message is saved with the ID of its bounce.
//  2. The bounce is created, and locked.
//  3. The message is saved as bounced. Then the bounce is unlocked.
//
// A process that finds a message after step 1 continues: with step 3 if the bounce
// exists, and with step 1 if not. The bounce is not sent before step 3. A delay
// notice has the same steps.

// noticeAge is when the sender is told that a message is delayed.
const noticeAge = 4 * time.Hour

// bounce saves the message, and queues its bounce or delay notice if the sender
// gets one.
func (p *pass) bounce(e *spool.Entry, delayed bool) error {
	if !delayed && !p.bounces(&e.Envelope) {
		return e.Save()
	}
	id, done := bounceFields(&e.Envelope, delayed)
	*id = spool.NewID(p.now())
	if err := e.Save(); err != nil {
		return err
	}
	child, err := p.create(*id, e, delayed)
	if err != nil {
		return fmt.Errorf("cannot write the bounce: %w", err)
	}
	if child == nil { // there is none
		*id = ""
		return e.Save()
	}
	defer child.Close()
	*done = true
	return e.Save()
}

// bounce is pass.bounce. The bounce is sent with the rest of the group.
func (g *group) bounce(e *spool.Entry, delayed bool) error {
	err := g.pass.bounce(e, delayed)
	id, done := bounceFields(&e.Envelope, delayed)
	if err == nil && *done {
		g.due = append(g.due, *id)
	}
	return err
}

// bounceFields returns the fields of e about its bounce or its delay notice.
func bounceFields(e *spool.Envelope, delayed bool) (id *string, done *bool) {
	if delayed {
		return &e.Delay, &e.Delayed
	}
	return &e.Bounce, &e.Bounced
}

// bounces reports whether the sender hears of a failure.
func (p *pass) bounces(e *spool.Envelope) bool {
	return p.Bounce != nil && e.From != "" && e.BounceOf == "" && !strings.EqualFold(e.DSN.Notify, "NEVER")
}

// wantsNotice reports whether it is time for a delay notice.
func (p *pass) wantsNotice(e *spool.Envelope) bool {
	return e.Delay == "" && p.bounces(e) && p.now().Sub(e.Created) > noticeAge &&
		strings.Contains(strings.ToUpper(e.DSN.Notify), "DELAY")
}

// create creates the entry of a bounce or delay notice.
func (p *pass) create(id string, e *spool.Entry, delayed bool) (*spool.Entry, error) {
	content, to, from, err := p.Bounce(e, delayed)
	if c, ok := content.(io.Closer); ok {
		defer c.Close()
	}
	if err != nil || content == nil {
		return nil, err
	}
	draft, err := p.Spool.CreateAs(id)
	if err != nil {
		return nil, err
	}
	defer draft.Close()
	return Commit(draft, content, spool.Envelope{
		Created: p.now(), Host: e.Host, User: e.User, State: spool.Queued,
		Recipients: []spool.Recipient{{Address: to}},
		Flags:      e.Flags, Unknown: e.Unknown, MaxAge: e.MaxAge, Next: p.now(),
		BounceOf: e.ID, BounceFrom: from,
	})
}

// unfinished reports whether a bounce was announced and not noted as created.
func unfinished(e *spool.Envelope) bool {
	return e.Bounce != "" && !e.Bounced || e.Delay != "" && !e.Delayed
}

// finish continues with the bounce or delay notice of a message after a process
// died. It reports whether no step is left.
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
	for _, delayed := range []bool{false, true} {
		id, done := bounceFields(&e.Envelope, delayed)
		if *id == "" || *done {
			continue
		}
		_, err := p.Spool.Read(*id)
		if errors.Is(err, spool.ErrNotFound) {
			err = p.bounce(e, delayed)
		} else {
			*done = true
			err = e.Save()
		}
		p.check(&e.Envelope, err)
	}
	return !unfinished(&e.Envelope)
}

// isKnown reports whether the message that a bounce is about knows that the bounce
// exists. Before that, it must not be sent.
func (p *pass) isKnown(child *spool.Entry) bool {
	parent, err := p.Spool.Read(child.BounceOf)
	return err != nil || !unfinished(parent) || p.finish(parent.ID)
}

// tryWithSender makes a bounce that was refused due again, once, with a sender
// instead of the null sender. Servers that refuse that one often do so only after
// RCPT, so any refusal may be such a one.
func tryWithSender(e *spool.Entry, now time.Time) bool {
	if e.BounceOf == "" || e.From != "" || e.BounceFrom == "" {
		return false
	}
	e.From, e.State, e.Next = e.BounceFrom, spool.Queued, now
	for i := range e.Recipients {
		if wasRefused(e.Recipients[i]) {
			e.Recipients[i].Outcome = ""
		}
	}
	return true
}
