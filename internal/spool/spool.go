// Package spool keeps messages until they have been sent.
//
// A Spool is a set of entries: messages with what became of them so far. A Store keeps
// them: package directory has the one that is a directory, and package postgres the one
// for many machines. The package knows no SMTP. It decides when an entry is due
// (schedule.go), and its callers send it.
//
//	Draft    draft.go      a message that is being written
//	Entry    entry.go      a message that this process has locked
//	Server   server.go     what is known about a server that failed
//	Store    store.go      what a directory and a database have in common
package spool

import (
	"strings"
	"time"
)

// A Spool is a store of entries. Its methods may be called concurrently.
type Spool struct{ store Store }

// New returns the spool in a store, which Close closes.
func New(store Store) *Spool { return &Spool{store} }

// Name returns the directory of the spool, or the URL of the database.
func (s *Spool) Name() string { return s.store.Name() }

// Shared reports whether other machines use the spool.
func (s *Spool) Shared() bool { return s.store.Shared() }

// Now returns the time by the clock that decides for the spool.
func (s *Spool) Now() time.Time { return s.store.Now() }

// Changed returns when an entry was last created or changed by any process.
func (s *Spool) Changed() (time.Time, error) { return s.store.Changed() }

// Close completes the removal of entries.
func (s *Spool) Close() error { return s.store.Close() }

// Read returns the envelope of an entry without locking it. The error is
// ErrNotFound, a *DamageError or an *Error.
func (s *Spool) Read(id string) (*Envelope, error) {
	if !IsID(id) {
		return nil, ErrNotFound
	}
	return s.store.Read(id)
}

// Look returns some entries as others see them, in the order of the IDs. One that does
// not exist has the error ErrNotFound.
func (s *Spool) Look(ids []string) []Seen { return s.store.Look(ids) }

// Scan calls do for each entry that is queued or Unfinished, the oldest first, and for
// each that cannot be read. If ids is not nil, it does so only for these. Of the envelope,
// a database reads no more than what Due, Unfinished and the order of sending depend on,
// the flags, and when it was created. do must not use the spool.
func (s *Spool) Scan(ids []string, do func(id string, e *Envelope, err error)) error {
	return s.store.Scan(ids, do)
}

// Others reports whether there are entries with another ID.
func (s *Spool) Others(id string) (bool, error) { return s.store.Others(id) }

// IDs returns the IDs of all entries, the oldest first. What has the name of an
// entry is among them even if it is damaged.
func (s *Spool) IDs() ([]string, error) { return s.store.IDs("") }

// Find returns the ID that ends with suffix. The error is ErrNotFound,
// ErrAmbiguous or an *Error.
func (s *Spool) Find(suffix string) (string, error) {
	if suffix == "" || strings.Trim(suffix, idLetters+"0189TZ-") != "" {
		return "", ErrNotFound
	}
	ids, err := s.store.IDs(suffix)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", ErrNotFound
	case len(ids) > 1:
		return "", ErrAmbiguous
	}
	return ids[0], nil
}

// Sweep removes what processes that died left behind. Nobody was told that there is
// such an entry.
func (s *Spool) Sweep(now time.Time) error { return s.store.Sweep(now) }
