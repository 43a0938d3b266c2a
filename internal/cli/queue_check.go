package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"mailpipe/internal/queue"
	"mailpipe/internal/report"
	"mailpipe/internal/spool"
	"mailpipe/internal/termtext"
)

// runQueueCheck prints one line about the spool. The exit status says whether it
// needs attention.
func runQueueCheck(c *call) error {
	q, err := c.newQueueCall(false)
	if err != nil {
		return err
	}
	return q.close(q.check())
}

func (q *queueCall) check() error {
	if len(q.line.operands()) > 0 {
		return usage("takes no operands")
	}
	maxAge, err := q.duration("max-age")
	if err != nil {
		return err
	}
	if maxAge == 0 {
		maxAge = time.Hour
	}
	most, err := q.number("max", 0)
	if err != nil {
		return err
	}
	n, err := q.count()
	if err != nil {
		return err
	}
	if q.flags.Bool("json") {
		err = report.Object(q.out, n)
	} else {
		_, err = io.WriteString(q.out, q.countLine(n)+"\n")
	}
	if err != nil {
		return err
	}
	status := exitOK
	isTooOld := n.Queued > 0 && q.now().Sub(n.oldest) > maxAge
	if isTooOld || q.flags.IsSet("max") && n.Queued > most || n.UnknownAccount > 0 {
		status = exitTemporary
	}
	if n.Failed > 0 || q.err != nil {
		status = exitUnavailable
	}
	if status == exitOK {
		return nil
	}
	return &failure{code: status, err: errReported}
}

// A queueCount is the JSON object of check.
type queueCount struct {
	Queued    int    `json:"queued"`
	Oldest    string `json:"oldest"` // when that queued message was created; "-" if there is none
	Held      int    `json:"held"`
	Failed    int    `json:"failed"`
	Damaged   int    `json:"damaged"`
	LastFlush string `json:"last_flush"` // "-" if there was none

	// Those that are queued for an account that this process does not have.
	UnknownAccount int `json:"unknown_account,omitempty"`

	oldest, flushed time.Time
}

// count counts the entries of all spools.
func (q *queueCall) count() (n queueCount, err error) {
	err = q.each(selection{}, func(e seen) error {
		switch e.State {
		case spool.Held:
			n.Held++
		case spool.Failed:
			n.Failed++
		default:
			err := q.shareError(e)
			if damage, ok := errors.AsType[*spool.DamageError](err); ok {
				q.report(&spool.DamageError{Name: e.ID, Reason: damage.Reason})
				return nil
			}
			if errors.Is(err, queue.ErrUnknownAccount) {
				n.UnknownAccount++
			}
			if n.Queued == 0 || e.Created.Before(n.oldest) {
				n.oldest = e.Created
			}
			n.Queued++
		}
		return nil
	})
	n.Damaged, n.flushed = q.damaged, q.lastFlush()
	n.Oldest, n.LastFlush = timestamp(n.oldest), timestamp(n.flushed)
	return n, err
}

// shareError returns why a message of a shared spool has no route.
func (q *queueCall) shareError(e seen) error {
	if !e.spool.Shared() {
		return nil
	}
	return q.routeOf(e).err
}

// countLine returns the line of check.
func (q *queueCall) countLine(n queueCount) string {
	line := fmt.Sprintf("%d queued", n.Queued)
	if n.Queued > 0 {
		line += ", oldest " + shortSpan(q.now().Sub(n.oldest))
	}
	line += fmt.Sprintf(", %d held, %d failed", n.Held, n.Failed)
	if n.UnknownAccount > 0 {
		line += fmt.Sprintf(", %d for an unknown account", n.UnknownAccount)
	}
	if n.Damaged > 0 {
		line += fmt.Sprintf(", %d damaged", n.Damaged)
	}
	if n.flushed.IsZero() {
		return line + ", no flush yet"
	}
	return line + ", last flush " + shortSpan(q.now().Sub(n.flushed)) + " ago"
}

// lastFlush returns the time since when every spool was flushed. It is zero if one
// never was.
func (q *queueCall) lastFlush() (last time.Time) {
	for i, s := range q.spools {
		flushed, _ := s.Flushed()
		if i == 0 || flushed.Before(last) {
			last = flushed
		}
	}
	return last
}

// shortSpan returns a duration in one unit, such as 4m.
func shortSpan(d time.Duration) string {
	unit, name := time.Second, "s"
	switch {
	case d >= 48*time.Hour:
		unit, name = 24*time.Hour, "d"
	case d >= time.Hour:
		unit, name = time.Hour, "h"
	case d >= time.Minute:
		unit, name = time.Minute, "m"
	}
	return fmt.Sprintf("%d%s", max(d/unit, 0), name)
}

// number returns the value of a flag that is a number, at least least. It is 0 if
// the flag was not given.
func (c *call) number(flag string, least int) (int, error) {
	if !c.flags.IsSet(flag) {
		return 0, nil
	}
	text := c.flags.String(flag)
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, usage("invalid --%s \"%s\": must be a number from %d", flag, termtext.Line(text), least)
	}
	return n, nil
}
