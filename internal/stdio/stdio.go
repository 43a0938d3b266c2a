// Package stdio reads standard input, writes standard output and opens the terminal.
package stdio

import (
	"errors"

	"mailpipe/internal/oserror"
)

// An Error is an error of reading standard input or of writing standard output.
type Error struct {
	Err    error
	output bool
}

func (e *Error) Error() string {
	stream := "standard input: "
	if e.output {
		stream = "standard output: "
	}
	return stream + oserror.Reason(e.Err).Error()
}

func (e *Error) Unwrap() error { return e.Err }

// ReaderGone reports whether err means that the reader of standard output went
// away.
func ReaderGone(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.output && oserror.BrokenPipe(e.Err)
}
