package cli

import (
	"fmt"
	"io"
	"strconv"
	"time"

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
	counts := map[spool.State]int{}
	var oldest time.Duration
	err = q.each(selection{}, func(e seen) error {
		counts[e.State]++
		if e.State == spool.Queued {
			oldest = max(oldest, q.now.Sub(e.Created))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(q.out, q.counts(counts, oldest)+"\n"); err != nil {
		return err
	}
	status := exitOK
	if oldest > maxAge || q.flags.IsSet("max") && counts[spool.Queued] > most {
		status = exitTemporary
	}
	if counts[spool.Failed] > 0 || q.err != nil {
		status = exitUnavailable
	}
	if status == exitOK {
		return nil
	}
	return &failure{code: status, err: errReported}
}

// counts returns the line of check.
func (q *queueCall) counts(n map[spool.State]int, oldest time.Duration) string {
	line := fmt.Sprintf("%d queued", n[spool.Queued])
	if n[spool.Queued] > 0 {
		line += ", oldest " + shortSpan(oldest)
	}
	line += fmt.Sprintf(", %d held, %d failed", n[spool.Held], n[spool.Failed])
	if q.damaged > 0 {
		line += fmt.Sprintf(", %d damaged", q.damaged)
	}
	if flushed := q.lastFlush(); !flushed.IsZero() {
		return line + ", last flush " + shortSpan(q.now.Sub(flushed)) + " ago"
	}
	return line + ", no flush yet"
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
