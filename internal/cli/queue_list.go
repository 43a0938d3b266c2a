package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"mailpipe/internal/queue"
	"mailpipe/internal/report"
	"mailpipe/internal/spool"
	"mailpipe/internal/termtext"
)

// runQueueList prints one line for each message.
func runQueueList(c *call) error {
	q, err := c.newQueueCall(false)
	if err != nil {
		return err
	}
	return q.close(q.list())
}

func (q *queueCall) list() error {
	if len(q.line.operands()) > 0 {
		return usage("takes no operands").withHint("use mailpipe queue show ID")
	}
	s, err := q.selection()
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(q.out, 64<<10)
	if err := q.each(s, func(e seen) error { return q.writeLine(w, e) }); err != nil {
		return err
	}
	return w.Flush()
}

// A queueLine is the JSON object of a message in a list.
type queueLine struct {
	ID       string   `json:"id"`
	State    string   `json:"state"`
	Created  string   `json:"created"`
	Next     string   `json:"next"` // "-" unless the message is queued
	Attempts int      `json:"attempts"`
	Size     int64    `json:"size"`
	From     string   `json:"from"`
	To       []string `json:"to"`
	Reason   string   `json:"reason"`
}

// writeLine writes an entry as text, or as JSON with --json.
func (q *queueCall) writeLine(w io.Writer, e seen) error {
	next, reason := q.next(e)
	l := queueLine{
		ID: e.ID, State: e.state, Created: timestamp(e.Created), Next: next, Attempts: e.Attempts,
		Size: e.Size, From: cmp.Or(e.From, "<>"), To: missing(e.Envelope), Reason: reason,
	}
	if q.flags.Bool("json") {
		return report.Object(w, l)
	}
	_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", l.ID, l.State, l.Created, l.Next, l.Attempts, l.Size,
		termtext.Escape(l.From), termtext.Escape(strings.Join(l.To, ",")), termtext.Line(l.Reason))
	return err
}

// next returns when a message is tried again, which is not before one of its servers
// may be tried, and why it waits.
func (q *queueCall) next(e seen) (next, reason string) {
	if e.State != spool.Queued {
		return "-", e.Reason
	}
	route := q.routeOf(e)
	if why := neverSent(route.err); why != "" {
		return "-", why
	}
	when, reason := e.Next, e.Reason
	var servers time.Time // when the first of them may be tried; zero: now
	for _, key := range route.Keys {
		record, err := q.server(serverKey{e.spool, key})
		if err != nil || !record.Down(q.now()) {
			servers = time.Time{}
			break
		}
		if servers.IsZero() || record.Next.Before(servers) {
			servers = record.Next
		}
		url, _, _ := strings.Cut(key, " ")
		reason = cmp.Or(reason, url+": "+record.Reason)
	}
	if servers.After(when) {
		when = servers
	}
	return timestamp(when), reason
}

// neverSent returns why this process never sends a message of a shared spool, or "".
// err is why the message has no route.
func neverSent(err error) string {
	if damage, ok := errors.AsType[*spool.DamageError](err); ok {
		return damage.Reason
	}
	if errors.Is(err, queue.ErrUnknownAccount) {
		return err.Error()
	}
	return ""
}

// A serverKey is the key of a server in the records of a spool.
type serverKey struct {
	spool *spool.Spool
	key   string
}

// server returns the record of a server, which is read once.
func (q *queueCall) server(key serverKey) (record spool.Server, err error) {
	record, known := q.servers[key]
	if !known {
		record, err = key.spool.Server(key.key)
	}
	if err == nil {
		q.servers[key] = record
	}
	return record, err
}

// timestamp returns a time as RFC 3339 defines it, in UTC.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
