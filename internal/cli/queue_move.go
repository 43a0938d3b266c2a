package cli

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"mailpipe/internal/attempt"
	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
)

// A message is moved in these steps, with both entries locked:
//
//  1. The copy is committed. It is held, so that only the original can be sent.
//  2. The original is removed, durably. Nothing is written to that spool, so that a
//     move also works if it is full.
//  3. The copy gets the state of the original.
//
// A message that comes from a directory to a shared spool is moved otherwise
// (queue_handover.go).
//
// If the process dies after the first step, the message is in both spools, and the
// same command takes the copy that exists. If it dies after the second step, the same
// command finds only a held copy. The original may have been removed because it was
// sent, so the outcome is recorded as unknown.

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
	s, err := q.changes()
	if err != nil {
		return err
	}
	to, err := q.openSpool(q.flags.String("to"), true)
	if err != nil {
		return err
	}
	defer to.Close()
	all := len(q.spools)
	q.spools = slices.DeleteFunc(q.spools, func(s *spool.Spool) bool { return isSame(s.Name(), to.Name()) })
	if len(q.spools) == 0 && all > 0 {
		return usage("--to names the spool itself")
	}
	left := s
	left.ids = q.leftToMove(s.ids, to)
	if err := q.doEach(left, func(p location) error { return q.moveEntry(p, to) }); err != nil {
		return err
	}
	if to.Shared() { // a copy of a message from a directory is not marked
		q.spools = slices.DeleteFunc(q.spools, func(s *spool.Spool) bool { return !s.Shared() })
	}
	if len(q.spools) == 0 {
		return nil
	}
	return q.completeMoves(s.ids, to)
}

// leftToMove returns the IDs without those that were moved before, so that the same
// command can be repeated.
func (q *queueCall) leftToMove(ids []string, to *spool.Spool) []string {
	if ids == nil {
		return nil
	}
	left := []string{}
	for _, id := range ids {
		_, here := q.find(id)
		_, there := to.Find(id)
		if !errors.Is(here, spool.ErrNotFound) || there != nil {
			left = append(left, id)
		}
	}
	return left
}

// moveEntry moves an entry to another spool.
func (q *queueCall) moveEntry(p location, to *spool.Spool) error {
	e, err := p.spool.Take(p.id)
	if err != nil {
		return err
	}
	defer e.Close()
	if len(e.Interrupted) > 0 {
		q.setUnknown(&e.Envelope, spool.ErrInterrupted)
	}
	if err := q.finishParent(p.spool, e); err != nil {
		return err
	}
	if to.Shared() && !p.spool.Shared() {
		return q.handOver(e, p.spool, to)
	}
	there, err := copyEntry(e, p.spool, to)
	if err != nil {
		return err
	}
	defer there.Close()
	if err := e.Forget(); err != nil {
		return errors.Join(err, there.Forget())
	}
	if _, ok := unmark(&there.Envelope); !ok { // the copy is complete already
		return nil
	}
	return there.Save()
}

// finishParent records in the message that a bounce is about that the bounce exists.
// Otherwise, once the bounce is moved, another one would be written.
func (q *queueCall) finishParent(s *spool.Spool, child *spool.Entry) error {
	known, err := s.Read(child.BounceOf)
	if err != nil || !known.Unfinished() {
		return nil
	}
	parent, interrupted, err := attempt.Take(s, child.BounceOf, q.now())
	if err != nil {
		return err
	}
	defer parent.Close()
	if interrupted {
		q.reportUnknown(parent.ID, spool.ErrInterrupted)
	}
	bounce.NoteExisting(s, &parent.Envelope)
	return parent.Save()
}

// copyEntry returns a copy of an entry in another spool, which is held. If there is
// one of a process that died, it is that one.
func copyEntry(e *spool.Entry, from, to *spool.Spool) (*spool.Entry, error) {
	marked := e.Envelope
	bounce.NoteExisting(from, &marked) // the other spool does not have them
	mark(&marked, from)
	if from.Shared() && !to.Shared() {
		if err := takeOut(&marked); err != nil {
			return nil, err
		}
	}
	if to.Shared() { // which finds out only at the end
		if _, err := to.Read(e.ID); !errors.Is(err, spool.ErrNotFound) {
			return takeCopy(marked, to)
		}
	}
	draft, err := to.CreateAs(e.ID)
	if errors.Is(err, fs.ErrExist) {
		return takeCopy(marked, to)
	}
	if err != nil {
		return nil, err
	}
	defer draft.Close()
	if _, err := e.WriteTo(draft); err != nil { // checks the content
		return nil, err
	}
	there, err := draft.Commit(marked)
	if err == nil && !there.Locked() {
		err = fail(exitNotAllowed, "%s: this role cannot complete a move", to.Name())
	}
	return there, err
}

// takeCopy returns the copy that exists. If it is not complete, it gets the envelope
// of the original, which may have been changed since then.
func takeCopy(marked spool.Envelope, to *spool.Spool) (*spool.Entry, error) {
	there, err := to.Take(marked.ID)
	if errors.Is(err, spool.ErrNotFound) { // another process is writing it
		return nil, spool.ErrInUse
	}
	if err != nil {
		return nil, err
	}
	before := there.Envelope
	_, isMarked := unmark(&before)
	switch {
	case there.Size != marked.Size || there.CRC32C != marked.CRC32C:
		err = otherMessage(to)
	case isMarked:
		there.Envelope = marked
		err = there.Save()
	}
	if err != nil {
		there.Close()
		return nil, err
	}
	return there, nil
}

// completeMoves completes what a process that died had removed here, and had not
// completed in the other spool.
func (q *queueCall) completeMoves(ids []string, to *spool.Spool) error {
	all, err := to.IDs()
	if err != nil {
		return err
	}
	for _, id := range all {
		isNamed := func(suffix string) bool { return strings.HasSuffix(id, suffix) }
		if ids != nil && !slices.ContainsFunc(ids, isNamed) {
			continue
		}
		if err := q.completeMove(id, to); err != nil {
			q.report(entryError(id, err))
		}
	}
	return nil
}

func (q *queueCall) completeMove(id string, to *spool.Spool) error {
	if e, err := to.Read(id); err != nil || !q.wasHere(*e) {
		return nil
	}
	e, err := to.Take(id)
	if errors.Is(err, spool.ErrInUse) || errors.Is(err, spool.ErrNotFound) { // another process completes it
		return nil
	}
	if err != nil {
		return err
	}
	defer e.Close()
	if !q.wasHere(e.Envelope) {
		return nil
	}
	q.endMove(&e.Envelope)
	return e.Save()
}

// wasHere reports whether an envelope is that of a copy whose original was here.
func (q *queueCall) wasHere(e spool.Envelope) bool {
	from, isMarked := unmark(&e)
	return isMarked && slices.ContainsFunc(q.spools, func(s *spool.Spool) bool {
		_, err := s.Read(e.ID)
		return errors.Is(err, spool.ErrNotFound) && isSame(from, s.Name())
	})
}
