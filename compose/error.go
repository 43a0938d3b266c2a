package compose

import (
	"errors"
	"fmt"
)

// Kinds of errors, for errors.Is. The message of an error does not repeat the
// text of its kind.
var (
	ErrArgument = errors.New("invalid argument")          // a header field, a value, a name, a combination
	ErrEmpty    = errors.New("no text and no attachment") // see Message.AllowEmpty
	ErrTooBig   = errors.New("too large")                 // a text of Message.Plain or a header over 1 MiB
	ErrChanged  = errors.New("changed while it was read") // shorter than its Size, or different from what Plan saw
	errUnusable = errors.New("misuse of package compose") // a nil Open, a zero Plan, a Plan written twice
)

// kindError is an error with a message of its own and a kind.
type kindError struct {
	kind error
	err  error
}

func (e *kindError) Error() string   { return e.err.Error() }
func (e *kindError) Unwrap() []error { return []error{e.kind, e.err} }

// invalid returns an error of the kind ErrArgument.
func invalid(format string, args ...any) error {
	return &kindError{ErrArgument, fmt.Errorf(format, args...)}
}

// tooBig returns an error of the kind ErrTooBig.
func tooBig(format string, args ...any) error {
	return &kindError{ErrTooBig, fmt.Errorf(format, args...)}
}

// misuse returns an error that only a change of the program can prevent.
func misuse(format string, args ...any) error {
	return &kindError{errUnusable, fmt.Errorf(format, args...)}
}

// changed returns an error of the kind ErrChanged about the part label.
func changed(label, format string, args ...any) error {
	why := fmt.Errorf(format, args...)
	return &kindError{ErrChanged, fmt.Errorf("%s: changed while it was read: %w", label, why)}
}
