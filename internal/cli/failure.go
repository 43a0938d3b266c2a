package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"mailpipe/internal/advice"
	"mailpipe/internal/spool"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// A failure is an error with what only the command line knows about it.
type failure struct {
	err     error
	code    int      // exit status; 0 means that err decides
	details []string // further lines of the message
	hint    string   // what the user can do about it, or empty
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// fail returns an error with an exit status.
func fail(code int, format string, args ...any) *failure {
	return &failure{code: code, err: fmt.Errorf(format, args...)}
}

// usage returns the error for an invalid command line.
func usage(format string, args ...any) *failure { return fail(exitUsage, format, args...) }

// withHint sets the hint of f and returns f.
func (f *failure) withHint(hint string) *failure {
	f.hint = hint
	return f
}

// errReported has no message of its own: what failed was printed already.
var errReported = errors.New("reported")

// explain prints the message and the hint of an error.
func (c *call) explain(err error) {
	if errors.Is(err, errReported) || stdio.ReaderGone(err) {
		return
	}
	var b strings.Builder
	b.WriteString(c.title + ": ")
	for _, line := range messageLines(err) {
		b.WriteString(termtext.Escape(line) + "\n")
	}
	h := hint(err)
	if c.asksForHelp() {
		h = "did you mean " + program + " help " + c.name + "?"
	}
	if h != "" {
		b.WriteString("hint: " + termtext.Escape(h) + "\n")
	}
	io.WriteString(c.progress, b.String()) // an error of this write cannot be reported
}

// messageLines returns the message of an error, line by line.
func messageLines(err error) []string {
	if f, ok := err.(*failure); ok {
		return append(messageLines(f.err), f.details...)
	}
	if e, ok := errors.AsType[*internalError](err); ok {
		return append([]string{e.Error()}, e.stack...)
	}
	return []string{err.Error()}
}

// hint returns what the user can do about an error, or "".
func hint(err error) string {
	f, ok := errors.AsType[*failure](err)
	inSpool, _ := errors.AsType[*spool.Error](err)
	switch {
	case !ok && inSpool != nil && inSpool.Hint != "":
		return inSpool.Hint
	case !ok:
		return advice.For(err)
	case f.hint != "":
		return f.hint
	}
	return hint(f.err)
}
