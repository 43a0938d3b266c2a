package queue

import (
	"context"
	"errors"
	"slices"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// send sends what is due of the groups of a lane. It waits until fewer than Jobs
// lanes are being sent.
func (p *pass) send(ctx context.Context, l *lane) {
	p.jobs <- struct{}{}
	defer func() { <-p.jobs }()
	for _, g := range l.groups {
		down := g.send(ctx)
		rest := g.rest()
		isDown := g.err != nil || down.Failures > 0
		if isDown {
			rest = slices.DeleteFunc(rest, func(id string) bool { return g.giveUp(id, down) })
		}
		p.waiting(len(rest))
		if isDown && len(rest) > 0 {
			p.tell(downEvent(g, down, len(rest)))
		}
		switch {
		case g.err != nil || g.hindered:
			l.next = earlier(l.next, p.now().Add(restTime))
		case len(rest) > 0 && !isDown: // another process has the connections
			l.next = earlier(l.next, p.now().Add(busyTime))
		}
	}
}

// send sends what is due of a group. It returns the record of the server for which
// the rest waits.
func (g *group) send(ctx context.Context) (down spool.Server) {
	if g.err != nil {
		return down
	}
	all := g.route
	down, err := g.sendOver(ctx, all)
	if err == nil && g.stopped && !g.hindered { // a server has failed now
		var release func()
		_, down, release, err = attempt.Available(g.Spool, all, g.now())
		release()
	}
	if err != nil {
		g.hindered = true
		g.check(nil, err)
	}
	return down
}

// sendOver sends what is due of a group over the servers of the route that can be
// used now. If all are down, it returns the record of one of them.
func (g *group) sendOver(ctx context.Context, route attempt.Route) (down spool.Server, err error) {
	if !g.o.All {
		available, down, release, err := attempt.Available(g.Spool, route, g.now())
		defer release()
		if err != nil || len(available.Servers) == 0 {
			return down, err
		}
		route = available
	}
	connected, release, err := route.Connect(g.Spool)
	defer release()
	if err != nil || len(connected.Servers) == 0 {
		return down, err
	}
	g.route = connected
	g.session = wire.NewSession(connected.Servers)
	defer g.session.Close()
	g.run(ctx)
	return down, nil
}

// downEvent returns the event that n messages wait for a server, or for the
// configuration.
func downEvent(g *group, down spool.Server, n int) Event {
	e := Event{Kind: ServerDown, Err: g.err, Waiting: n, Next: down.Next}
	if g.err != nil {
		return e
	}
	e.Err = errors.New(down.Reason)
	e.Server = g.route.ServerName(down.Key)
	return e
}
