package prompt

import (
	"context"
	"io"
	"os"

	"mailpipe/internal/signals"
)

// Password asks for a password at a terminal, without echo. It leaves the
// terminal as it was, also if handler ends the process. It returns
// ErrInterrupted after Ctrl-C, and the cause of the context of handler after a signal
// that cancels it.
func Password(handler *signals.Handler, in, out *os.File, question string) (password string, err error) {
	err = inRawMode(handler, in, out, func(s screen) error {
		var typed string
		answered := make(chan error, 1)
		go func() { // a signal does not end a read, so this may wait until the process ends
			t := newTerminal(s)
			var err error
			typed, err = t.read(question, func() (string, error) { return t.ReadPassword(question) })
			answered <- err
		}()
		select {
		case err := <-answered:
			password = typed
			return err
		case <-handler.Context().Done():
			io.WriteString(s, "\r\n")
			return context.Cause(handler.Context())
		}
	})
	return password, err
}
