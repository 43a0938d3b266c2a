package message

import (
	"fmt"
	"strings"
)

// A Kind is the class of an Error. It is an error itself, so that
// errors.Is(err, ErrCutOff) reports whether err contains an Error of that kind.
type Kind int

const (
	ErrEmpty     Kind = iota + 1 // the input has no octets
	ErrHeader                    // the input does not begin with the header of a message
	ErrStructure                 // Content-Type does not say where the message ends
	ErrSeries                    // the input contains several messages
	ErrCutOff                    // a multipart without its closing boundary
	ErrContent                   // a line that SMTP cannot carry
	ErrAddress                   // an invalid address in the header
	ErrRecipient                 // no recipient in the header
	ErrSender                    // no sender in the header
)

var kindText = map[Kind]string{
	ErrEmpty:     "input is empty",
	ErrHeader:    "input is not a mail message",
	ErrStructure: "invalid message structure",
	ErrSeries:    "input contains several messages",
	ErrCutOff:    "message was cut off",
	ErrContent:   "message cannot be sent by SMTP",
	ErrAddress:   "invalid header field",
	ErrRecipient: "missing recipient",
	ErrSender:    "missing sender",
}

// Error implements the error interface.
func (k Kind) Error() string { return kindText[k] }

// An Error describes why a message cannot be sent. Read, WriteTo, Sender,
// Recipients and ReadHeader return it for mistakes in the message, and never for
// errors of the reader or the writer.
type Error struct {
	Kind  Kind
	Line  int    // of the input, from 1; 0 if the error is not in a single line
	Field string // the name of a header field as written, or ""
	Why   string // the details; "" if Kind says everything
	Err   error  // an *address.Error, or nil
}

// Error returns the kind, the line, the field and the details, as far as they
// are known.
func (e *Error) Error() string {
	parts := []string{e.Kind.Error()}
	if e.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", e.Line))
	}
	if e.Field != "" {
		parts = append(parts, e.Field)
	}
	if e.Why != "" {
		parts = append(parts, e.Why)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Is reports whether target is the kind of the error.
func (e *Error) Is(target error) bool { return target == error(e.Kind) }

// Unwrap returns the error of the address, or nil.
func (e *Error) Unwrap() error { return e.Err }
