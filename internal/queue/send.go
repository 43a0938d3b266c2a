package queue

import (
	"context"
	"errors"
	"slices"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/wire"
)

// How long Run leaves a lane alone although its servers are not down.
const (
	restTime = time.Minute     // after its spool or configuration failed
	busyTime = 2 * time.Second // while other processes have its connections
)

// send sends what is due of a lane, and returns how long the lane then
// rests. It waits until fewer than Jobs lanes are being sent.
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

// send sends what is due of a group over the servers that can be used now. An error
// is one of the spool.
func (g *group) send(ctx context.Context) error {
	if g.err != nil {
		g.rest = restTime
		return nil
	}
	available := g.route
	if !g.o.All {
		var release func()
		var err error
		available, _, release, err = attempt.Available(g.Spool, g.route, g.now())
		defer release()
		if err != nil {
			return err
		}
	}
	connected, release, err := available.Connect(g.Spool)
	defer release()
	if err != nil || len(connected.Servers) == 0 {
		g.rest = busyTime
		return err
	}
	g.session = wire.NewSession(connected.Servers)
	defer g.session.Close()
	g.run(ctx)
	return nil
}

// leave counts what is left of a group. If that waits for a server or for the
// configuration, leave reports it, and gives up what has waited too long.
func (g *group) leave() {
	left := slices.Concat(g.due, g.later)
	down := g.route.Down(g.Spool, g.now())
	e := Event{Kind: ServerDown, Err: g.err, Next: down.Next}
	if down.Failures > 0 {
		e.Server, e.Err = g.route.ServerName(down.Key), errors.New(down.Reason)
	}
	if e.Err != nil {
		left = slices.DeleteFunc(left, func(id string) bool { return g.giveUp(id, down) })
	}
	e.Waiting = len(left)
	g.waiting(e.Waiting)
	if e.Err != nil && e.Waiting > 0 {
		g.tell(e)
	}
}
