// Package prompt asks the user at a terminal for what a mail needs: sender,
// recipients, subject, files and text. It explains an invalid answer and asks
// again. At the end it shows the mail and asks for confirmation, or lets the user
// edit the text. It also asks for passwords.
package prompt

import (
	"errors"
	"fmt"
	"io"
	"strings"

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
	AllowEmpty bool   // a mail without text and files is allowed
	Home       string // replaces ~ in an answer that begins with ~/ and names a file

	KeepFrom, KeepCc, KeepFiles, KeepText bool // these are not asked for

	Describe func(path string) (string, error) // returns the type and size of a file in words
	Server   func() string                     // returns the server for the summary; nil: there is none
	Confirm  string                            // the last question

	// Edit lets the user edit the text, with the terminal not in raw mode. It is nil if
	// the text cannot be edited.
	Edit func(text string) (string, error)
	// Typed is called with the text, and with the unfinished line after it, whenever the
	// user has changed one of them. It may be nil.
	Typed func(text, line string)
}

// An interview asks the questions of a Form at a terminal.
type interview struct {
	*Form
	t            *terminal
	descriptions []string // of Files
}

// fill asks the questions at a terminal in raw mode.
func (f *Form) fill(s screen) error {
	v := interview{Form: f, t: newTerminal(s)}
	for _, question := range []func() error{
		v.askFrom, v.askTo, v.askCc, v.askSubject, v.askFiles, v.askText, v.confirm,
	} {
		if err := question(); err != nil {
			return err
		}
	}
	return nil
}

// until asks until accept returns nil or ErrAborted.
func (v *interview) until(prompt string, accept func(answer string) error) error {
	for {
		answer, err := v.ask(prompt)
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
		v.refuse(answer, err)
	}
}

// ask reads one answer and removes the space around it.
func (v *interview) ask(prompt string) (string, error) {
	answer, err := v.t.line(prompt)
	v.t.refused = ""
	return strings.TrimSpace(answer), err
}

// refuse shows what is wrong with an answer. The Up key brings the answer back
// when the question is asked again.
func (v *interview) refuse(answer string, err error) {
	invalid, ok := errors.AsType[*address.Error](err)
	if ok {
		v.t.say(invalid.Reason + "\n" + invalid.Caret())
	} else {
		v.t.say(err.Error())
	}
	v.t.refused = history(answer)
}
