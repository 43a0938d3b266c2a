package cli

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/prompt"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
)

// asks reports whether a person is there to be asked for what is missing.
func (d *draft) asks() bool {
	return d.flags.Bool("interactive") || d.complete() != nil && stdio.IsTerminal(d.Stdin) && stdio.IsTerminal(d.Stderr)
}

// ask asks for what the flags left open.
func (d *draft) ask() error {
	in, out := d.Stdin, d.Stderr
	if d.flags.Bool("interactive") {
		tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		if err != nil {
			return usage("--interactive: there is no terminal to ask at")
		}
		defer tty.Close()
		in, out = tty, tty
	}
	form := d.form()
	err := form.Fill(in, out)
	if errors.Is(err, prompt.ErrAborted) {
		aborted := fail(exitUsage, err)
		if d.name == "compose" {
			aborted = usage("nothing was written")
		}
		if errors.Is(err, prompt.ErrInterrupted) && !signal.Ignored(os.Interrupt) {
			explain(d.Env, d.name, aborted)
			signals.Interrupt()
		}
		return aborted
	}
	if err != nil {
		return fail(exitIO, fmt.Errorf("the terminal: %w", err))
	}
	return d.take(form)
}

func (d *draft) form() *prompt.Form {
	m := &d.message
	form := &prompt.Form{
		From:       display(m.From),
		To:         displayList(m.To),
		Cc:         displayList(m.Cc),
		Bcc:        displayList(m.Bcc),
		Subject:    m.Subject,
		AllowEmpty: d.flags.IsSet("html") || m.AllowEmpty || d.flags.Bool("skip-empty"),
		Skip: prompt.Fields{
			From:    d.flags.IsSet("from"),
			To:      len(m.To)+len(m.Cc)+len(m.Bcc) > 0,
			Subject: m.Subject != "",
			Files:   len(d.attachments) > 0 || m.Plain,
			Text:    d.body != bodyInput || d.flags.IsSet("body-file") || d.hasInput(),
		},
		CheckFrom: func(answer string) error {
			_, err := address.Parse(answer)
			return caretError(err)
		},
		CheckTo: func(answer string) error {
			_, err := address.ParseList(answer)
			return caretError(err)
		},
		Look:    d.describe,
		Confirm: "Write it?",
	}
	if d.name == "send" {
		form.Confirm = "Send it?"
	}
	for _, a := range d.attachments {
		form.Files = append(form.Files, a.path)
	}
	return form
}

// describe tells type and size of a file in words: the type that a flag gave it before its own.
func (d *draft) describe(path string) (string, error) {
	given := ""
	for _, a := range d.attachments {
		if a.path == path {
			given = a.part.Type
		}
	}
	if path == "-" && len(d.attachments) > 0 { // nothing of it may be read yet
		return "standard input", nil
	}
	if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeNamedPipe != 0 { // the same, and it may be silent for long
		return "a pipe", nil
	}
	found, size, err := d.look(path)
	if err != nil {
		return "", err
	}
	if given == "" {
		given = found.Type
	}
	return given + ", " + showSize(size), nil
}

// hasInput reports whether standard input is a pipe or a file: the text then.
func (d *draft) hasInput() bool {
	info, err := d.Stdin.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&os.ModeNamedPipe != 0)
}

// take puts the answers into the message.
func (d *draft) take(form *prompt.Form) (err error) {
	m := &d.message
	if !form.Skip.From {
		if m.From, err = compose.ParseAddress(form.From); err != nil {
			return addressError("From", err)
		}
	}
	if !form.Skip.To {
		if m.To, err = compose.ParseAddressList(form.To); err != nil {
			return addressError("To", err)
		}
	}
	m.Subject = form.Subject
	if !form.Skip.Files {
		for _, path := range form.Files {
			d.attachments = append(d.attachments, attachment{path: path})
		}
	}
	if !form.Skip.Text {
		d.body, d.text, d.answered = bodyText, form.Text, form.Text != ""
		if form.Text == "" {
			d.body = bodyNone
		}
	}
	return nil
}

// caretError is an error whose text shows where the mistake is.
func caretError(err error) error {
	var wrong *address.Error
	if errors.As(err, &wrong) {
		return errors.New(wrong.Reason + "\n" + wrong.Caret())
	}
	return err
}

// display is an address for people.
func display(a compose.Address) string {
	switch {
	case a == (compose.Address{}):
		return ""
	case a.Name == "":
		return a.Mailbox()
	}
	return address.Quote(a.Name) + " <" + a.Mailbox() + ">"
}

func displayList(list []compose.Address) string {
	var all []string
	for _, a := range list {
		all = append(all, display(a))
	}
	return strings.Join(all, ", ")
}
