package prompt

import (
	"os"

	"mailpipe/internal/signals"
)

// Password asks for a password at a terminal, without echo. It leaves the
// terminal as it was, also if handler ends the process. It returns
// ErrInterrupted after Ctrl-C.
func Password(handler *signals.Handler, in, out *os.File, question string) (password string, err error) {
	err = inRawMode(handler, in, out, func(s screen) (err error) {
		t := newTerminal(s)
		password, err = t.read(question, func() (string, error) { return t.ReadPassword(question) })
		return err
	})
	return password, err
}
