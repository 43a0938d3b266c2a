package postgres

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"mailpipe/internal/spool"
)

// A claim is an entry that this process has locked. In the table, the entry has the claim of
// the process as long as no other process has it. Only after the end of the lease may
// another one take it.
type claim struct {
	store   *store
	id      string
	size    int64    // of the content, in octets
	content *content // as it was stored; nil if the database has to be asked
	sent    bool     // there is a dot
	removed bool
}

// columns returns the values of the columns of an entry, the ID first.
func columns(e *spool.Envelope) []any {
	return []any{
		e.ID, string(e.State), e.Host, marshal(e.Flags), e.Created, e.Next, e.Last, e.Attempts, e.Unfinished(), marshal(e),
	}
}

// marshal returns the JSON text of a part of an entry.
func marshal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // JSON can have all values of these types
	}
	return string(text)
}

// claimEntry locks an entry that no process has locked. If a connection broke when this
// process had locked it, it is locked again.
const (
	claimEntry = `UPDATE mailpipe.entry SET claim = $2, lease = now() + make_interval(secs => $3)
		WHERE id = (SELECT id FROM mailpipe.entry
			WHERE id = $1 AND state <> 'finished' AND (claim IS NULL OR claim = $2 OR lease < now())
			FOR UPDATE SKIP LOCKED)
		RETURNING envelope, dot, ` + contentSize
	contentSize = `(SELECT coalesce(sum(octet_length(data)), 0)
		FROM mailpipe.content c WHERE c.id = entry.id AND c.n < entry.rows)`
	entryExists = `SELECT FROM mailpipe.entry WHERE id = $1 AND state <> 'finished'`
)

func (s *store) Claim(id string) (spool.Claim, *spool.Envelope, *spool.Dot, error) {
	if !s.hold(&s.entries, id) {
		return nil, nil, nil, spool.ErrInUse
	}
	c := &claim{store: s, id: id}
	e, dot, err := c.take()
	if err != nil {
		s.entries.remove(id)
		return nil, nil, nil, err
	}
	c.size = e.Size
	return c, e, dot, nil
}

// take locks the entry in the table.
func (c *claim) take() (e *spool.Envelope, dot *spool.Dot, err error) {
	err = c.store.do(func(db *conn) error {
		rows, err := db.run(lazy,
			statement{claimEntry, []any{c.id, c.store.claim, c.store.lease}},
			statement{entryExists, []any{c.id}})
		switch {
		case err != nil:
			return err
		case len(rows[2]) == 0:
			return spool.ErrNotFound
		case len(rows[1]) == 0:
			return spool.ErrInUse
		}
		e, dot, err = decode(c.id, rows[1][0])
		return err
	})
	if _, isDamage := errors.AsType[*spool.DamageError](err); isDamage {
		c.unlock()
	}
	return e, dot, err
}

// decode reads the envelope, the dot and the size of the content of an entry.
func decode(id string, r row) (*spool.Envelope, *spool.Dot, error) {
	e := new(spool.Envelope)
	if err := spool.Decode(id, r[0], e); err != nil {
		return nil, nil, damage(id, err)
	}
	if size, _ := strconv.ParseInt(string(r[2]), 10, 64); size != e.Size {
		return nil, nil, damage(id, fmt.Errorf("the content has %d octets instead of %d", size, e.Size))
	}
	if r[1] == nil {
		return e, nil, nil
	}
	dot := new(spool.Dot)
	if err := json.Unmarshal(r[1], dot); err != nil {
		return nil, nil, damage(id, fmt.Errorf("invalid dot: %w", err))
	}
	return e, dot, nil
}

// change runs a statement that returns a row if this process still has the entry locked.
// Until another process takes it, it has, even if the lease is over.
func (c *claim) change(promise statement, sql string, args ...any) error {
	return c.store.do(func(db *conn) error {
		rows, err := db.run(promise, statement{sql, append([]any{c.id, c.store.claim}, args...)})
		switch {
		case err != nil:
			return err
		case len(rows[1]) == 0:
			return spool.ErrLost
		case db.warned:
			return c.store.notReplicated()
		}
		return nil
	})
}

func (c *claim) Save(e *spool.Envelope) error {
	const save = `UPDATE mailpipe.entry SET
		state = $3, host = $4, flags = $5, created = $6, next = $7, last = $8, attempts = $9, unfinished = $10,
		envelope = $11, dot = NULL, stored = clock_timestamp()
		WHERE id = $1 AND claim = $2 AND state <> 'finished' RETURNING id`
	err := c.change(durable, save, columns(e)[1:]...)
	if err == nil {
		c.sent = false
	}
	return err
}

// SetDot also renews the lease, so that it is not over before the dot was sent. It does so again
// if this process was stopped meanwhile.
func (c *claim) SetDot(d spool.Dot) error {
	const setDot = `UPDATE mailpipe.entry SET dot = $3, lease = now() + make_interval(secs => $4)
		WHERE id = $1 AND claim = $2 AND state <> 'finished' RETURNING id`
	for {
		began := time.Now()
		if err := c.change(durable, setDot, marshal(d), c.store.lease); err != nil {
			return err
		}
		c.sent = true
		if time.Since(began) < c.store.lease/2 {
			return nil
		}
	}
}

// Remove removes the content and the envelope. The row stays until Sweep, with the claim. After
// a dot, this may be lost with the power of the server: then there is still the dot.
func (c *claim) Remove() error {
	const remove = `WITH done AS (
			UPDATE mailpipe.entry SET state = 'finished', finished = now(),
				envelope = NULL, flags = 'null', dot = NULL, unfinished = false, lease = NULL
			WHERE id = $1 AND claim = $2 RETURNING id
		), gone AS (
			DELETE FROM mailpipe.content WHERE id IN (SELECT id FROM done)
		) SELECT id FROM done`
	promise := durable
	if c.sent {
		promise = lazy
	}
	err := c.change(promise, remove)
	c.removed = err == nil
	return err
}

// Forget leaves no row.
func (c *claim) Forget() error {
	const forget = `WITH gone AS (DELETE FROM mailpipe.entry WHERE id = $1 AND claim = $2 RETURNING id)
		SELECT id FROM gone UNION ALL SELECT $1 WHERE NOT EXISTS (SELECT FROM mailpipe.entry WHERE id = $1)`
	err := c.change(durable, forget)
	c.removed = err == nil
	return err
}

// Close unlocks the entry. If the database cannot be reached, the lease ends by itself.
func (c *claim) Close() error {
	if c.content != nil {
		c.content.Close()
	}
	if !c.removed {
		c.unlock()
	}
	c.store.entries.remove(c.id)
	return nil
}

func (c *claim) unlock() {
	c.store.doOnce(func(db *conn) error {
		const unlock = "UPDATE mailpipe.entry SET claim = NULL, lease = NULL WHERE id = $1 AND claim = $2"
		_, err := db.run(lazy, statement{unlock, []any{c.id, c.store.claim}})
		return err
	})
}

func (c *claim) Content() (r io.Reader, name string) {
	if c.content != nil {
		return c.content.Store.Reader(), c.id
	}
	return io.LimitReader(&reader{claim: c}, c.size), c.id
}

// pieceSize is how many octets of a row are read at once.
const pieceSize = rowSize / 8

// A reader reads a content in pieces.
type reader struct {
	*claim
	offset int // of the next piece
	rest   []byte
	end    bool
}

func (r *reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 && !r.end {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// next reads the next piece. If another process has sent the message, it is gone.
func (r *reader) next() error {
	const piece = `SELECT (SELECT substring(data FROM $3 FOR $4) FROM mailpipe.content WHERE id = $1 AND n = $2)
		FROM mailpipe.entry WHERE id = $1 AND claim = $5 AND state <> 'finished'`
	err := r.store.do(func(db *conn) error {
		err := spool.ErrLost
		failed := db.each(db.limit, true, func(row row) {
			r.rest, err = append(r.rest[:0], row[0]...), nil
		}, piece, r.id, r.offset/rowSize, r.offset%rowSize+1, pieceSize, r.store.claim)
		return cmp.Or(failed, err)
	})
	r.offset += len(r.rest)
	r.end = len(r.rest) < pieceSize
	return err
}
