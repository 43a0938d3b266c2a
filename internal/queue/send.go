package queue

import (
	"context"
	"errors"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// send sends what is due of the groups of a lane. If another attempt makes no sense
// for some time although no server is down, it returns until when.
func (p *pass) send(ctx context.Context, l *lane) (next time.Time) {
	for _, g := range l.groups {
		down := g.send(ctx)
		rest := g.rest()
		isDown := g.err != nil || down.Failures > 0
		if isDown {
			rest = g.giveUpOld(rest, down)
		}
		p.waiting(len(rest))
		if isDown && len(rest) > 0 {
			p.tell(downEvent(g, down, len(rest)))
		}
		switch {
		case g.err != nil || g.hindered:
			next = earlier(next, p.now().Add(restTime))
		case len(rest) > 0 && !isDown: // another process has the connections
			next = earlier(next, p.now().Add(busyTime))
		}
	}
	return next
}

// send sends what is due of a group. It returns the record of the server for which
// the rest waits.
func (g *group) send(ctx context.Context) (down spool.Server) {
	if g.err != nil {
		return down
	}
	all := g.route
	route, release := all, func() {}
	var err error
	if !g.o.All {
		route, down, release, err = Available(g.Spool, all, g.now())
	}
	defer func() { release() }()
	if err == nil && len(route.Servers) > 0 {
		down = spool.Server{}
		var free func()
		g.route, free, err = g.connect(route)
		defer free()
	}
	if err != nil {
		g.hindered = true
		g.check(nil, err)
	}
	if err != nil || len(route.Servers) == 0 || len(g.route.Servers) == 0 {
		return down
	}
	g.session = wire.NewSession(g.route.Servers)
	g.run(ctx)
	g.session.Close()
	release()
	if g.stopped && !g.hindered {
		_, down, release, err = Available(g.Spool, all, g.now())
		g.check(nil, err)
	}
	return down
}

// downEvent returns the event that n messages wait for a server, or for the
// configuration.
func downEvent(g *group, down spool.Server, n int) Event {
	e := Event{Kind: ServerDown, Err: g.err, Waiting: n, Next: down.Next}
	if g.err != nil {
		return e
	}
	e.Err = errors.New(down.Reason)
	for i, key := range g.route.Keys {
		if key == down.Key {
			e.Server = serverName(g.route.Servers[i])
		}
	}
	return e
}
