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
	found := make(map[string]spool.Seen)
	err := s.do(func(c *conn) error {
		return c.each(scanTime, false, func(r row) {
			id := string(r[3])
			e, dot, err := decode(id, r)
			switch {
			case err != nil:
				found[id] = spool.Seen{Err: err}
			case string(r[4]) == "t":
				found[id] = spool.Seen{Envelope: e, InUse: true}
			default:
				found[id] = spool.Saw(e, dot)
			}
		}, `SELECT envelope, dot, `+contentSize+`, id, coalesce(lease > now(), false) FROM mailpipe.entry
			WHERE state <> 'finished' AND id = ANY ($1::text[])`, array(ids))
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
