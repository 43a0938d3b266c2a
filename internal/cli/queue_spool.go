package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
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
	spools []*spool.Spool          // those that exist; in the others no message was ever kept
	now    func() time.Time        // when the clock was first read
	routes map[string]routeOrError // by the flags of the message

	servers map[serverKey]spool.Server

	damaged int   // the entries that could not be read
	err     error // the first failure that was reported
}

// newQueueCall opens the spools that the flags, $MAILPIPE_SPOOL or the configuration
// name. One that does not exist is created if create is set. The rest is used if one
// of them cannot be opened. The caller must call close.
func (c *call) newQueueCall(create bool) (*queueCall, error) {
	names, err := c.spoolNames()
	if err != nil {
		return nil, err
	}
	q := &queueCall{call: c, routes: make(map[string]routeOrError), servers: make(map[serverKey]spool.Server)}
	q.now = sync.OnceValue(q.clock)
	for _, where := range names {
		s, err := c.openSpool(where, create)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !create:
		case err != nil:
			q.report(err)
		case !slices.ContainsFunc(q.spools, func(known *spool.Spool) bool { return isSame(known.Name(), s.Name()) }):
			q.spools = append(q.spools, s)
		}
	}
	if len(q.spools) == 0 && q.err != nil {
		return nil, q.err
	}
	return q, nil
}

// clock returns the time by the clock that decides: that of a database, if there is one.
func (q *queueCall) clock() time.Time {
	now := time.Now()
	for _, s := range q.spools {
		if s.Shared() {
			now = s.Now()
		}
	}
	return now.UTC()
}

// spoolNames returns the spools of the flags, else of $MAILPIPE_SPOOL, else of the
// account that is in force, else that of the user.
func (c *call) spoolNames() ([]string, error) {
	if names := c.values("spool"); names != nil {
		return names, nil
	}
	if name := c.Getenv("MAILPIPE_SPOOL"); name != "" {
		return []string{name}, nil
	}
	all, err := c.loadConfig()
	if err != nil {
		return nil, err
	}
	choice, err := all.Choose("", c.Getenv("MAILPIPE_FROM"), c.Getenv)
	if err != nil {
		return nil, err
	}
	settings, err := config.Settle(func(string) []string { return nil }, c.Getenv, choice)
	if err != nil {
		return nil, err
	}
	if settings.Spool == nil {
		return []string{"user:"}, nil
	}
	return settings.Spool, checkSpools(settings)
}

// close completes removals, and returns err or the first failure that was reported.
func (q *queueCall) close(err error) error {
	for _, s := range q.spools {
		err = cmp.Or(err, s.Close())
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

// queue returns the queue of a spool.
func (q *queueCall) queue(s *spool.Spool) *queue.Queue {
	return &queue.Queue{Spool: s, Route: q.routeIn(s), Bounce: bounce.Of}
}

// A routeOrError is the route of a message, or why it has none: in a shared spool, or
// with an invalid configuration.
type routeOrError struct {
	attempt.Route
	err error
}

// routeOf returns the route of a message.
func (q *queueCall) routeOf(e seen) routeOrError {
	key := fmt.Sprint(e.spool.Shared(), spool.FlagsKey(e.Flags))
	r, known := q.routes[key]
	if !known {
		r.Route, r.err = q.routeIn(e.spool)(e.Envelope)
		q.routes[key] = r
	}
	return r
}
