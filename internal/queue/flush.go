package queue

import (
	"context"
	"errors"
	"sync"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// Flush sends what is due, once. The error is nil unless the spool cannot be used,
// or ctx ended: then it is the cause.
func (q *Queue) Flush(ctx context.Context, o Options) (Summary, error) {
	p := newPass(q, o)
	if err := p.begin(); err != nil {
		return Summary{}, err
	}
	lanes, _, err := p.scan()
	if err != nil {
		return Summary{}, err
	}
	if len(lanes) == 0 {
		p.sum.Waiting = 0
	}
	var working sync.WaitGroup
	for _, groups := range lanes {
		working.Go(func() { p.send(ctx, groups) })
	}
	working.Wait()
	return p.sum, context.Cause(ctx)
}

// begin records that a flush ran, and removes drafts that no process will commit.
func (p *pass) begin() error {
	if err := p.Spool.SetFlushed(p.now()); err != nil {
		return err
	}
	return p.Spool.Sweep(p.now())
}

// errContinued is why Continue breaks off a message that takes too long.
var errContinued = errors.New("no time is left for an older message")

// Continue sends what is due for messages with the same flags over the open
// session of a delivery that succeeded, for at most limit. It starts no other
// connection. The caller closes the session.
func (q *Queue) Continue(
	ctx context.Context, session *wire.Session, flags []spool.Flag, route attempt.Route, limit time.Duration,
) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errContinued)
	defer cancel()
	p := newPass(q, Options{For: limit})
	p.only = new(spool.FlagsKey(flags))
	lanes, _, err := p.scan()
	if err != nil || len(lanes) == 0 {
		return err
	}
	continued, err := attempt.Continue(q.Spool, route, session)
	if continued == nil { // another process sends them
		return err
	}
	defer continued.Close()
	for _, groups := range lanes { // there is one, and one group
		groups[0].session = continued
		groups[0].run(ctx)
	}
	return nil
}
