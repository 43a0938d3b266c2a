package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"mailpipe/internal/prompt"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// askPassword asks for a password at the terminal, if a person is there. Standard
// input may be the message, so it opens the terminal. After Ctrl-C the signal ends the
// process. A signal ends the question, also one that does not end the process at once.
func (d *deliveryRequest) askPassword(user, server string) (string, error) {
	if !stdio.IsTerminal(d.Stderr) && !stdio.IsTerminal(d.Stdin) {
		return "", nil
	}
	in, out, err := stdio.OpenTerminal()
	if err != nil {
		return "", nil
	}
	defer in.Close()
	defer out.Close()
	question := fmt.Sprintf("Password of %s at %s: ", termtext.Line(user), termtext.Line(server))
	password, err := prompt.Password(d.signals, in, out, question)
	interrupted := errors.Is(err, prompt.ErrInterrupted)
	if interrupted && !signal.Ignored(os.Interrupt) {
		signals.InterruptGroup() // as outside of raw mode
		<-d.signals.Context().Done()
	}
	isSignal := d.signals.Context().Err() != nil
	if interrupted || isSignal || errors.Is(err, io.EOF) { // Ctrl-D
		return "", nil
	}
	return password, err
}
