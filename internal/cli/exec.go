package cli

import (
	"errors"
	"strconv"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/shell"
	"mailpipe/internal/stdio"
	"mailpipe/internal/subprocess"
)

// errNothing ends a command well that has nothing to do.
var errNothing = errors.New("nothing to do")

// statusField is the header field that tells how the command of --exec ended.
const statusField = "X-Exit-Status"

// runExec runs the command of --exec to its end: its output is the text.
func (d *draft) runExec() error {
	opt := subprocess.Options{Stderr: d.Stderr}
	if d.flags.Bool("stderr") {
		opt.Stderr = nil
	}
	if d.flags.IsSet("max-body") {
		var err error
		if opt.Max, err = parseSize("--max-body", d.flags.String("max-body")); err != nil {
			return err
		}
	}
	if !d.readsInput() {
		opt.Stdin = d.Stdin
	}
	text, err := subprocess.Run(d.line.exec, opt)
	if err != nil {
		return fail(exitIO, err)
	}
	d.closers = append(d.closers, text)
	if text.Status == 0 && d.flags.Bool("on-failure") {
		return errNothing
	}
	if line := d.line.exec[0]; text.Status == 127 && len(d.line.exec) == 1 && strings.ContainsAny(line, " |;&<>$") {
		d.note("--exec runs a program without a shell, each of its words an argument: --exec sh -c %s", shell.Quote(line))
	}
	if text.Cut > 0 {
		d.note("the output of %s is over --max-body: %d octets were left out of its middle", d.line.exec[0], text.Cut)
	}
	status := strconv.Itoa(text.Status)
	d.message.Subject = strings.ReplaceAll(d.message.Subject, "{status}", status)
	d.message.Header = append(d.message.Header, compose.Field{Name: statusField, Value: status})
	d.message.Text = &compose.Part{
		Charset: d.flags.String("charset"),
		Size:    text.Size(),
		Open:    opens(text.Reader()),
	}
	return nil
}

// readsInput reports whether standard input is a part of the message.
func (d *draft) readsInput() bool {
	for _, a := range d.attachments {
		if stdio.IsInput(a.path) {
			return true
		}
	}
	return stdio.IsInput(d.flags.String("html"))
}
