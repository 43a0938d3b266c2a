package postgres

import (
	"encoding/json"
	"reflect"

	"mailpipe/internal/spool"
)

// ReadRecord reads a record. A delivery does not wait for it: if the database cannot be
// reached, that is as good as no record.
func (s *store) ReadRecord(name string, v any) error {
	err := s.doOnce(ifWorker(func(c *conn) error {
		rows, err := c.query("SELECT value FROM mailpipe.record WHERE name = $1", name)
		if err == nil && len(rows) == 1 {
			json.Unmarshal(rows[0][0], v) // what cannot be read is as good as no record, too
		}
		return err
	}))
	if spool.IsUnreachable(err) {
		return nil
	}
	return err
}

// ChangeRecord changes a record. It holds no lock while change runs, because a process that
// is stopped would keep all others from it. If another process was faster, it begins again.
// A process that may only add messages has no records, except what change finds out.
func (s *store) ChangeRecord(name string, v any, change func()) error {
	const replace = `INSERT INTO mailpipe.record AS r VALUES ($1, $2) ON CONFLICT (name)
		DO UPDATE SET value = excluded.value WHERE r.value::text = $3 RETURNING name`
	value := reflect.ValueOf(v).Elem()
	before := reflect.New(value.Type()).Elem()
	before.Set(value)
	return s.do(func(c *conn) error {
		if !c.canSend {
			change()
			return nil
		}
		for {
			rows, err := c.query("SELECT value FROM mailpipe.record WHERE name = $1", name)
			if err != nil {
				return err
			}
			value.Set(before)
			old := ""
			if len(rows) == 1 {
				old = string(rows[0][0])
				json.Unmarshal(rows[0][0], v) // what cannot be read is as good as no record
			}
			change()
			replaced, err := c.run(lazy, statement{replace, []any{name, marshal(v), old}})
			if err != nil || len(replaced[1]) == 1 {
				return err
			}
		}
	})
}

func (s *store) RemoveRecord(name string) error {
	return s.do(ifWorker(func(c *conn) error {
		_, err := c.query("DELETE FROM mailpipe.record WHERE name = $1", name)
		return err
	}))
}

func (s *store) Records(prefix string) (names []string, err error) {
	err = s.do(ifWorker(func(c *conn) error {
		rows, err := c.query(`SELECT name FROM mailpipe.record
			WHERE left(name, length($1)) = $1 ORDER BY name COLLATE "C"`, prefix)
		names = first(rows)
		return err
	}))
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
