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

// Errors of an entry, for errors.Is.
var (
	ErrInUse     = statedir.ErrInUse
	ErrNotFound  = errors.New("no such entry")
	ErrAmbiguous = errors.New("more than one entry ends with that")

	// ErrInterrupted is the reason of an outcome that Take sets to unknown.
	ErrInterrupted = errors.New("outcome unknown: the process ended before the reply to the end of data")
)
