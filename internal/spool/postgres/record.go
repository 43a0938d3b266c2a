package postgres

import (
	"encoding/json"

	"mailpipe/internal/spool"
)

// ReadRecord reads a record. A delivery does not wait for it: if the database cannot be
// reached, that is as good as no record.
func (s *store) ReadRecord(name string, v any) error {
	err := s.doOnce(func(c *conn) error {
		if !c.canSend {
			return nil
		}
		rows, err := c.query("SELECT value FROM mailpipe.record WHERE name = $1", name)
		if err == nil && len(rows) == 1 {
			json.Unmarshal(rows[0][0], v) // what cannot be read is as good as no record, too
		}
		return err
	})
	if spool.IsUnreachable(err) {
		return nil
	}
	return err
}

// ChangeRecord changes a record while its row is locked. A process that may only add messages
// has no records, but what change finds out.
func (s *store) ChangeRecord(name string, v any, change func()) error {
	isChanged := false
	return s.do(func(c *conn) error {
		if !c.canSend {
			change()
			return nil
		}
		rows, err := c.run(statement{sql: "BEGIN"}, lazy,
			statement{"INSERT INTO mailpipe.record VALUES ($1, $2) ON CONFLICT DO NOTHING", []any{name, marshal(v)}},
			statement{"SELECT value FROM mailpipe.record WHERE name = $1 FOR UPDATE", []any{name}})
		if err != nil {
			return err
		}
		if !isChanged {
			json.Unmarshal(rows[3][0][0], v)
			change()
			isChanged = true
		}
		_, err = c.run(statement{"UPDATE mailpipe.record SET value = $2 WHERE name = $1", []any{name, marshal(v)}},
			statement{sql: "COMMIT"})
		return err
	})
}

func (s *store) RemoveRecord(name string) error {
	return s.do(func(c *conn) error {
		if !c.canSend {
			return nil
		}
		_, err := c.query("DELETE FROM mailpipe.record WHERE name = $1", name)
		return err
	})
}

func (s *store) Records(prefix string) (names []string, err error) {
	err = s.do(func(c *conn) error {
		if !c.canSend {
			return nil
		}
		rows, err := c.query(`SELECT name FROM mailpipe.record WHERE starts_with(name, $1) ORDER BY name COLLATE "C"`, prefix)
		names = first(rows)
		return err
	})
	return names, err
}

// first returns the first values of rows.
func first(rows []row) []string {
	var values []string
	for _, r := range rows {
		values = append(values, string(r[0]))
	}
	return values
}
