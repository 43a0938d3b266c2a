package spool

import (
	"errors"

	"mailpipe/internal/oserror"
)

// A Kind is what an Error means for the caller.
type Kind int

const (
	CannotCreate Kind = iota + 1 // the spool or an entry cannot be created, or the directory is not a spool
	Unsafe                       // another user owns the spool, or can write it
	IO                           // a file cannot be read or written
)

// An Error is a failure of the spool as a whole.
type Error struct {
	Dir  string
	Kind Kind
	Err  error
	Hint string // what the user can do, or empty
}

// Error returns the directory and the reason.
func (e *Error) Error() string { return e.Dir + ": " + oserror.Reason(e.Err).Error() }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Errors of an entry, for errors.Is.
var (
	ErrInUse     = errors.New("in use by another process")
	ErrNotFound  = errors.New("no such entry")
	ErrAmbiguous = errors.New("more than one entry ends with that")

	// ErrInterrupted is the reason of an outcome that Take sets to unknown.
	ErrInterrupted = errors.New("outcome unknown: the process ended before the reply to the end of data")
)

// A DamageError describes a file that is not what the package wrote. The file is
// left as it is.
type DamageError struct {
	ID     string
	Name   string // of the file
	Reason string
}

// Error returns the name of the file and the reason.
func (e *DamageError) Error() string { return e.Name + ": " + e.Reason }

func (s *Spool) fail(kind Kind, err error) *Error { return &Error{Dir: s.dir, Kind: kind, Err: err} }
