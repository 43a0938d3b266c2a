package compose

import (
	"errors"
	"fmt"
)

// Kinds of errors, for errors.Is. An error says what is wrong in its own words,
// and does not repeat the text of its kind.
var (
	ErrArgument = errors.New("invalid argument")          // a header field, a value, a Part without Open, a used Plan
	ErrNotASCII = errors.New("not ASCII")                 // an ErrArgument: a field in which text cannot be encoded
	ErrEmpty    = errors.New("no text and no attachment") // see Message.AllowEmpty
	ErrTooBig   = errors.New("too large")                 // the text of a plain message or a header over 1 MiB
	ErrChanged  = errors.New("changed while it was read") // a part is shorter than its Size, or not what Plan saw
)

// A kindError is an error that errors.Is finds by its kind.
type kindError struct {
	kind error
	err  error
}

func (e *kindError) Error() string   { return e.err.Error() }
func (e *kindError) Unwrap() []error { return []error{e.kind, e.err} }

func invalid(format string, args ...any) error {
	return &kindError{ErrArgument, fmt.Errorf(format, args...)}
}

func tooBig(format string, args ...any) error {
	return &kindError{ErrTooBig, fmt.Errorf(format, args...)}
}

// changed returns an ErrChanged about the part that label names.
func changed(label, format string, args ...any) error {
	why := fmt.Sprintf(format, args...)
	return &kindError{ErrChanged, fmt.Errorf("%s: changed while it was read: %s", label, why)}
}

// A LeftOutError is what Message.Related returns for a file that must not be in
// the message. The reference to it stays as it is, and a Note says why.
type LeftOutError struct{ Why string }

func (e *LeftOutError) Error() string { return e.Why }
