package cli

import (
	"errors"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/advice"
	"mailpipe/internal/termtext"
)

// A whereError is an error with the flag, variable or operand that it is about.
type whereError struct {
	where string
	err   error
}

func (e *whereError) Error() string { return e.where + ": " + e.err.Error() }
func (e *whereError) Unwrap() error { return e.err }

// addressError returns the error for an address that is the value of a flag.
// If err is an *address.Error, a caret shows the character that is wrong.
func addressError(flag string, err error) error {
	known := &failure{code: exitUsage, err: &whereError{flag, err}}
	invalid, ok := errors.AsType[*address.Error](err)
	if !ok {
		return known
	}
	switch flag {
	case "--to", "--cc", "--bcc":
		known.hint = advice.Recipient(invalid.Input)
	default:
		known.hint = advice.Address(invalid.Input)
	}
	return known
}

// recipientError returns the error for an operand of deliver.
func recipientError(operand string, err error) error {
	return &failure{exitUsage, &whereError{"recipient", err}, advice.RecipientOperand(operand)}
}

// addressOf parses the value of a flag. It refuses the value of -t=bob@example.org,
// which is a valid address that nobody has. (=? begins an encoded word, as in a
// header that was copied.)
func addressOf[T any](flag, value string, parse func(string) (T, error)) (T, error) {
	if strings.HasPrefix(value, "=") && !strings.HasPrefix(value, "=?") {
		var none T
		e := usage("%s: invalid address %s", flag, termtext.Line(value))
		e.hint = advice.LetterWithEquals(flag)
		return none, e
	}
	parsed, err := parse(value)
	if err != nil {
		err = addressError(flag, err)
	}
	return parsed, err
}
