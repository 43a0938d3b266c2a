// Package attempt makes attempts to deliver the messages of a spool. It connects
// internal/spool, which knows no SMTP, and wire, which knows no files. It decides over
// which servers a message goes, and what the result means for the message. Package
// queue decides which message is next.
//
//	Take          attempt.go   locks a message
//	Available     route.go     leaves out the servers of a route that are down
//	Session       session.go   delivers one message after another, within the limits
//	convert       convert.go   changes a message for a server that lacks an extension
//	NoteServers   servers.go   keeps the records of servers that failed
//	Progress      attempt.go   saves the results of the first transactions of several
//	Record        record.go    writes the result into the envelope of the message
package attempt

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// Take locks an entry. If a process died after it may have sent the message, that
// is recorded, and interrupted is true: the outcome is unknown. The caller must call
// Close.
func Take(s *spool.Spool, id string, now time.Time) (e *spool.Entry, interrupted bool, err error) {
	e, err = s.Take(id)
	if err != nil || len(e.Interrupted) == 0 {
		return e, false, err
	}
	RecordUnknown(&e.Envelope, spool.ErrInterrupted, now)
	err = e.Save()
	if err == nil {
		return e, true, nil
	}
	e.Close()
	if errors.Is(err, spool.ErrLost) { // that process has recorded it
		err = spool.ErrInUse
	}
	return nil, false, err
}

// Progress returns a function for wire.Envelope.AfterDot. It saves who has the message
// after each transaction but the last, so that they do not get it again after a crash.
// In memory, e stays as it was, for Record. An error does not matter: ID.dot stays.
func Progress(e *spool.Entry) func(to []wire.Recipient) {
	accepted := make(map[string]int) // how often an address was
	return func(to []wire.Recipient) {
		for _, r := range to {
			if wasAccepted(r) {
				accepted[r.Address]++
			}
		}
		before, left := e.Envelope, maps.Clone(accepted)
		e.Recipients = slices.Clone(before.Recipients)
		for i := range e.Recipients {
			if r := &e.Recipients[i]; !r.IsDone() && left[r.Address] > 0 {
				left[r.Address]--
				r.Outcome = wire.OutcomeAccepted.String()
			}
		}
		e.Save()
		e.Envelope = before
	}
}

// IsUnreadable reports whether the content could not be read, or not be kept or
// converted in a temporary file.
func IsUnreadable(err error) bool {
	e := asWire(err)
	_, isFile := errors.AsType[*fs.PathError](err)
	return e != nil && e.Kind == wire.KindBadMessage && isFile
}

// IsUntouched reports whether an attempt that a signal ended brought nothing.
func IsUntouched(r wire.Receipt, err error) bool {
	return err != nil && !slices.ContainsFunc(r.Recipients, func(r wire.Recipient) bool {
		return r.Outcome == wire.OutcomeAccepted || r.Outcome == wire.OutcomeUnknown || r.Reply.Code != 0
	})
}

// asWire returns the *wire.Error in err, or nil.
func asWire(err error) *wire.Error {
	e, _ := errors.AsType[*wire.Error](err)
	return e
}
