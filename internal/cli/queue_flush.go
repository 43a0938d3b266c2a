package cli

import (
	"cmp"
	"fmt"
	"time"

	"mailpipe/internal/queue"
	"mailpipe/internal/report"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
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

func (q *queueCall) flush() error {
	o, err := q.queueOptions()
	if err != nil {
		return err
	}
	ids, err := q.ids(selection{ids: q.line.operands()})
	if err != nil || q.spool == nil || q.line.operands() != nil && ids == nil {
		return err
	}
	if q.line.operands() != nil {
		o.IDs = ids
	}
	format, err := q.choice("report", "text", "json")
	if err != nil {
		return err
	}
	h := signals.New(nil)
	h.Postpone()
	defer h.Release()
	e := &queueEvents{call: q.call, format: format}
	work := q.queue()
	work.Event = e.event
	sum, err := work.Flush(h.Context(), o)
	err = cmp.Or(err, q.spool.Close()) // before a signal ends the process
	if sum.Sent+sum.Waiting+sum.Failed > 0 {
		q.note("sent %d, waiting %d, failed %d", sum.Sent, sum.Waiting, sum.Failed)
	}
	h.Raise()
	if err != nil {
		return spoolError(err)
	}
	return e.status(sum)
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

func (q *queueCall) run() error {
	o, err := q.queueOptions()
	if err != nil {
		return err
	}
	h := signals.New(nil)
	h.Postpone()
	defer h.Release()
	work := q.queue()
	work.Event = (&queueEvents{call: q.call}).event
	err = work.Run(h.Context(), o)
	err = cmp.Or(err, q.spool.Close()) // before a signal ends the process
	h.Raise()
	return spoolError(err)
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

// queueEvents prints what happens during a flush.
type queueEvents struct {
	*call
	format    string // of --report, or empty
	reportErr error
	troubles  int
}

func (p *queueEvents) event(e queue.Event) {
	if p.format != "" && e.Receipt != nil && p.reportErr == nil {
		outcome := func(to wire.Recipient) string { return to.Outcome.String() }
		p.reportErr = report.Receipt(p.out, p.format, *e.Receipt, outcome)
	}
	if err := unknownOutcome(e); err != nil {
		p.complain(err)
		return
	}
	switch e.Kind {
	case queue.ServerDown:
		p.noteDown(e)
	case queue.Failed:
		p.complain(fmt.Errorf("%s: failed: %w", shortID(e.ID), e.Err))
	case queue.Damaged:
		p.complain(e.Err)
	case queue.Trouble:
		p.troubles++
		p.complain(spoolError(e.Err))
	case queue.Deferred:
		if p.flags.Bool("verbose") {
			p.note("%s: deferred: %s", shortID(e.ID), e.Err)
		}
	case queue.Sent:
		if p.flags.Bool("verbose") {
			p.note("%s: sent", shortID(e.ID))
		}
	}
}

// complain prints an error that does not end the flush, also with --quiet.
func (p *queueEvents) complain(err error) { p.explain(err) }

// noteDown notes that messages wait for a server, or for the configuration.
func (p *queueEvents) noteDown(e queue.Event) {
	messages, next := "messages", ""
	if e.Waiting == 1 {
		messages = "message"
	}
	if !e.Next.IsZero() {
		next = ", next try in " + span(time.Until(e.Next))
	}
	server := ""
	if e.Server != "" {
		server = termtext.Line(e.Server) + ": "
	}
	p.note("%s%s; %d %s waiting%s", server, e.Err, e.Waiting, messages, next)
}

// status returns the error for the exit status of a flush. The most serious result
// counts.
func (p *queueEvents) status(sum queue.Summary) error {
	status := exitOK
	if sum.Waiting > 0 {
		status = exitTemporary
	}
	if sum.Failed > 0 {
		status = exitUnavailable
	}
	if sum.Damaged+p.troubles > 0 {
		status = exitIO
	}
	switch {
	case p.reportErr != nil && !stdio.ReaderGone(p.reportErr):
		return p.reportErr
	case status == exitOK:
		return nil
	}
	return &failure{code: status, err: errReported}
}
