package queue

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A pass is what the goroutines of one Flush, Run or Continue share.
type pass struct {
	*Queue
	o       Options
	only    *string // the key of the flags that are sent; nil means all
	bounces bounce.Writer
	end     time.Time // no message is started after that; zero means no limit
	jobs    chan struct{}

	mu      sync.Mutex
	sum     Summary
	skipped map[string]time.Time // what was reported, by ID or error, and until when it is not reported again
}

// skipTime is how long Run leaves an entry alone after it could not use it.
const skipTime = time.Hour

func newPass(q *Queue, o Options) *pass {
	p := &pass{
		Queue: q, o: o, bounces: bounce.Writer{Spool: q.Spool, Now: q.now, Content: q.Bounce},
		jobs: make(chan struct{}, cmp.Or(o.Jobs, 4)), skipped: make(map[string]time.Time),
	}
	if o.For > 0 {
		p.end = q.now().Add(o.For)
	}
	return p
}

// isOver reports whether it is too late to start a message.
func (p *pass) isOver() bool { return !p.end.IsZero() && !p.now().Before(p.end) }

// send sends what is due of a lane, and returns how long it then rests. It waits
// until fewer than Jobs lanes are being sent.
func (p *pass) send(ctx context.Context, groups []*group) (rest time.Duration) {
	p.jobs <- struct{}{}
	defer func() { <-p.jobs }()
	for _, g := range groups {
		g.stopFor(nil, g.send(ctx))
		g.leave()
		rest = max(rest, g.rest)
	}
	return rest
}

// lock locks an entry. It reports an error, and that the outcome is unknown because
// a process died.
func (p *pass) lock(id string) (*spool.Entry, error) {
	e, interrupted, err := attempt.Take(p.Spool, id, p.now())
	switch {
	case interrupted && e.State == spool.Held:
		p.message(Held, e, nil, spool.ErrInterrupted)
	case interrupted:
		p.message(Interrupted, e, nil, spool.ErrInterrupted)
	}
	p.check(&spool.Envelope{ID: id}, err)
	return e, err
}

// check reports why a message, or the spool if e is nil, cannot be used. Run leaves
// the message alone then. That another process uses a message, or has sent it, is
// no trouble.
func (p *pass) check(e *spool.Envelope, err error) {
	if err == nil || errors.Is(err, spool.ErrInUse) || errors.Is(err, spool.ErrNotFound) {
		return
	}
	event := Event{Kind: Trouble, Envelope: e, Err: err}
	if _, isDamage := errors.AsType[*spool.DamageError](err); isDamage {
		event.Kind = Damaged
	}
	if e != nil {
		event.ID = e.ID
	}
	p.tell(event)
}

// skips reports whether an entry is left alone because it was reported before.
func (p *pass) skips(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now().Before(p.skipped[id])
}

func (p *pass) skip(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skipped[id] = p.now().Add(skipTime)
}

// message reports what happened to a message.
func (p *pass) message(kind Kind, e *spool.Entry, r *wire.Receipt, err error) {
	p.tell(Event{Kind: kind, ID: e.ID, Envelope: &e.Envelope, Receipt: r, Err: err})
}

// tell counts and reports what happened.
func (p *pass) tell(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Kind {
	case Sent:
		p.sum.Sent++
	case Held:
		p.sum.Waiting++
	case Failed:
		p.sum.Failed++
	case Damaged:
		p.sum.Damaged++
	}
	if e.Kind == Damaged || e.Kind == Trouble && !spool.IsUnreachable(e.Err) {
		p.skipped[e.ID] = p.now().Add(skipTime)
	}
	if p.Event != nil {
		p.Event(e)
	}
}

// waiting counts messages that were not tried.
func (p *pass) waiting(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sum.Waiting += n
}
