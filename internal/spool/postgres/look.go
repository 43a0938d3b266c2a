package postgres

import "mailpipe/internal/spool"

func (s *store) Read(id string) (e *spool.Envelope, err error) {
	err = s.do(func(c *conn) error {
		rows, err := c.query("SELECT envelope FROM mailpipe.entry WHERE state <> 'finished' AND id = $1", id)
		switch {
		case err != nil:
			return err
		case len(rows) == 0:
			return spool.ErrNotFound
		}
		e = new(spool.Envelope)
		if err := spool.Decode(id, rows[0][0], e); err != nil {
			return damage(id, err)
		}
		return nil
	})
	return e, err
}

func (s *store) Look(ids []string) []spool.Seen {
	const look = `SELECT id, coalesce(lease > now(), false), envelope, dot, ` + contentSize + ` FROM mailpipe.entry
		WHERE state <> 'finished' AND id = ANY ($1::text[])`
	// Without statistics, the server expects so many rows that it would compile the query.
	noCompiler := statement{sql: "SELECT set_config('jit', 'off', true)"}
	found := make(map[string]spool.Seen)
	err := s.do(func(c *conn) error {
		rows, err := c.run(noCompiler, statement{look, []any{array(ids)}})
		if err != nil {
			return err
		}
		for _, r := range rows[1] {
			id := string(r[0])
			found[id] = seen(id, string(r[1]) == "t", r[2:])
		}
		return nil
	})
	list := make([]spool.Seen, len(ids))
	for i, id := range ids {
		seen, ok := found[id]
		switch {
		case err != nil:
			seen = spool.Seen{Err: err}
		case !ok:
			seen = spool.Seen{Err: spool.ErrNotFound}
		}
		list[i] = seen
	}
	return list
}

// seen returns an entry as others see it.
func seen(id string, inUse bool, r row) spool.Seen {
	e, dot, err := decode(id, r)
	switch {
	case err != nil:
		return spool.Seen{Err: err}
	case inUse:
		return spool.Seen{Envelope: e, InUse: true}
	}
	return spool.Saw(e, dot)
}
