package queue

import (
	"cmp"
	"errors"
	"sync"
	"time"

	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A pass is what the workers of one Flush, Run or Continue share.
type pass struct {
	*Queue
	o       Options
	only    string // the key of the flags that are sent; empty means all
	bounces bounce.Writer
	end     time.Time // no message is started after that; zero means no limit
	jobs    chan struct{}

	mu      sync.Mutex
	sum     Summary
	skipped map[string]time.Time // IDs that were reported, and until when they are left alone
}

// skipTime is how long Run leaves an entry alone after it could not use it.
const skipTime = time.Hour

const defaultJobs = 4

func newPass(q *Queue, o Options) *pass {
	p := &pass{
		Queue: q, o: o, jobs: make(chan struct{}, cmp.Or(o.Jobs, defaultJobs)), skipped: make(map[string]time.Time),
	}
	p.bounces = bounce.Writer{Spool: q.Spool, Now: q.now, Content: q.Bounce}
	if o.For > 0 {
		p.end = q.now().Add(o.For)
	}
	return p
}

// isOver reports whether it is too late to start a message.
func (p *pass) isOver() bool { return !p.end.IsZero() && !p.now().Before(p.end) }

// skips reports whether an entry is left alone because it was reported before.
func (p *pass) skips(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now().Before(p.skipped[id])
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
	if p.Event != nil {
		p.Event(e)
	}
}

// message reports what happened to a message.
func (p *pass) message(kind Kind, e *spool.Entry, r *wire.Receipt, err error) {
	p.tell(Event{Kind: kind, ID: e.ID, Envelope: &e.Envelope, Receipt: r, Err: err})
}

// failed reports why an entry cannot be used. It is left as it is.
func (p *pass) failed(e *spool.Envelope, err error) {
	kind := Trouble
	if _, isDamage := errors.AsType[*spool.DamageError](err); isDamage {
		kind = Damaged
	}
	p.mu.Lock()
	p.skipped[e.ID] = p.now().Add(skipTime)
	p.mu.Unlock()
	p.tell(Event{Kind: kind, ID: e.ID, Envelope: e, Err: err})
}

// check reports err, if it is not nil, as a trouble with the spool.
func (p *pass) check(e *spool.Envelope, err error) {
	switch {
	case err == nil:
	case e == nil:
		p.tell(Event{Kind: Trouble, Err: err})
	default:
		p.failed(e, err)
	}
}

// waiting counts messages that were not tried.
func (p *pass) waiting(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sum.Waiting += n
}
