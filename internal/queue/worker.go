package queue

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

const defaultMailsPerConnection = 100

// A worker takes entries from a group and delivers them over its session.
type worker struct {
	p        *pass
	g        *group
	route    Route
	session  *wire.Session
	ctx      context.Context
	works    func()    // called when an attempt shows that the server works
	isKnown  bool      // it was called
	onlyOpen bool      // only over the connection that is open
	mails    int       // sent over the connection
	next     *delivery // what Next returned
}

// A delivery is an entry that a worker took.
type delivery struct {
	entry     *spool.Entry
	mail      wire.Mail
	announced bool // BeforeDot was called, so Save must remove ID.dot
}

// run delivers until the group is empty or stopped.
func (w *worker) run(ctx context.Context) {
	w.ctx = ctx
	for d := w.take(ctx); d != nil; d = w.following(ctx) {
		if !w.pace(ctx) || w.onlyOpen && !w.session.Open() {
			w.putBack(d)
			break
		}
		if !w.session.Open() {
			w.mails = 0
		}
		w.mails++
		r, err := w.session.Deliver(ctx, &d.mail)
		<-r.ContentDone
		w.record(ctx, d, r, err)
		d.entry.Close()
	}
	if w.next != nil {
		w.putBack(w.next)
	}
}

// take returns the next entry that can be sent, locked, or nil.
func (w *worker) take(ctx context.Context) *delivery {
	for ctx.Err() == nil && !w.p.isOver() {
		id, ok := w.g.take()
		if !ok {
			return nil
		}
		if e := w.p.lock(id, w.g); e != nil {
			return w.delivery(e)
		}
	}
	return nil
}

// following returns what Next returned, or takes another entry.
func (w *worker) following(ctx context.Context) *delivery {
	d := w.next
	w.next = nil
	if d == nil {
		return w.take(ctx)
	}
	if w.g.isStopped() {
		w.putBack(d)
		return nil
	}
	return d
}

func (w *worker) putBack(d *delivery) {
	w.g.putBack(d.entry.ID)
	d.entry.Close()
}

func (w *worker) delivery(e *spool.Entry) *delivery {
	d := &delivery{entry: e}
	d.mail = wire.Mail{Envelope: envelope(&e.Envelope), Content: e, Next: w.announce}
	var announced []string // all transactions of the message
	d.mail.Envelope.BeforeDot = func(recipients []string) error {
		d.announced = true
		announced = append(announced, recipients...)
		return e.Dot(announced)
	}
	return d
}

func envelope(e *spool.Envelope) wire.Envelope {
	to := e.Pending()
	return wire.Envelope{
		From: e.From, To: to,
		Size: e.Size, EightBit: e.EightBit, EightBitKnown: true, UTF8: e.UTF8,
		DSN: wire.DSN(e.DSN), MessageID: e.MessageID,
		AllOrNothing: e.AllOrNothing && len(to) == len(e.Recipients), // else some have it
		Chunking:     e.Chunking,
	}
}

// announce takes the next entry, for wire.Mail.Next: its first commands go out
// with the dot of the message before it.
func (w *worker) announce() *wire.Mail {
	if w.mails >= cmp.Or(w.route.MailsPerConnection, defaultMailsPerConnection) {
		return nil
	}
	if w.route.Every > 0 {
		return &wire.Mail{} // keeps the connection; nothing goes out before its time
	}
	w.next = w.take(w.ctx)
	if w.next == nil {
		return nil
	}
	return &w.next.mail
}

// pace waits for the time that the rate of the account gives to the next message.
// It returns false if that time does not come.
func (w *worker) pace(ctx context.Context) bool {
	p := w.p
	if w.route.Every == 0 {
		return true
	}
	at, err := p.Spool.Reserve(w.route.Keys[0], w.route.Every, p.now())
	if err != nil {
		w.g.stop(err)
		p.check(nil, err)
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(at.Sub(p.now())):
		return !p.isOver()
	}
}

// record records the result of an attempt.
func (w *worker) record(ctx context.Context, d *delivery, r wire.Receipt, err error) {
	p, e := w.p, d.entry
	var damage *spool.DamageError
	switch {
	case errors.As(err, &damage):
		p.failed(&e.Envelope, damage)
	case isLocal(err):
		w.g.putBack(e.ID)
		w.g.stop(err)
		p.failed(&e.Envelope, err)
	case ctx.Err() != nil && isUntouched(r, err):
		w.g.putBack(e.ID)
		if d.announced { // remove ID.dot
			p.check(&e.Envelope, e.Save())
		}
	default:
		w.noteServers(r, err)
		Record(&e.Envelope, r, err, p.now())
		p.conclude(w.g, e, &r, err)
	}
}

// noteServers records whether the servers failed. A server that failed stops the
// group. One that works after a failure makes all its messages due.
func (w *worker) noteServers(r wire.Receipt, err error) {
	p := w.p
	failed, _ := ServerFailed(err)
	if !failed && len(r.FailedServers) == 0 && w.isKnown {
		return
	}
	recovered, noteErr := noteServers(p.Spool, w.route, r, err, p.now())
	p.check(nil, noteErr)
	if failed {
		w.g.stop(nil)
		return
	}
	w.isKnown = true
	if recovered {
		w.g.allDue()
	}
	w.works()
}

// isLocal reports whether err is not about the server or the message, but about
// the spool or a temporary file.
func isLocal(err error) bool {
	e := asWire(err)
	return e != nil && e.Kind == wire.KindBadMessage && e.Stage == wire.StageContent && e.Reply.Code == 0
}

// isUntouched reports whether an attempt that a signal ended brought nothing.
func isUntouched(r wire.Receipt, err error) bool {
	return err != nil && !slices.ContainsFunc(r.Recipients, func(r wire.Recipient) bool {
		return r.Outcome == wire.OutcomeAccepted || r.Outcome == wire.OutcomeUnknown || r.Reply.Code != 0
	})
}
