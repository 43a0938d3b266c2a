package postgres

import (
	"errors"
	"fmt"
	"io"
	"time"

	"mailpipe/internal/buffer"
	"mailpipe/internal/spool"
)

// A content is kept on this machine until it is committed. Its temporary file has no name.
type content struct {
	buffer.Store
	store *store
}

// Create begins an entry. Only Commit asks the database whether there is one with this ID.
func (s *store) Create(string) (spool.Content, error) { return &content{store: s}, nil }

func (c *content) Write(p []byte) (int, error) {
	n, err := c.Store.Write(p)
	if err != nil {
		err = c.store.fail(spool.IO, err, "")
	}
	return n, err
}

func (c *content) Reader(size int64) io.Reader { return io.NewSectionReader(&c.Store, 0, size) }

// Commit stores the message in one transaction. If the connection breaks at its end, it is
// not known whether there is an entry. All of it is repeated then, because that has the
// effect of once.
func (c *content) Commit(e *spool.Envelope) (spool.Claim, error) {
	if !c.store.hold(&c.store.entries, e.ID) {
		return nil, c.store.exists()
	}
	t := &transaction{content: c, envelope: e}
	err := c.store.do(t.attempt)
	if err == nil && t.canSend {
		return &claim{store: c.store, id: e.ID, content: c}, nil
	}
	c.store.entries.remove(e.ID)
	if err != nil && t.uncertain {
		err = fmt.Errorf("%w (%w)", err, spool.ErrUncertain)
	}
	return nil, err
}

// A transaction stores a message.
type transaction struct {
	*content
	envelope  *spool.Envelope
	uncertain bool // an attempt may have been committed
	canSend   bool // the role may send the message, so it is locked
}

// rowSize is how many octets of the content a row has.
const rowSize = 1 << 20

// insertRow inserts a row of the content, unless there is an entry with that ID.
const insertRow = `INSERT INTO mailpipe.content (id, n, data) SELECT $1::text, $2::integer, $3::bytea
	WHERE NOT EXISTS (SELECT FROM mailpipe.entry WHERE id = $1) ON CONFLICT DO NOTHING`

// attempt stores the content and then the entry, so that others see the entry as soon as it
// counts as stored. No default of the server can weaken what COMMIT promises.
func (t *transaction) attempt(c *conn) error {
	t.canSend = c.canSend
	rows, err := c.run(statement{sql: "BEGIN"}, durable, statement{sql: "SHOW fsync"},
		statement{"SELECT FROM mailpipe.entry WHERE id = $1", []any{t.envelope.ID}})
	if err != nil {
		return err
	}
	if string(rows[2][0][0]) != "on" {
		return t.store.fail(spool.CannotCreate, errors.New("the server may lose what it has acknowledged: fsync is off"), "")
	}
	n := int(max(t.Size()-1, 0) / rowSize) // of the last row
	if n > 0 && len(rows[3]) == 0 {
		if err := c.copyRows(t.envelope.ID, n, &t.Store); err != nil {
			return err
		}
		c.limit = stallTime
	}
	last, err := t.Bytes(int64(n)*rowSize, t.Size())
	if err != nil {
		return t.store.fail(spool.IO, err, "")
	}
	return t.end(c, n+1, statement{insertRow, []any{t.envelope.ID, n, last}})
}

// insertEntry inserts an entry, unless there is one with that ID. insertClaimed also locks it.
const (
	insertEntry = `INSERT INTO mailpipe.entry
		(id, state, host, flags, created, next, last, attempts, unfinished, envelope, origin, rows)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`
	insertClaimed = `INSERT INTO mailpipe.entry
		(id, state, host, flags, created, next, last, attempts, unfinished, envelope, origin, rows, claim, lease)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, now() + make_interval(secs => $14))
		ON CONFLICT DO NOTHING`
	afterLook = `, pg_logical_emit_message(true, 'mailpipe', '') FROM mailpipe.entry WHERE id = $1`
)

// end stores the last row and the entry, and ends the transaction.
//
// If there is an entry already, nothing was stored, and COMMIT would not wait until that
// entry is on disk, and on that of a synchronous standby. It waits for an empty message in
// the write-ahead log, and so for all before that.
func (t *transaction) end(c *conn, number int, last statement) error {
	e := t.envelope
	origin := fmt.Sprintf("%s %s %d %s", e.Host, e.Created.UTC().Format(time.RFC3339Nano), e.Size, e.CRC32C)
	insert := statement{insertEntry, append(columns(e), origin, number)}
	look := statement{"SELECT origin, NULL, NULL" + afterLook, []any{e.ID}}
	if t.canSend {
		insert = statement{insertClaimed, append(insert.args, t.store.claim, t.store.lease)}
		look.sql = "SELECT origin, claim, state = 'finished'" + afterLook
	}
	rows, err := c.run(last, insert, look, statement{sql: "COMMIT"})
	if err == nil && c.warned {
		t.uncertain = true
		return t.store.notReplicated()
	}
	if err != nil {
		t.uncertain = t.uncertain || c.IsClosed() // else the server says that it was not committed
		return err
	}
	found := rows[2][0]
	if string(found[2]) == "t" { // it was sent: nothing is locked
		t.canSend = false
	}
	isMine := string(found[0]) == origin && (!t.canSend || string(found[1]) == t.store.claim)
	if !isMine {
		return t.store.exists()
	}
	return nil
}
