package prompt

import (
	"os"

	"mailpipe/internal/signals"
)

// Password asks for a password at a terminal, without echo. It leaves the
// terminal as it was, also if handler ends the process. It returns
// ErrInterrupted after Ctrl-C.
func Password(handler *signals.Handler, tty *os.File, question string) (password string, err error) {
	err = inRawMode(handler, tty, tty, func(s screen) (err error) {
		t := newTerminal(s)
		password, err = t.read(question, func() (string, error) { return t.ReadPassword(question) })
		return err
	})
	return password, err
}
