package cli

import (
	"errors"
	"io/fs"

	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
)

// A message is moved from a directory to a shared spool in these steps, because this host
// may have no right but to add messages there:
//
//  1. It is marked here that all pending recipients may get the message, as for a final dot.
//  2. It is stored there with the same ID, which has the effect of once.
//  3. It is removed here, durably.
//
// If the process dies before the end, the outcome here is unknown, and the same command
// completes the move.

// handOver moves an entry of a directory to a shared spool.
func (q *queueCall) handOver(e *spool.Entry, from, to *spool.Spool) error {
	settings, err := q.settleFlags(e.Flags)
	if err != nil {
		return err
	}
	flags, err := shareFlags(e.Flags, settings)
	if err != nil {
		return usage("%w", err)
	}
	there := e.Envelope
	there.Flags = flags
	bounce.NoteExisting(from, &there)
	if err := e.Dot(e.Pending()); err != nil {
		return err
	}
	if err := storeIn(to, e, there); err != nil {
		if errors.Is(err, spool.ErrUncertain) {
			return err
		}
		return errors.Join(err, e.Save()) // without the mark: it is not there
	}
	return e.Forget()
}

// storeIn stores the content of an entry in a shared spool, with another envelope. If it is
// there already, nothing changes.
func storeIn(to *spool.Spool, e *spool.Entry, there spool.Envelope) error {
	known, err := to.Read(e.ID)
	if err == nil && isCopy(known, &there) {
		return nil
	}
	draft, err := to.CreateAs(e.ID)
	if err != nil {
		return err
	}
	defer draft.Close()
	if _, err := e.WriteTo(draft); err != nil { // checks the content
		return err
	}
	stored, err := draft.Commit(there)
	if errors.Is(err, fs.ErrExist) {
		return otherMessage(to)
	}
	if err != nil {
		return err
	}
	return stored.Close()
}

// isCopy reports whether two envelopes are of the same message.
func isCopy(a, b *spool.Envelope) bool {
	return a.Created.Equal(b.Created) && a.Host == b.Host && a.Size == b.Size && a.CRC32C == b.CRC32C
}

// otherMessage is the error for a spool that has another message with the same ID.
func otherMessage(s *spool.Spool) error {
	return fail(exitCantCreate, "%s has another message with this ID", s.Name())
}

// takeOut makes the flags of a message from a shared spool those of one in a directory,
// where they are trusted.
func takeOut(e *spool.Envelope) error {
	flags, err := unshareFlags(e.Flags)
	if err != nil {
		return &spool.DamageError{Name: e.ID, Reason: err.Error()}
	}
	e.Flags = flags
	return nil
}
