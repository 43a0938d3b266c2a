package postgres

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// A held is a set of names that this process has locked in a table: the IDs of entries,
// or names of locks.
type held struct {
	mu    sync.Mutex
	names map[string]bool
}

// add adds a name. It reports whether it was not there.
func (h *held) add(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.names[name] {
		return false
	}
	if h.names == nil {
		h.names = make(map[string]bool)
	}
	h.names[name] = true
	return true
}

func (h *held) remove(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.names, name)
}

// list returns the names as an array of SQL.
func (h *held) list() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return array(slices.Collect(maps.Keys(h.names)))
}

// hold adds a name, and reports whether it was not there. From now on, the leases are renewed.
func (s *store) hold(h *held, name string) bool {
	s.renewal.Do(func() { go s.renewLoop() })
	return h.add(name)
}

// Whether a transaction is on disk, and on that of a synchronous standby, when it ends. No
// default of the server can weaken that.
var (
	durable = statement{sql: "SELECT set_config('synchronous_commit', 'on', true)"}
	lazy    = statement{sql: "SELECT set_config('synchronous_commit', 'off', true)"}
)

// renewLoop renews the leases of all that this process has locked, until Close.
func (s *store) renewLoop() {
	for {
		select {
		case <-s.closed:
			return
		case <-time.After(s.renew):
			s.renewLeases()
		}
	}
}

// renewLeases renews all leases. An error does not matter: the next renewal comes early
// enough, and what another process took meanwhile is found lost.
func (s *store) renewLeases() {
	ids, locks := s.entries.list(), s.locks.list()
	if ids == "{}" && locks == "{}" {
		return
	}
	const renew = " SET lease = now() + make_interval(secs => $3) WHERE claim = $1 AND "
	s.do(func(c *conn) error {
		_, err := c.run(lazy,
			statement{"UPDATE mailpipe.entry" + renew + "id = ANY ($2::text[])", []any{s.claim, ids, s.lease}},
			statement{"UPDATE mailpipe.lock" + renew + "name = ANY ($2::text[])", []any{s.claim, locks, s.lease}})
		return err
	})
}
