package postgres

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailpipe/internal/spool"
)

// scanTime is how long the server may take to send all entries.
const scanTime = time.Minute

// Scan reads the whole envelope only of unfinished entries.
func (s *store) Scan(ids []string, do func(id string, e *spool.Envelope, err error)) error {
	sql := `SELECT id, state, flags, attempts, ` + micros("created") + ", " + micros("next") + ", " + micros("last") + `,
		CASE WHEN unfinished THEN envelope END
		FROM mailpipe.entry WHERE state <> 'finished' AND (state = 'queued' OR unfinished)`
	var args []any
	if ids != nil {
		sql, args = sql+" AND id = ANY ($1::text[])", []any{array(ids)}
	}
	seen := "" // so that nothing is scanned twice if the connection breaks
	return s.do(func(c *conn) error {
		return c.each(scanTime, false, func(r row) {
			if id := string(r[0]); id > seen {
				seen = id
				e, err := scanned(id, r)
				do(id, e, err)
			}
		}, sql+" ORDER BY id", args...)
	})
}

// scanned returns what Scan has read of an entry.
func scanned(id string, r row) (*spool.Envelope, error) {
	if !spool.IsID(id) {
		return nil, damage(id, errors.New("invalid ID"))
	}
	e := new(spool.Envelope)
	if r[7] != nil {
		if err := spool.Decode(id, r[7], e); err != nil {
			return nil, damage(id, err)
		}
		return e, nil
	}
	e.ID, e.State = id, spool.State(r[1])
	if err := json.Unmarshal(r[2], &e.Flags); err != nil {
		return nil, damage(id, fmt.Errorf("invalid flags: %w", err))
	}
	e.Attempts, _ = strconv.Atoi(string(r[3]))
	e.Created, e.Next, e.Last = timeOf(r[4]), timeOf(r[5]), timeOf(r[6])
	return e, nil
}

// array returns IDs, or names of locks, as an array of SQL. They need no quotes: the table
// has no other IDs.
func array(ids []string) string { return "{" + strings.Join(ids, ",") + "}" }

// errOnlyAdds is why a role has no list of the entries. It may read all IDs, but whoever asks
// for them is about to read the entries.
var errOnlyAdds = errors.New("the role may only add messages")

func (s *store) IDs(suffix string) (ids []string, err error) {
	sql, args := "SELECT id FROM mailpipe.entry WHERE state <> 'finished'", []any(nil)
	switch {
	case spool.IsID(suffix):
		sql, args = sql+" AND id = $1", []any{suffix}
	case suffix != "":
		sql, args = sql+" AND right(id, $2) = $1", []any{suffix, len(suffix)}
	}
	err = s.do(func(c *conn) error {
		if !c.canSend {
			return s.fail(spool.NotAllowed, errOnlyAdds, hintGrant)
		}
		rows, err := c.query(sql+" ORDER BY id", args...)
		ids = first(rows)
		return err
	})
	return ids, err
}

// Others is called while a message is being delivered, which does not wait for the database.
func (s *store) Others(id string) (others bool, err error) {
	err = s.doOnce(ifWorker(func(c *conn) error {
		rows, err := c.query("SELECT FROM mailpipe.entry WHERE state <> 'finished' AND id <> $1 LIMIT 1", id)
		others = len(rows) > 0
		return err
	}))
	return others, err
}

// Changed also reads the clock again. It returns that time if there was a change lately,
// because a transaction with an earlier change may not have ended.
func (s *store) Changed() (changed time.Time, err error) {
	const sql = "SELECT %s, %s FROM mailpipe.entry"
	err = s.do(func(c *conn) error {
		rows, err := c.query(fmt.Sprintf(sql, micros("max(stored)"), micros("clock_timestamp()")))
		if err != nil {
			return err
		}
		now := timeOf(rows[0][1])
		s.clock.set(now)
		changed = timeOf(rows[0][0])
		if now.Sub(changed) < limit {
			changed = now
		}
		return nil
	})
	return changed, err
}

// keepTime is how long the ID of a finished message is kept, so that the same message is not
// stored and sent again.
const keepTime = 7 * 24 * time.Hour

// Sweep removes the rows of finished messages, and of locks of processes that died. The clock
// of the database decides.
func (s *store) Sweep(time.Time) error {
	return s.do(func(c *conn) error {
		const sweep = `DELETE FROM mailpipe.entry
			WHERE state = 'finished' AND finished < now() - make_interval(secs => $1)`
		_, err := c.run(statement{sweep, []any{keepTime}},
			statement{sql: "DELETE FROM mailpipe.lock WHERE lease < now() - interval '1 day'"})
		return err
	})
}
