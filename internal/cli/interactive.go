package cli

import (
	"errors"
	"os"
	"os/signal"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/prompt"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
)

// asks reports whether send asks the user for what is missing.
func (d *draft) asks() bool {
	if d.flags.Bool("interactive") {
		return true
	}
	return d.complete() != nil && stdio.IsTerminal(d.Stdin) && stdio.IsTerminal(d.Stderr)
}

// ask asks the user for what the flags leave open.
func (d *draft) ask() error {
	in, out := d.Stdin, d.Stderr
	if d.flags.Bool("interactive") {
		tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		if err != nil {
			return usage("--interactive: no terminal")
		}
		defer tty.Close()
		in, out = tty, tty
	}
	form := d.form()
	err := form.Fill(in, out)
	if errors.Is(err, prompt.ErrAborted) {
		return d.abort(err)
	}
	if err != nil {
		return fail(exitIO, "terminal: %w", err)
	}
	return d.take(form)
}

// abort returns the error for a user who gave up. After Ctrl-C it ends the
// process as Ctrl-C does.
func (d *draft) abort(err error) error {
	aborted := usage("%w", err)
	if d.name == "compose" {
		aborted = usage("nothing was written")
	}
	if errors.Is(err, prompt.ErrInterrupted) && !signal.Ignored(os.Interrupt) {
		explain(d.Stderr, d.name, aborted)
		signals.Interrupt()
	}
	return aborted
}

// form returns the questions, with the answers that the flags give.
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
			Text:    !d.body.isDefault || d.hasInput(),
		},
		CheckFrom: func(answer string) error {
			_, err := address.Parse(answer)
			return caretError(err)
		},
		CheckTo: func(answer string) error {
			_, err := address.ParseList(answer)
			return caretError(err)
		},
		Describe: d.describe,
		Confirm:  "Write it?",
	}
	if d.name == "send" {
		form.Confirm = "Send it?"
	}
	for _, a := range d.attachments {
		form.Files = append(form.Files, a.path)
	}
	return form
}

// describe returns the type and size of a file in words. A type that a flag
// gives comes before the detected one. It does not read a stream.
func (d *draft) describe(path string) (string, error) {
	given := ""
	for _, a := range d.attachments {
		if a.path == path {
			given = a.part.Type
		}
	}
	if path == "-" && len(d.attachments) > 0 {
		return "standard input", nil
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		return "a pipe", nil
	}
	found, size, err := detectFile(path)
	if err != nil {
		return "", err
	}
	if given == "" {
		given = found.Type
	}
	return given + ", " + showSize(size), nil
}

// hasInput reports whether standard input is a file or a pipe. It is the text then.
func (d *draft) hasInput() bool {
	info, err := d.Stdin.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&os.ModeNamedPipe != 0)
}

// take puts the answers into the draft.
func (d *draft) take(form *prompt.Form) (err error) {
	m := &d.message
	if !form.Skip.From {
		m.From, err = compose.ParseAddress(form.From)
		if err != nil {
			return addressError("From", err)
		}
	}
	if !form.Skip.To {
		m.To, err = compose.ParseAddressList(form.To)
		if err != nil {
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
		d.body = body{kind: bodyNone}
		if form.Text != "" {
			d.body = body{kind: bodyText, text: form.Text}
			d.answered = true
		}
	}
	return nil
}

// caretError returns an error whose text shows the character that is wrong.
func caretError(err error) error {
	var invalid *address.Error
	if errors.As(err, &invalid) {
		return errors.New(invalid.Reason + "\n" + invalid.Caret())
	}
	return err
}

// display returns an address as the user types it.
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
