package statedir

import (
	"errors"

	"mailpipe/internal/oserror"
)

// ErrInUse means that another process has the lock.
var ErrInUse = errors.New("in use by another process")

// A Kind is what an Error means for the caller.
type Kind int

const (
	CannotCreate Kind = iota + 1 // the directory or a file cannot be created, or it is another directory
	Unsafe                       // another user owns the directory, or can write it
	IO                           // a file cannot be read or written
)

// An Error is a failure of the directory as a whole.
type Error struct {
	Where string // the path of the directory
	Kind  Kind
	Err   error
	Hint  string // what the user can do, or empty
}

// Error returns the directory and the reason.
func (e *Error) Error() string { return e.Where + ": " + oserror.Reason(e.Err).Error() }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Fail returns the error of the directory for err.
func (d *Dir) Fail(kind Kind, err error) *Error { return &Error{Where: d.path, Kind: kind, Err: err} }

// A DamageError describes a file that is not what was written. The file is left as
// it is.
type DamageError struct {
	Name   string // of the file
	Reason string
}

// Error returns the name of the file and the reason.
func (e *DamageError) Error() string { return e.Name + ": " + e.Reason }
