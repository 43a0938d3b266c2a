package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/bounce"
	"mailpipe/internal/config"
	"mailpipe/internal/queue"
	"mailpipe/internal/spool"
)

// A queueCall is one run of a subcommand of queue.
type queueCall struct {
	*call
	spool  *spool.Spool // nil if the directory does not exist: no message was ever kept
	now    time.Time
	routes map[string]attempt.Route // by the flags of the message

	servers map[string]spool.Server // by their keys

	damaged int   // the entries that could not be read
	err     error // the first failure that was reported
}

// newQueueCall opens the spool that the flags, $MAILPIPE_SPOOL or the configuration
// name. Without them it is that of the user. If it does not exist, it is created if
// create is set. The caller must call close.
func (c *call) newQueueCall(create bool) (*queueCall, error) {
	dir, err := c.spoolDir()
	if err != nil {
		return nil, spoolError(err)
	}
	q := &queueCall{call: c, now: time.Now().UTC(), routes: make(map[string]attempt.Route),
		servers: make(map[string]spool.Server)}
	if create {
		q.spool, err = spool.Open(dir)
	} else {
		q.spool, err = spool.OpenExisting(dir)
	}
	if err != nil {
		q.spool = nil
	}
	if errors.Is(err, fs.ErrNotExist) && !create {
		return q, nil
	}
	return q, spoolError(err)
}

// spoolDir returns the directory of the spool.
func (c *call) spoolDir() (string, error) {
	where := c.flags.String("spool")
	if !c.flags.IsSet("spool") {
		where = c.Getenv("MAILPIPE_SPOOL")
	}
	if where == "" && !c.flags.IsSet("spool") {
		var err error
		if where, err = c.accountSpool(); err != nil {
			return "", err
		}
	}
	return spool.Locate(where, c.Getenv)
}

// accountSpool returns the first spool of the account that is in force, or that of
// the user.
func (c *call) accountSpool() (string, error) {
	all, err := c.loadConfig()
	if err != nil {
		return "", err
	}
	choice, err := all.Choose("", c.Getenv("MAILPIPE_FROM"), c.Getenv)
	if err != nil {
		return "", err
	}
	settings, err := config.Settle(func(string) []string { return nil }, c.Getenv, choice)
	if err != nil {
		return "", err
	}
	return append(settings.Spool, "user:")[0], nil
}

// spoolError returns err with the hint of the spool, if it has one.
func spoolError(err error) error {
	if e, ok := errors.AsType[*spool.Error](err); ok && e.Hint != "" {
		return (&failure{err: err}).withHint(e.Hint)
	}
	return err
}

// close completes removals, and returns err or the first failure that was reported.
func (q *queueCall) close(err error) error {
	if q.spool != nil {
		err = cmp.Or(err, spoolError(q.spool.Close()))
	}
	return cmp.Or(err, q.err)
}

// report prints an error about one message; the rest goes on. The first such error
// becomes the exit status.
func (q *queueCall) report(err error) {
	q.explain(err)
	if is[*spool.DamageError](err) {
		q.damaged++
	}
	if q.err == nil {
		q.err = &failure{code: exitCode(err), err: errReported}
	}
}

// queue returns the queue of the spool.
func (q *queueCall) queue() *queue.Queue {
	return &queue.Queue{Spool: q.spool, Route: q.route, Bounce: bounce.Of}
}

// routeOf returns the route of a message. A message whose route is not known, such as
// one with an invalid configuration, has none.
func (q *queueCall) routeOf(e *spool.Envelope) attempt.Route {
	key := fmt.Sprintf("%q", e.Flags)
	route, known := q.routes[key]
	if !known {
		route, _ = q.route(e)
		q.routes[key] = route
	}
	return route
}
