package cli

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"mailpipe/internal/queue"
	"mailpipe/internal/signals"
	"mailpipe/internal/spool"
)

// runQueueFlush sends what is due, once.
func runQueueFlush(c *call) error {
	if c.flags.Bool("all-users") {
		return c.flushAllUsers()
	}
	q, err := c.newQueueCall(false)
	if err != nil {
		return err
	}
	return q.close(q.flush())
}

// flush sends what is due in one spool after another.
func (q *queueCall) flush() error {
	o, err := q.queueOptions()
	if err != nil {
		return err
	}
	format, err := q.choice("report", "text", "json")
	if err != nil {
		return err
	}
	ids, err := q.idsOf(q.line.operands())
	if err != nil {
		return err
	}
	h := signals.New(nil)
	h.Postpone()
	defer h.Release()
	e := &queueEvents{call: q.call, format: format}
	end := time.Now().Add(o.For)
	for _, s := range q.spools {
		if o.IDs = ids[s]; ids != nil && o.IDs == nil {
			continue
		}
		if o.For > 0 {
			o.For = max(time.Until(end), 1) // after the end, a flush only counts what waits
		}
		work := q.queue(s)
		work.Event = e.event
		sum, err := work.Flush(h.Context(), o)
		err = cmp.Or(err, s.Close()) // before a signal ends the process
		e.add(sum)
		if h.Context().Err() != nil {
			break
		}
		if err != nil {
			q.report(flushError(err))
		}
	}
	if e.sum.Sent+e.sum.Waiting+e.sum.Failed > 0 {
		q.note("sent %d, waiting %d, failed %d", e.sum.Sent, e.sum.Waiting, e.sum.Failed)
	}
	h.Raise()
	return e.result(exitCode(q.err))
}

// idsOf returns the IDs in each spool that the operands name. It is nil if there are
// no operands, which means all.
func (q *queueCall) idsOf(operands []string) (map[*spool.Spool][]string, error) {
	if operands == nil {
		return nil, nil
	}
	locations, err := q.locations(selection{ids: operands})
	ids := make(map[*spool.Spool][]string)
	for _, p := range locations {
		ids[p.spool] = append(ids[p.spool], p.id)
	}
	return ids, err
}

// runQueueRun sends what is due until a signal comes.
func runQueueRun(c *call) error {
	if len(c.line.operands()) > 0 {
		return usage("takes no operands")
	}
	q, err := c.newQueueCall(true)
	if err != nil {
		return err
	}
	return q.close(q.run())
}

// run sends what is due in all spools at the same time. If one of them fails, it ends.
func (q *queueCall) run() error {
	o, err := q.queueOptions()
	if err != nil {
		return err
	}
	h := signals.New(nil)
	h.Postpone()
	defer h.Release()
	ctx, stop := context.WithCancel(h.Context())
	defer stop()
	e := &queueEvents{call: q.call}
	errs := make([]error, len(q.spools))
	var running sync.WaitGroup
	for i, s := range q.spools {
		work := q.queue(s)
		work.Event = e.event
		running.Go(func() {
			errs[i] = work.Run(ctx, o)
			errs[i] = cmp.Or(errs[i], s.Close()) // before a signal ends the process
			stop()
		})
	}
	running.Wait()
	h.Raise()
	for _, err := range errs {
		if !errors.Is(err, context.Canceled) { // that the other spool stopped
			q.report(flushError(err))
		}
	}
	return q.err
}

// flushError returns err with a hint. Without room nothing is sent, because the
// results could not be recorded.
func flushError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return (&failure{err: err}).withHint("make room, or move the messages: mailpipe queue move --all --to WHERE")
	}
	return err
}

// queueOptions reads the flags of flush and run.
func (q *queueCall) queueOptions() (o queue.Options, err error) {
	if o.Jobs, err = q.number("jobs", 1); err != nil || q.name == "queue run" {
		return o, err
	}
	o.All = q.flags.Bool("all")
	o.For, err = q.duration("for")
	return o, err
}
