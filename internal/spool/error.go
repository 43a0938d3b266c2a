package spool

import (
	"errors"

	"mailpipe/internal/statedir"
)

// The errors of a spool are those of its directory.
type (
	Error       = statedir.Error
	Kind        = statedir.Kind
	DamageError = statedir.DamageError
)

// The kinds of an Error.
const (
	CannotCreate = statedir.CannotCreate // also if the directory is not a spool
	Unsafe       = statedir.Unsafe
	IO           = statedir.IO
)

// The kinds of an Error that only a database has.
const (
	Unreachable = statedir.IO + 1 + iota // try again later
	NotAllowed                           // the login or the use of a table was refused
	BadSchema                            // there are no tables, or those of another version
)

// IsUnreachable reports whether err is that of a database that cannot be reached, or does
// nothing at the moment. Then every other call would fail, too.
func IsUnreachable(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == Unreachable
}

// Errors of an entry, for errors.Is.
var (
	ErrInUse     = statedir.ErrInUse
	ErrNotFound  = errors.New("no such entry")
	ErrAmbiguous = errors.New("more than one entry ends with that")

	// ErrLost means that another process may have the entry: the lock has ended.
	ErrLost = errors.New("another process has taken the message over")

	// ErrUncertain means that an entry may have been committed, or not.
	ErrUncertain = errors.New("the message may have been kept")

	// ErrInterrupted is the reason of an outcome that Take sets to unknown.
	ErrInterrupted = errors.New("outcome unknown: the process ended before the reply to the end of data")
)
