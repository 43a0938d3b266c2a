package message

import (
	"errors"
	"fmt"
)

// What keeps a message from being sent: the Kind of an Error, for errors.Is.
var (
	ErrEmpty     = errors.New("the message is empty")
	ErrHeader    = errors.New("the input is not a mail message")
	ErrStructure = errors.New("the end of the message cannot be told") // two Content-Types, no boundary, binary
	ErrSeries    = errors.New("the input holds several mails")
	ErrCutOff    = errors.New("the message was cut off")
	ErrContent   = errors.New("the message has a line that SMTP cannot carry")
	ErrAddress   = errors.New("an address in the header cannot be read")
	ErrRecipient = errors.New("the message names no recipient")
	ErrSender    = errors.New("the message names no sender")
)

// Error says why a message cannot be sent. An error of the reader or of the
// writer is never one.
type Error struct {
	Kind  error
	Line  int    // of the input, from 1; 0: no single one
	Field string // name of a header field, as written; empty: none
	Why   string // empty: Kind says it all
	Err   error  // an *address.Error, or nil
}

func (e *Error) Error() string {
	s := e.Kind.Error()
	if e.Line > 0 {
		s += fmt.Sprintf(": line %d", e.Line)
	}
	if e.Field != "" {
		s += ": " + e.Field
	}
	if e.Why != "" {
		s += ": " + e.Why
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives errors.Is and errors.As what lies behind.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}
