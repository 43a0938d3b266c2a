package cli

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailpipe/internal/report"
	"mailpipe/internal/spool"
	"mailpipe/internal/termtext"
)

// runQueueShow prints what is known about a message, or the message.
func runQueueShow(c *call) error {
	q, err := c.newQueueCall(false)
	if err != nil {
		return err
	}
	return q.close(q.show())
}

func (q *queueCall) show() error {
	if n := len(q.line.operands()); n != 1 {
		return usage("takes one ID, not %d", n)
	}
	if q.flags.Bool("message") && q.flags.Bool("json") {
		return usage("--message and --json exclude each other")
	}
	p, err := q.find(q.line.operands()[0])
	if err != nil {
		return err
	}
	if q.flags.Bool("message") {
		return q.showMessage(p)
	}
	found := p.spool.Look([]string{p.id})[0]
	if found.Err != nil {
		return found.Err
	}
	e := sight(found, p.spool)
	var b strings.Builder
	if q.flags.Bool("json") {
		err = report.Object(&b, e.Envelope)
	} else {
		q.writeEnvelope(&b, e)
	}
	if err == nil {
		_, err = q.out.Write([]byte(b.String()))
	}
	return err
}

// showMessage prints the content of an entry. It reports damage at its end.
func (q *queueCall) showMessage(p location) error {
	e, err := p.spool.Take(p.id)
	if err != nil {
		return entryError(p.id, err)
	}
	defer e.Close()
	_, err = e.WriteTo(q.out)
	return err
}

// entryError returns an error about an entry with the ID in its words.
func entryError(id string, err error) error {
	if is[*spool.DamageError](err) {
		return err
	}
	return fail(0, "%s: %w", id, err)
}

// writeEnvelope writes an envelope as lines of a key, a tab and a value. Fields
// without a value are left out.
func (q *queueCall) writeEnvelope(b *strings.Builder, e seen) {
	add := func(key string, values ...string) {
		for i := range values {
			values[i] = termtext.Line(values[i])
		}
		if strings.Join(values, "") != "" {
			fmt.Fprintf(b, "%s\t%s\n", key, strings.Join(values, "\t"))
		}
	}
	next, reason := q.next(e)
	add("id", e.ID)
	add("state", e.state)
	add("created", timestamp(e.Created))
	add("host", e.Host)
	add("user", e.User)
	add("next", next)
	add("attempts", strconv.Itoa(e.Attempts))
	add("last", timestamp(e.Last))
	add("reason", reason)
	add("size", strconv.FormatInt(e.Size, 10))
	add("crc32c", e.CRC32C)
	add("message-id", e.MessageID)
	add("from", cmp.Or(e.From, "<>"))
	for _, r := range e.Recipients {
		code := ""
		if r.Code != 0 {
			code = strconv.Itoa(r.Code)
		}
		add("to", r.Address, cmp.Or(r.Outcome, "-"), code, r.Enhanced, r.Reply)
	}
	add("notify", e.DSN.Notify)
	for _, r := range e.Recipients {
		if r.Notify != "" {
			add("notify", r.Notify, r.Address)
		}
	}
	add("ret", e.DSN.Return)
	add("envid", e.DSN.EnvelopeID)
	for _, f := range e.Flags {
		add("flag", f.Name, f.Value)
	}
	add("unknown", e.Unknown)
	if e.MaxAge > 0 {
		add("max-age", (time.Duration(e.MaxAge) * time.Second).String())
	}
	add("on-fail", e.OnFail)
	add("bounce", e.Bounce)
	add("bounce-of", e.BounceOf)
	for _, a := range e.History {
		add("history", timestamp(a.Time), a.Server, a.Result)
	}
}
