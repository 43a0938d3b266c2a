package cli

import (
	"fmt"
	"sync"
	"time"

	"mailpipe/internal/queue"
	"mailpipe/internal/report"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// queueEvents prints what happens during a flush.
type queueEvents struct {
	*call
	format    string // of --report, or empty
	reportErr error

	mu       sync.Mutex // run has several spools
	sum      queue.Summary
	troubles int
}

func (p *queueEvents) event(e queue.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.format != "" && e.Receipt != nil && p.reportErr == nil {
		outcome := func(to wire.Recipient) string { return to.Outcome.String() }
		p.reportErr = report.Receipt(p.out, p.format, *e.Receipt, outcome)
	}
	if err := unknownOutcome(e); err != nil {
		p.explain(err)
		return
	}
	switch e.Kind {
	case queue.ServerDown:
		p.noteDown(e)
	case queue.Failed:
		p.explain(fmt.Errorf("%s: failed: %w", shortID(e.ID), e.Err))
	case queue.Damaged:
		p.explain(e.Err)
	case queue.Trouble:
		p.troubles++
		p.explain(flushError(e.Err))
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

// add adds the summary of one spool.
func (p *queueEvents) add(s queue.Summary) {
	p.sum.Sent += s.Sent
	p.sum.Waiting += s.Waiting
	p.sum.Failed += s.Failed
	p.sum.Damaged += s.Damaged
}

// result returns the error for the exit status of a flush. The most serious of the
// results counts, and that of what was reported before.
func (p *queueEvents) result(status int) error {
	if p.reportErr != nil && !stdio.ReaderGone(p.reportErr) {
		return p.reportErr
	}
	for code, n := range map[int]int{
		exitTemporary: p.sum.Waiting, exitUnavailable: p.sum.Failed, exitIO: p.sum.Damaged + p.troubles,
	} {
		if n > 0 {
			status = moreSerious(status, code)
		}
	}
	if status == exitOK {
		return nil
	}
	return &failure{code: status, err: errReported}
}
