package postgres

import "mailpipe/internal/spool"

// Lock locks a name: a row with a lease. A process that may only add messages needs no
// locks, and finds all free.
func (s *store) Lock(name string) (release func(), err error) {
	if !s.hold(&s.locks, name) {
		return nil, spool.ErrInUse
	}
	const lock = `INSERT INTO mailpipe.lock AS l VALUES ($1, $2, now() + make_interval(secs => $3))
		ON CONFLICT (name) DO UPDATE SET claim = excluded.claim, lease = excluded.lease
		WHERE l.claim = excluded.claim OR l.lease < now() RETURNING name`
	err = s.do(ifWorker(func(c *conn) error {
		rows, err := c.run(lazy, statement{lock, []any{name, s.claim, s.lease}})
		if err == nil && len(rows[1]) == 0 {
			err = spool.ErrInUse
		}
		return err
	}))
	if err != nil {
		s.locks.remove(name)
		return nil, err
	}
	return func() { s.unlock(name) }, nil
}

// unlock ends a lock. If the database cannot be reached, the lease ends by itself.
func (s *store) unlock(name string) {
	s.doOnce(ifWorker(func(c *conn) error {
		_, err := c.run(lazy, statement{"DELETE FROM mailpipe.lock WHERE name = $1 AND claim = $2", []any{name, s.claim}})
		return err
	}))
	s.locks.remove(name)
}

// ifWorker returns a function that calls f, except with the role of a host, which may only
// add messages: that has neither locks nor records.
func ifWorker(f func(c *conn) error) func(c *conn) error {
	return func(c *conn) error {
		if !c.canSend {
			return nil
		}
		return f(c)
	}
}
