package cli

import (
	"runtime/debug"
	"strings"
)

// An internalError is a panic, which is a bug in mailpipe.
type internalError struct{ stack []string }

func (e *internalError) Error() string { return "internal error" }

// protect runs f and returns its error, or an *internalError if f panics.
func protect(f func() error) (err error) {
	defer func() {
		// The value of the panic is not kept: it may contain a secret.
		if recover() != nil {
			err = &internalError{sourceLines(debug.Stack())}
		}
	}()
	return f()
}

// sourceLines returns the lines of a stack trace that name a file and a line, indented.
func sourceLines(stack []byte) []string {
	var list []string
	for line := range strings.Lines(string(stack)) {
		if place := strings.TrimLeft(line, "\t"); place != line {
			place, _, _ = strings.Cut(strings.TrimSpace(place), " ")
			list = append(list, "    "+place[strings.LastIndexByte(place, '/')+1:])
		}
	}
	return list
}
