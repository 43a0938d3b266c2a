package postgres

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// A conn is a connection, which one goroutine uses at a time.
type conn struct {
	*pgconn.PgConn
	store   *store
	canSend bool          // the role may send messages, and not only add them
	limit   time.Duration // for a round trip
	began   time.Time     // when the last round trip began
	warned  bool          // the server gave a warning since then
}

// A statement is SQL with its arguments: string, []byte, int, bool, time.Duration,
// time.Time or nil. A duration becomes a number of seconds.
type statement struct {
	sql  string
	args []any
}

// A row has its values as text. One that is NULL is nil.
type row = [][]byte

// run runs statements in one round trip and one transaction, and returns the rows of each.
func (c *conn) run(statements ...statement) ([][]row, error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.limit)
	defer cancel()
	c.began, c.warned = time.Now(), false
	batch := new(pgconn.Batch)
	for _, st := range statements {
		values, formats := encode(st.args)
		batch.ExecParams(st.sql, values, nil, formats, nil)
	}
	results, err := c.ExecBatch(ctx, batch).ReadAll()
	if err != nil {
		return nil, c.store.failed(err)
	}
	var rows [][]row
	for _, r := range results {
		rows = append(rows, r.Rows)
	}
	return rows, nil
}

// query runs one statement, and returns its rows.
func (c *conn) query(sql string, args ...any) ([]row, error) {
	rows, err := c.run(statement{sql, args})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// each runs one statement that returns many rows, and calls f for each. The values are
// valid only during the call. If binary is set, they are in the binary format.
func (c *conn) each(limit time.Duration, binary bool, f func(row), sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c.began = time.Now()
	values, formats := encode(args)
	format := int16(0)
	if binary {
		format = 1
	}
	reader := c.ExecParams(ctx, sql, values, nil, formats, []int16{format})
	for reader.NextRow() {
		f(reader.Values())
	}
	_, err := reader.Close()
	return c.store.failed(err)
}

// encode returns the arguments of a statement and their formats: 0 is text, 1 is binary.
func encode(args []any) (values [][]byte, formats []int16) {
	for _, arg := range args {
		value, format := []byte(nil), int16(0)
		switch v := arg.(type) {
		case string:
			value = []byte(strings.ToValidUTF8(v, "\uFFFD"))
		case []byte:
			value, format = v, 1
			if value == nil { // else NULL
				value = []byte{}
			}
		case int:
			value = strconv.AppendInt(nil, int64(v), 10)
		case bool:
			value = strconv.AppendBool(nil, v)
		case time.Duration:
			value = strconv.AppendFloat(nil, v.Seconds(), 'f', -1, 64)
		case time.Time:
			if !v.IsZero() {
				value = v.UTC().AppendFormat(nil, time.RFC3339Nano)
			}
		}
		values, formats = append(values, value), append(formats, format)
	}
	return values, formats
}

// connect makes a connection, and looks whether the database has the right tables.
func (s *store) connect(limit time.Duration) (*conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c := &conn{store: s, limit: limit, began: time.Now()}
	config := s.config.Copy()
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		c.warned = c.warned || cmp.Or(n.SeverityUnlocalized, n.Severity) == "WARNING"
	}
	var err error
	if c.PgConn, err = pgconn.ConnectConfig(ctx, config); err != nil {
		return c, s.failed(err)
	}
	if s.creates {
		return c, nil
	}
	if err := c.check(); err != nil {
		c.close()
		return c, err
	}
	return c, nil
}

// close ends a connection, if there is one. The server is told, unless that would take time.
func (c *conn) close() {
	if c.PgConn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.Close(ctx)
}
