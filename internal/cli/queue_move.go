package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
)

// runQueueMove moves messages to another spool.
func runQueueMove(c *call) error {
	q, err := c.newQueueCall(false)
	if err != nil {
		return err
	}
	return q.close(q.move())
}

func (q *queueCall) move() error {
	if !q.line.has("to") {
		return usage("missing --to: the spool to which messages are moved")
	}
	dir, err := spool.Locate(q.flags.String("to"), q.Getenv)
	if err != nil {
		return spoolError(err)
	}
	s, err := q.changes()
	if err != nil {
		return err
	}
	to, err := spool.Open(dir)
	if err != nil {
		return spoolError(err)
	}
	all := len(q.spools)
	q.spools = slices.DeleteFunc(q.spools, func(s *spool.Spool) bool { return isSameDir(s.Dir(), to.Dir()) })
	if len(q.spools) == 0 && all > 0 {
		return usage("--to names the spool itself")
	}
	s.ids = q.leftToMove(s.ids, to)
	err = q.doEach(s, func(p location) error {
		e, _, err := attempt.Take(p.spool, p.id, q.now)
		if err != nil {
			return err
		}
		defer e.Close()
		return q.moveEntry(e, to)
	})
	return cmp.Or(err, spoolError(to.Close()))
}

// leftToMove returns the IDs without those that were moved before, so that the same
// command can be repeated.
func (q *queueCall) leftToMove(ids []string, to *spool.Spool) []string {
	if ids == nil {
		return nil
	}
	left := []string{}
	for _, id := range ids {
		_, hereErr := q.find(id)
		_, thereErr := to.Find(id)
		if !errors.Is(hereErr, spool.ErrNotFound) || thereErr != nil {
			left = append(left, id)
		}
	}
	return left
}

// moveEntry moves an entry to another spool. While both spools have it, it is held
// here, so that only one copy can be sent. If a process dies meanwhile, the same
// command completes the move.
func (q *queueCall) moveEntry(e *spool.Entry, to *spool.Spool) error {
	before, isRepeated := beforeMove(e.Envelope, to)
	draft, err := to.CreateAs(e.ID)
	if errors.Is(err, fs.ErrExist) {
		return completeMove(e, to)
	}
	if err != nil {
		return err
	}
	defer draft.Close()
	if _, err := e.WriteTo(draft); err != nil { // checks the content
		return err
	}
	if isRepeated { // a process that died may have moved it, and then it may have been sent there
		setUnknown(&before)
		q.note("%s: may have been delivered: %s", e.ID, before.Reason)
	}
	e.State, e.Reason = spool.Held, moved(to)+string(before.State)+": "+before.Reason
	if err := e.Save(); err != nil {
		return err
	}
	there, err := draft.Commit(before)
	if err != nil {
		e.Envelope = before
		return errors.Join(err, e.Save())
	}
	defer there.Close()
	return e.Remove()
}

// moved returns how the reason begins of an entry that is being moved. Its state and
// its reason before that follow.
func moved(to *spool.Spool) string { return "moved to " + to.Dir() + ": " }

// beforeMove returns the envelope as it was before a move began, and whether another
// process began it.
func beforeMove(e spool.Envelope, to *spool.Spool) (before spool.Envelope, isRepeated bool) {
	rest, isMoving := strings.CutPrefix(e.Reason, moved(to))
	if state, reason, ok := strings.Cut(rest, ": "); isMoving && ok && e.State == spool.Held {
		e.State, e.Reason = spool.State(state), reason
		return e, true
	}
	return e, false
}

// setUnknown records that the outcome is unknown for the recipients that are pending.
func setUnknown(e *spool.Envelope) {
	e.Reason = "outcome unknown: the process ended while it moved the message"
	for i := range e.Recipients {
		r := &e.Recipients[i]
		if r.Outcome != "accepted" && r.Outcome != "refused" {
			*r = spool.Recipient{Address: r.Address, Outcome: "unknown", Reply: e.Reason}
		}
	}
	if e.Unknown == "hold" && e.State == spool.Queued {
		e.State = spool.Held
	}
}

// completeMove removes an entry here if the other spool has it already.
func completeMove(e *spool.Entry, to *spool.Spool) error {
	there, err := to.Read(e.ID)
	switch {
	case errors.Is(err, spool.ErrNotFound): // another process is moving it
		return spool.ErrInUse
	case err != nil:
		return err
	case there.Size != e.Size || there.CRC32C != e.CRC32C:
		return fail(exitCantCreate, "%s has another message with this ID", to.Dir())
	}
	return e.Remove()
}
