package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
)

// movedFrom begins the reason of a copy that is held while its original is removed.
// The quoted name of the spool of the original follows, then its state and reason:
//
//	moved from "/var/spool/a": queued: 451 try again later
const movedFrom = "moved from "

// mark holds e, and keeps its state and its reason in the reason.
func mark(e *spool.Envelope, from *spool.Spool) {
	e.Reason = movedFrom + strconv.Quote(from.Dir()) + ": " + string(e.State) + ": " + e.Reason
	e.State = spool.Held
}

// unmark undoes mark. It returns the spool of the original, and reports whether e was
// marked.
func unmark(e *spool.Envelope) (from string, isMarked bool) {
	text, isMarked := strings.CutPrefix(e.Reason, movedFrom)
	quoted, err := strconv.QuotedPrefix(text)
	if !isMarked || err != nil || e.State != spool.Held {
		return "", false
	}
	from, _ = strconv.Unquote(quoted)
	state, reason, _ := strings.Cut(strings.TrimPrefix(text[len(quoted):], ": "), ": ")
	e.State, e.Reason = spool.State(state), reason
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
	for i := range e.Recipients {
		if r := &e.Recipients[i]; !r.IsDone() {
			r.SetUnknown(errMoved)
		}
	}
	q.setUnknown(e, errMoved)
}

// setUnknown records and reports that the outcome is unknown.
func (q *queueCall) setUnknown(e *spool.Envelope, why error) {
	attempt.RecordUnknown(e, why, q.now)
	q.reportUnknown(e.ID, why)
}

// reportUnknown prints an error that does not change the exit status.
func (q *queueCall) reportUnknown(id string, why error) {
	q.explain(fmt.Errorf("%s: may have been delivered: %w", shortID(id), why))
}
