// Package attempt makes one attempt to deliver a message of a spool mean
// something: what is sent, over which servers, and what the result says about the
// message and about the servers. It connects internal/spool, which knows no SMTP,
// and wire, which knows no files.
//
// An attempt of any command has these steps:
//
//	Take               attempt.go   locks the message
//	Available          route.go     leaves out the servers that are down
//	Route.Connect      route.go     leaves out those that other processes use
//	Envelope           attempt.go   is what wire.Session.Deliver sends
//	NoteServers        servers.go   keeps the records of servers that failed
//	Record             record.go    writes the result into the envelope
package attempt

import (
	"errors"
	"io/fs"
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
	if err := e.Save(); err != nil {
		e.Close()
		return nil, false, err
	}
	return e, true, nil
}

// Envelope returns the envelope with which an entry is sent to the recipients that
// are pending.
func Envelope(e *spool.Entry) wire.Envelope {
	to := e.Pending()
	return wire.Envelope{
		From: e.From, To: to,
		Size: e.Size, EightBit: e.EightBit, EightBitKnown: true, UTF8: e.UTF8,
		DSN: wire.DSN(e.DSN), MessageID: e.MessageID,
		AllOrNothing: e.AllOrNothing && len(to) == len(e.Recipients), // else some have it
		Chunking:     e.Chunking,
		BeforeDot:    e.Dot,
	}
}

// IsUnreadable reports whether the content could not be read, or not be kept in a
// temporary file.
func IsUnreadable(err error) bool {
	e := asWire(err)
	_, isFile := errors.AsType[*fs.PathError](err)
	return e != nil && e.Stage == wire.StageContent && isFile
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
