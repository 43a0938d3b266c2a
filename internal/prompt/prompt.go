// Package prompt asks the user at a terminal for what a mail needs: sender,
// recipients, subject, files and text. It explains an invalid answer and asks
// again. At the end it shows the mail and asks for confirmation.
package prompt

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"mailpipe/compose"
	"mailpipe/internal/address"
)

// Fill returns ErrAborted if the user answers no to the last question or types
// Ctrl-D where it ends nothing. It returns ErrInterrupted, which is an
// ErrAborted too, after Ctrl-C.
var (
	ErrAborted     = errors.New("nothing was sent")
	ErrInterrupted = fmt.Errorf("%w", ErrAborted)
)

// A Form is the questions and their answers. Before Fill, it has what is known.
type Form struct {
	Message    *compose.Message // its From is the default answer
	Files      []string
	Text       string
	AllowEmpty bool // a mail without text and files is allowed

	KeepFrom, KeepFiles, KeepText bool // these are not asked for

	Describe func(path string) (string, error) // returns the type and size of a file in words
	Confirm  string                            // the last question
}

// A dialog asks the questions of a Form at a terminal.
type dialog struct {
	*Form
	t            *terminal
	descriptions []string // of Files
}

// fill asks the questions at a terminal in raw mode. resize sets the size of
// the terminal.
func (f *Form) fill(rw io.ReadWriter, resize func(*term.Terminal)) error {
	d := dialog{Form: f, t: newTerminal(rw, resize)}
	for _, question := range []func() error{
		d.askFrom, d.askTo, d.askSubject, d.askFiles, d.askText, d.confirm,
	} {
		if err := question(); err != nil {
			return err
		}
	}
	return nil
}

// until asks until accept returns nil or ErrAborted.
func (d *dialog) until(prompt string, accept func(answer string) error) error {
	for {
		answer, err := d.ask(prompt)
		if err == io.EOF {
			return ErrAborted
		}
		if err != nil {
			return err
		}
		err = accept(answer)
		if err == nil || err == ErrAborted {
			return err
		}
		d.refuse(answer, err)
	}
}

// ask reads one answer and removes the space around it.
func (d *dialog) ask(prompt string) (string, error) {
	answer, err := d.t.line(prompt)
	d.t.refused = ""
	return strings.TrimSpace(answer), err
}

// refuse shows what is wrong with an answer. The Up key brings the answer back
// when the question is asked again.
func (d *dialog) refuse(answer string, err error) {
	invalid, ok := errors.AsType[*address.Error](err)
	if ok {
		d.t.say(invalid.Reason + "\n" + invalid.Caret())
	} else {
		d.t.say(err.Error())
	}
	d.t.refused = history(answer)
}
