package cli

import (
	"strconv"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/shell"
	"mailpipe/internal/subprocess"
	"mailpipe/internal/termtext"
)

// statusField is the header field with the exit status of the command of --exec.
const statusField = "X-Exit-Status"

// runExec runs the command of --exec to its end. Its output is the text.
func (d *draft) runExec() error {
	opt := subprocess.Options{Stderr: d.Stderr}
	if d.flags.Bool("stderr") {
		opt.Stderr = nil
	}
	if d.flags.IsSet("max-body") {
		max, err := parseSize("--max-body", d.flags.String("max-body"))
		if err != nil {
			return err
		}
		opt.Max = max
	}
	if d.readsInput() == 0 {
		opt.Stdin = d.Stdin
	}
	text, err := subprocess.Run(d.line.exec, opt)
	if err != nil {
		return &failure{err: err, code: exitIO}
	}
	d.closers = append(d.closers, text)
	if text.Status == 0 && d.flags.Bool("on-failure") {
		return errNothing
	}
	d.noteExec(text)
	status := strconv.Itoa(text.Status)
	d.message.Subject = strings.ReplaceAll(d.message.Subject, "{status}", status)
	d.message.Header = append(d.message.Header, compose.Field{Name: statusField, Value: status})
	if text.Size() == 0 && !(text.Status == 0 && d.flags.Bool("skip-empty")) {
		d.message.Text = compose.Text(d.line.exec[0] + " wrote nothing and ended with status " + status + ".\n")
		return nil
	}
	d.message.Text = &compose.Part{
		Charset: d.flags.String("charset"),
		Size:    text.Size(),
		Open:    opens(text.Reader()),
	}
	return nil
}

// noteExec prints what is worth a note about the output of the command.
func (d *draft) noteExec(text *subprocess.Text) {
	name := d.line.exec[0]
	if text.Status == 127 && len(d.line.exec) == 1 && strings.ContainsAny(name, " |;&<>$") {
		d.note("--exec runs a program, not a line of the shell; for that, use --exec sh -c %s", shell.Quote(name))
	}
	if text.Cut > 0 {
		d.note("%d octets left out of the middle of the output of %s (--max-body)", text.Cut, termtext.Line(name))
	}
}
