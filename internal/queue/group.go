package queue

import (
	"cmp"
	"slices"
	"sync"
)

// A group is the entries that have the same flags, and so the same route. Only
// they share a session, because the flags also choose TLS and the login.
type group struct {
	route Route
	err   error // of the configuration; then there is no route

	mu      sync.Mutex
	due     []string // IDs, in the order of sending
	later   []string // queued, but not due yet
	all     bool     // later became due
	stopped bool     // no more entries are taken
	trouble error    // why, if it was not the server
}

// take removes the next entry from the group.
func (g *group) take() (id string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped || len(g.due) == 0 {
		return "", false
	}
	id, g.due = g.due[0], g.due[1:]
	return id, true
}

// putBack makes an entry that was not tried the next one again.
func (g *group) putBack(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.due = slices.Insert(g.due, 0, id)
}

// add adds an entry at the end.
func (g *group) add(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.due = append(g.due, id)
}

// stop lets the workers take no more entries.
func (g *group) stop(trouble error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped, g.trouble = true, cmp.Or(g.trouble, trouble)
}

// allDue makes the entries due that are not yet.
func (g *group) allDue() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.due, g.later, g.all = append(g.due, g.later...), nil, true
}

func (g *group) isAll() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all
}

func (g *group) isStopped() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stopped
}

// rest returns the entries that nobody took.
func (g *group) rest() []string { return slices.Concat(g.due, g.later) }
