package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
)

// movedFrom begins the reason of a copy. Early versions kept all of a mark in it.
const movedFrom = "moved from "

// mark holds the copy e of an entry while that is removed.
func mark(e *spool.Envelope, from *spool.Spool) {
	e.Moving = &spool.Moving{From: strconv.Quote(from.Name()), State: e.State, Reason: e.Reason}
	e.State, e.Reason = spool.Held, movedFrom+e.Moving.From
}

// unmark undoes mark. It returns the spool of the original, and reports whether e was
// marked.
func unmark(e *spool.Envelope) (from string, isMarked bool) {
	m := e.Moving
	if m == nil && e.State == spool.Held && strings.HasPrefix(e.Reason, movedFrom) {
		m = &spool.Moving{State: spool.Queued}
	}
	if m == nil {
		return "", false
	}
	e.State, e.Reason, e.Moving = m.State, m.Reason, nil
	from, _ = strconv.Unquote(m.From)
	return from, true
}

// errMoved is why the outcome is unknown if only the copy is left.
var errMoved = errors.New("outcome unknown: the process ended while it moved the message")

// endMove unmarks a copy whose original is not known to be there. If the original was
// queued, it may have been sent.
func (q *queueCall) endMove(e *spool.Envelope) {
	if _, isMarked := unmark(e); !isMarked || e.State != spool.Queued {
		return
	}
	attempt.SetUnknown(e, errMoved, q.now())
	q.reportUnknown(e.ID, errMoved)
}

// setUnknown records and reports that the outcome is unknown.
func (q *queueCall) setUnknown(e *spool.Envelope, why error) {
	attempt.RecordUnknown(e, why, q.now())
	q.reportUnknown(e.ID, why)
}

// reportUnknown prints an error that does not change the exit status.
func (q *queueCall) reportUnknown(id string, why error) {
	q.explain(fmt.Errorf("%s: may have been delivered: %w", shortID(id), why))
}
