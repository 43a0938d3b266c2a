package prompt

import (
	"io"
	"os"

	"golang.org/x/term"

	"mailpipe/internal/signals"
)

// Password asks for a password at a terminal, without echo. It leaves the
// terminal as it was, also if handler ends the process. It returns
// ErrInterrupted after Ctrl-C.
func Password(handler *signals.Handler, tty *os.File, question string) (password string, err error) {
	err = inRawMode(handler, tty, tty, func(rw io.ReadWriter, resize func(*term.Terminal)) (err error) {
		t := newTerminal(rw, resize)
		password, err = t.read(question, func() (string, error) { return t.ReadPassword(question) })
		return err
	})
	return password, err
}
