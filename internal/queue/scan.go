package queue

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
)

// A lane is the groups with the same servers and logins. They are sent one after
// another, so that each finds the connections of the others free.
type lane struct {
	key    string
	groups []*group
	next   time.Time // when another attempt makes sense although no server is down; zero means now
}

// scan reads all envelopes and returns what is queued. next is when the first of
// the entries that are not due will be; zero means that there are none.
func (p *pass) scan() (lanes []*lane, next time.Time, err error) {
	ids := p.o.IDs
	if ids == nil {
		ids, err = p.Spool.IDs()
	}
	groups := make(map[string]*group)
	for _, id := range ids {
		e := p.read(id)
		if e == nil || e.State != spool.Queued || p.only != "" && p.only != flagsKey(e.Flags) {
			continue
		}
		g := groups[flagsKey(e.Flags)]
		if g == nil {
			g = &group{pass: p, all: p.o.All}
			g.route, g.err = p.Route(e)
			groups[flagsKey(e.Flags)] = g
			lanes = addToLane(lanes, g)
		}
		if g.all || e.Due(p.now()) {
			g.due = append(g.due, id)
			continue
		}
		g.later = append(g.later, id)
		next = earlier(next, e.Next)
	}
	return lanes, next, err
}

// read returns the envelope of an entry, or nil if there is nothing to do for it.
// It completes the bounce that a dead process began.
func (p *pass) read(id string) *spool.Envelope {
	if p.skips(id) {
		return nil
	}
	e, err := p.Spool.Read(id)
	switch {
	case errors.Is(err, spool.ErrNotFound): // sent meanwhile
		return nil
	case err != nil:
		p.failed(&spool.Envelope{ID: id}, err)
		return nil
	}
	if bounce.Unfinished(e) {
		p.finish(id)
	}
	return e
}

func addToLane(lanes []*lane, g *group) []*lane {
	key := strings.Join(g.route.Keys, "\n")
	i := slices.IndexFunc(lanes, func(l *lane) bool { return l.key == key })
	if i < 0 {
		i = len(lanes)
		lanes = append(lanes, &lane{key: key})
	}
	lanes[i].groups = append(lanes[i].groups, g)
	return lanes
}

func (l *lane) hasDue() bool {
	return slices.ContainsFunc(l.groups, func(g *group) bool { return len(g.due) > 0 })
}

func (l *lane) size() (n int) {
	for _, g := range l.groups {
		n += len(g.rest())
	}
	return n
}

// flagsKey returns a string that is different for different flags.
func flagsKey(flags []spool.Flag) string { return fmt.Sprintf("%q", flags) }

// earlier returns the earlier time. The zero time is later than any other.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
