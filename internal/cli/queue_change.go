package cli

import (
	"bytes"
	"errors"
	"slices"

	"mailpipe/internal/attempt"
	"mailpipe/internal/config"
	"mailpipe/internal/queue"
	"mailpipe/internal/spool"
)

// runQueueHold keeps queued messages until they are released.
func runQueueHold(c *call) error {
	return c.changeEntries(func(_ *queueCall, _ *spool.Spool, e *spool.Entry) error {
		if e.State != spool.Queued {
			return nil
		}
		e.State = spool.Held
		return e.Save()
	})
}

// runQueueRelease queues held messages again.
func runQueueRelease(c *call) error {
	return c.changeEntries(func(q *queueCall, _ *spool.Spool, e *spool.Entry) error {
		if e.State != spool.Held {
			return nil
		}
		q.endMove(&e.Envelope)
		if e.State != spool.Failed {
			e.State, e.Next = spool.Queued, q.now()
		}
		return e.Save()
	})
}

// runQueueDrop removes messages and prints what was removed. It writes nothing to the
// spool, so that it works when that is full.
func runQueueDrop(c *call) error { return c.forEach((*queueCall).drop) }

func (q *queueCall) drop(p location) error {
	e, err := p.spool.Take(p.id)
	if err != nil {
		return err
	}
	defer e.Close()
	var line bytes.Buffer
	err = q.writeLine(&line, sight(spool.Seen{Envelope: e.Seen()}, p.spool))
	if err == nil {
		err = e.Remove()
	}
	if err == nil {
		_, err = q.out.Write(line.Bytes())
	}
	return err
}

// runQueueRetry makes queued and failed messages due now, and restarts their age.
func runQueueRetry(c *call) error {
	for _, url := range c.values("S") {
		if _, err := config.ParseServer(url); err != nil {
			return fail(exitUsage, "-S%w", err)
		}
	}
	return c.changeEntries((*queueCall).retry)
}

func (q *queueCall) retry(s *spool.Spool, e *spool.Entry) error {
	if e.State == spool.Held {
		q.note("%s is held: use mailpipe queue release", e.ID)
		return nil
	}
	if e.State == spool.Failed {
		e.ForgetRefusals()
		e.Bounce, e.Bounced = "", false // it may fail again
	}
	e.State, e.Created, e.Next, e.Pause, e.Attempts = spool.Queued, q.now(), q.now(), 0, 0
	e.Delay, e.Delayed = "", false
	if q.line.has("S") || q.line.has("account") {
		e.Flags = q.otherServer(s, e.Flags)
		if err := q.checkRoute(s, &e.Envelope); err != nil {
			return err
		}
	}
	return e.Save()
}

// checkRoute returns an error if a message cannot be sent with its flags, which are those
// of the command line.
func (q *queueCall) checkRoute(s *spool.Spool, e *spool.Envelope) error {
	if s.Shared() {
		if err := checkShared(e.Flags); err != nil {
			return usage("%w", err)
		}
	}
	_, err := q.routeIn(s)(e)
	if errors.Is(err, queue.ErrUnknownAccount) {
		return usage("%w", err)
	}
	return err
}

// otherServer returns the flags of a message with the server or the account of the
// command line. What the flags of the message say about TLS and the login stays, except
// that a message in a shared spool has a server or an account, not both.
func (q *queueCall) otherServer(s *spool.Spool, flags []spool.Flag) []spool.Flag {
	replaced := []string{"server", "$MAILPIPE_SERVER"}
	if q.line.has("account") || s.Shared() {
		replaced = append(replaced, "account", "$MAILPIPE_ACCOUNT")
	}
	if q.line.has("account") && s.Shared() {
		replaced = append(replaced, policyNames...)
	}
	flags = slices.DeleteFunc(slices.Clone(flags), func(f spool.Flag) bool {
		return slices.Contains(replaced, f.Name)
	})
	for _, url := range q.values("S") {
		flags = append(flags, spool.Flag{Name: "server", Value: absoluteValue("server", url)})
	}
	for _, name := range q.values("account") {
		flags = append(flags, spool.Flag{Name: "account", Value: name})
	}
	return flags
}

// changeEntries calls change for each message that is selected, with its entry locked.
// What a process that died may have sent is recorded first.
func (c *call) changeEntries(change func(*queueCall, *spool.Spool, *spool.Entry) error) error {
	return c.forEach(func(q *queueCall, p location) error {
		e, interrupted, err := attempt.Take(p.spool, p.id, q.now())
		if err != nil {
			return err
		}
		defer e.Close()
		if interrupted {
			q.reportUnknown(p.id, spool.ErrInterrupted)
		}
		return change(q, p.spool, e)
	})
}

// forEach calls do for each message that is selected. An error of one does not end
// the rest.
func (c *call) forEach(do func(*queueCall, location) error) error {
	q, err := c.newQueueCall(false)
	if err != nil {
		return err
	}
	s, err := q.changes()
	if err == nil {
		err = q.doEach(s, func(p location) error { return do(q, p) })
	}
	return q.close(err)
}

func (q *queueCall) doEach(s selection, do func(location) error) error {
	locations, err := q.look(s)
	for _, p := range locations {
		err := do(p)
		isGone := errors.Is(err, spool.ErrNotFound) && s.ids == nil // sent meanwhile
		if err != nil && !isGone {
			q.report(entryError(p.id, err))
		}
	}
	return err
}
