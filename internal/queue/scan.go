package queue

import (
	"errors"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/spool"
)

// attemptsInTurn is the number of attempts after which an entry lets the others go first,
// each time again. So an entry that the server always answers with 421, as if the server
// had failed, does not keep the others waiting.
const attemptsInTurn = 5

// scan reads all envelopes. It returns the groups that have something due, by their
// servers and logins: those of one lane are sent one after another, so that each
// finds the connections of the others free. next is when the first of the entries
// that are not due will be; zero means that there are none. It also completes the
// bounces that dead processes began.
func (p *pass) scan() (lanes map[string][]*group, next time.Time, err error) {
	var groups []*group
	var unfinished []string
	byFlags := make(map[string]*group)
	turns := make(map[string]int) // by ID: a lower one is sent first
	err = p.Spool.Scan(p.o.IDs, func(id string, e *spool.Envelope, err error) {
		if p.skips(id) {
			return
		}
		if err != nil {
			p.check(&spool.Envelope{ID: id}, err)
			return
		}
		if e.Unfinished() {
			unfinished = append(unfinished, id)
		}
		key := spool.FlagsKey(e.Flags)
		if e.State != spool.Queued || p.only != nil && *p.only != key {
			return
		}
		g := byFlags[key]
		if g == nil {
			g = &group{pass: p, all: p.o.All}
			g.route, g.err = p.Route(e)
			groups, byFlags[key] = append(groups, g), g
		}
		if damage, ok := errors.AsType[*spool.DamageError](g.err); ok {
			p.check(&spool.Envelope{ID: id}, &spool.DamageError{Name: id, Reason: damage.Reason})
			return
		}
		if g.all || e.Due(p.now()) {
			g.due = append(g.due, id)
			turns[id] = e.Attempts / attemptsInTurn
			return
		}
		g.later = append(g.later, id)
		next = earlier(next, e.Next)
	})
	for _, id := range unfinished {
		p.finish(id)
	}
	lanes = make(map[string][]*group)
	for _, g := range groups {
		if len(g.due) == 0 {
			p.waiting(len(g.later))
			continue
		}
		slices.SortStableFunc(g.due, func(a, b string) int { return turns[a] - turns[b] })
		key := strings.Join(g.route.Keys, "\n")
		lanes[key] = append(lanes[key], g)
	}
	return lanes, next, err
}

// earlier returns the earlier time. The zero time is later than any other.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
