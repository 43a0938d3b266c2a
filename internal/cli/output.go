package cli

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// outputError is a failure to write standard output, and nothing else.
type outputError struct{ err error }

func (e *outputError) Error() string { return "standard output: " + reason(e.err) }
func (e *outputError) Unwrap() error { return e.err }

// output is standard output with errors that say so.
type output struct{ f *os.File }

// Write implements io.Writer. Another program that has the file open may have
// made it non-blocking, so Write waits if there is no room.
func (o output) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = o.f.Write(p[n:])
		n += k
		if errors.Is(err, unix.EAGAIN) {
			err = await(o.f, unix.POLLOUT)
		}
	}
	if err != nil {
		err = &failure{code: exitIO, err: &outputError{err}}
	}
	return n, err
}

// input is standard input with errors that say so.
type input struct{ f *os.File }

func (i input) Read(p []byte) (int, error) {
	n, err := i.f.Read(p)
	for errors.Is(err, unix.EAGAIN) {
		if err = await(i.f, unix.POLLIN); err == nil {
			n, err = i.f.Read(p)
		}
	}
	if err != nil && err != io.EOF {
		err = &failure{code: exitIO, err: &inputError{err}}
	}
	return n, err
}

type inputError struct{ err error }

func (e *inputError) Error() string { return "standard input: " + reason(e.err) }
func (e *inputError) Unwrap() error { return e.err }
