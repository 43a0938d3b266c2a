package queue

import (
	"context"
	"errors"
	"sync"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// send sends what is due of the groups of a lane. If another attempt makes no sense
// for some time although no server is down, it returns until when.
func (p *pass) send(ctx context.Context, l *lane) (next time.Time) {
	for _, g := range l.groups {
		next = earlier(next, p.sendGroup(ctx, g))
	}
	return next
}

func (p *pass) sendGroup(ctx context.Context, g *group) (next time.Time) {
	down, err := p.work(ctx, g)
	p.check(nil, err)
	rest := g.rest()
	isDown := g.err != nil || down.Failures > 0
	if isDown {
		rest = p.giveUpOld(g, rest, down)
	}
	p.waiting(len(rest))
	if isDown && len(rest) > 0 {
		p.tell(downEvent(g, down, len(rest)))
	}
	switch {
	case g.err != nil || g.trouble != nil || err != nil:
		return p.now().Add(restTime)
	case len(rest) > 0 && down.Failures == 0: // another process has the connections
		return p.now().Add(busyTime)
	}
	return time.Time{}
}

// work lets workers send what is due of a group. down is the record of the server
// for which the rest waits.
func (p *pass) work(ctx context.Context, g *group) (down spool.Server, err error) {
	if g.err != nil {
		return down, nil
	}
	route, release := g.route, func() {}
	if !p.o.All {
		route, down, release, err = Available(p.Spool, g.route, p.now())
	}
	defer release()
	if err != nil || len(route.Servers) == 0 {
		return down, err
	}
	t := &team{p: p, g: g, route: route, release: release}
	t.workers.Go(func() { t.work(ctx) })
	t.workers.Wait()
	if len(g.rest()) > 0 && g.isStopped() {
		_, down, release, err = Available(p.Spool, g.route, p.now())
		release()
	}
	return down, err
}

// A team is the workers of a group: one, and when it found that the server works,
// one for each connection.
type team struct {
	p       *pass
	g       *group
	route   Route
	release func() // of the probe
	grown   sync.Once
	workers sync.WaitGroup
}

// work is what each worker does.
func (t *team) work(ctx context.Context) {
	route, release, err := t.p.connect(t.route)
	defer release()
	if err != nil {
		t.g.stop(err)
		t.p.check(nil, err)
	}
	if err != nil || len(route.Servers) == 0 {
		return
	}
	w := &worker{p: t.p, g: t.g, route: route, session: wire.NewSession(route.Servers)}
	w.works = func() { t.grown.Do(func() { t.grow(ctx) }) }
	defer w.session.Close()
	w.run(ctx)
}

// grow starts the other workers.
func (t *team) grow(ctx context.Context) {
	t.release()
	for range max(t.route.Connections, 1) - 1 {
		t.workers.Go(func() { t.work(ctx) })
	}
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
