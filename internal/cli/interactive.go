package cli

import (
	"errors"
	"os"
	"os/signal"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/prompt"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// complete finds the sender, and asks the user for what is missing. Without
// --interactive, only send at a terminal asks.
func (d *draft) complete() error {
	if err := d.findSender(); err != nil {
		return err
	}
	m := &d.message
	var missing, hints []string
	if d.line.exec != nil {
		hints = append(hints, "make --exec the last flag: everything after it belongs to its command")
	}
	if m.From == (compose.Address{}) {
		missing = append(missing, "sender (-f)")
		hints = append(hints, "name the sender by -f ADDR, $MAILPIPE_FROM, $EMAIL or an account")
	}
	if d.name == "send" && len(m.To)+len(m.Cc)+len(m.Bcc) == 0 {
		missing = append(missing, "recipient (-t)")
	}
	switch {
	case d.flags.Bool("interactive"), missing != nil && d.name == "send" && d.canAsk():
		d.attended = true
		return d.ask()
	case missing != nil:
		return usage("missing %s", strings.Join(missing, " and ")).withHint(strings.Join(hints, "; "))
	}
	return nil
}

// canAsk reports whether questions can be asked on standard input and error.
func (c *call) canAsk() bool { return stdio.IsTerminal(c.Stdin) && stdio.IsTerminal(c.Stderr) }

// ask asks the user for what the flags leave open.
func (d *draft) ask() error {
	in, out := d.Stdin, d.Stderr
	if d.flags.Bool("interactive") {
		var err error
		in, out, err = stdio.OpenTerminal()
		if err != nil {
			return usage("--interactive: no terminal")
		}
		defer in.Close()
		defer out.Close()
	}
	form := d.form()
	if !form.KeepText || d.body.kind == bodyText {
		form.Edit = func(text string) (string, error) { return d.edit(in, out, text) }
	}
	d.handler = signals.New(d.saveAtSignal)
	err := form.Fill(d.handler, in, out)
	d.addAnswers(form)
	if err != nil || !d.answered {
		defer d.textIsSafe()
	}
	if errors.Is(err, prompt.ErrAborted) {
		return d.abort(err)
	}
	if err != nil {
		return d.saveText(fail(exitIO, "terminal: %w", err))
	}
	return nil
}

// abort returns the error for a user who gave up. After Ctrl-C it ends the
// process as Ctrl-C does.
func (d *draft) abort(err error) error {
	aborted := usage("%w", err)
	if d.name == "compose" {
		aborted = usage("nothing was written")
	}
	aborted.details = d.typing.save(d.Getenv("HOME"))
	if errors.Is(err, prompt.ErrInterrupted) && !signal.Ignored(os.Interrupt) {
		d.explain(aborted)
		d.textIsSafe()
		signals.Interrupt(d.Stdout)
	}
	return aborted
}

// form returns the questions, with the answers that the flags give.
func (d *draft) form() *prompt.Form {
	m := &d.message
	form := &prompt.Form{
		Message:    m,
		AllowEmpty: d.flags.IsSet("html") || m.AllowEmpty || d.flags.Bool("skip-empty"),
		Home:       d.Getenv("HOME"),
		KeepFrom:   d.flags.IsSet("from") || d.name == "mailx",
		KeepCc:     d.name == "mailx", // which traditionally asks only for the subject
		KeepFiles:  len(d.attachments) > 0 || m.Plain,
		KeepText:   !d.body.isDefault || d.hasInput(),
		Describe:   d.describe,
		Server:     d.servers,
		Typed:      d.typing.set,
		Confirm:    "Write it?",
	}
	if d.body.kind == bodyText {
		form.Text = d.body.text
	}
	if d.name != "compose" {
		form.Confirm = "Send it?"
	}
	for _, a := range d.attachments {
		form.Files = append(form.Files, a.path)
	}
	return form
}

// describe returns the type and size of a file in words. A type from a
// flag overrides the detected one. It does not read a stream.
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
	return given + ", " + termtext.Size(size), nil
}

// hasInput reports whether standard input is a file or a pipe. It is the text then.
func (d *draft) hasInput() bool {
	info, err := d.Stdin.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&os.ModeNamedPipe != 0)
}

// addAnswers puts the answers into the draft, except those in the message.
func (d *draft) addAnswers(form *prompt.Form) {
	if !form.KeepFiles {
		for _, path := range form.Files {
			d.attachments = append(d.attachments, attachment{path: path})
		}
	}
	switch {
	case form.KeepText && form.Text == d.body.text:
	case form.Text == "":
		d.body = body{kind: bodyNone}
	default:
		d.body = body{kind: bodyText, text: form.Text}
		d.answered = true
	}
}
