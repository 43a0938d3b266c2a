package cli

import (
	"slices"
	"strings"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
)

// runQueueHold keeps queued messages until they are released.
func runQueueHold(c *call) error {
	return c.changeEntries(func(_ *queueCall, e *spool.Entry) error {
		if e.State != spool.Queued {
			return nil
		}
		e.State = spool.Held
		return e.Save()
	})
}

// runQueueRelease queues held messages again.
func runQueueRelease(c *call) error {
	return c.changeEntries(func(q *queueCall, e *spool.Entry) error {
		if e.State != spool.Held {
			return nil
		}
		e.State, e.Next = spool.Queued, q.now
		return e.Save()
	})
}

// runQueueDrop removes messages and prints what was removed.
func runQueueDrop(c *call) error {
	return c.changeEntries(func(q *queueCall, e *spool.Entry) error {
		var b strings.Builder
		err := q.writeLine(&b, seen{&e.Envelope, string(e.State), nil})
		if err == nil {
			err = e.Remove()
		}
		if err == nil {
			_, err = q.out.Write([]byte(b.String()))
		}
		return err
	})
}

// runQueueRetry makes queued and failed messages due now, and restarts their age.
func runQueueRetry(c *call) error {
	return c.changeEntries((*queueCall).retry)
}

func (q *queueCall) retry(e *spool.Entry) error {
	if e.State == spool.Held {
		q.note("%s is held: use mailpipe queue release", e.ID)
		return nil
	}
	if e.State == spool.Failed {
		for i := range e.Recipients {
			if e.Recipients[i].Outcome == "refused" {
				e.Recipients[i].Outcome = ""
			}
		}
		e.Bounce, e.Bounced = "", false // it may fail again
	}
	e.State, e.Created, e.Next, e.Pause, e.Attempts = spool.Queued, q.now, q.now, 0, 0
	e.Delay, e.Delayed = "", false
	if q.line.has("S") || q.line.has("account") {
		e.Flags = q.otherServer(e.Flags)
		if _, err := q.route(&e.Envelope); err != nil {
			return err
		}
	}
	return e.Save()
}

// otherServer returns the flags of a message with the server or the account of the
// command line. What the flags of the message say about TLS and the login stays.
func (q *queueCall) otherServer(flags []spool.Flag) []spool.Flag {
	replaced := []string{"server", "$MAILPIPE_SERVER"}
	if q.line.has("account") {
		replaced = append(replaced, "account", "$MAILPIPE_ACCOUNT")
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
// An error of one does not end the rest.
func (c *call) changeEntries(change func(*queueCall, *spool.Entry) error) error {
	q, err := c.newQueueCall(false)
	if err != nil {
		return err
	}
	return q.close(q.changeEach(change))
}

func (q *queueCall) changeEach(change func(*queueCall, *spool.Entry) error) error {
	s, err := q.changes()
	if err != nil {
		return err
	}
	entries, err := q.look(s)
	if err != nil {
		return err
	}
	for _, found := range entries {
		if err := q.change(found.ID, change); err != nil {
			q.report(entryError(found.ID, err))
		}
	}
	return nil
}

// change locks an entry and changes it. What a process that died may have sent is
// recorded first.
func (q *queueCall) change(id string, change func(*queueCall, *spool.Entry) error) error {
	e, _, err := attempt.Take(q.spool, id, q.now)
	if err != nil {
		return err
	}
	defer e.Close()
	return change(q, e)
}
