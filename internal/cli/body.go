package cli

import (
	"io"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/shell"
	"mailpipe/internal/signals"
	"mailpipe/internal/termtext"
)

// A body is the source of the text.
type body struct {
	kind      bodyKind
	path      string // of bodyFile; - is standard input
	text      string // of bodyText
	isDefault bool   // standard input, because no flag says otherwise
}

type bodyKind int

const (
	bodyNone bodyKind = iota
	bodyFile
	bodyText
	bodyExec
)

// newBody returns the one source of the text that the flags name.
func (c *call) newBody() (body, error) {
	b := body{text: c.flags.String("body"), path: c.flags.String("body-file")}
	var given []string
	for _, source := range []struct {
		flag string
		kind bodyKind
	}{
		{"body", bodyText}, {"body-file", bodyFile}, {"no-body", bodyNone}, {"exec", bodyExec},
	} {
		if c.flags.IsSet(source.flag) {
			given = append(given, "--"+source.flag)
			b.kind = source.kind
		}
	}
	switch len(given) {
	case 0:
		b = body{kind: bodyFile, path: "-", isDefault: true}
	case 1:
	default:
		return b, usage("%s exclude each other", strings.Join(given, " and "))
	}
	for _, flag := range []string{"stderr", "on-failure", "max-body"} {
		if c.flags.IsSet(flag) && b.kind != bodyExec {
			return b, usage("--%s requires --exec", flag)
		}
	}
	if name, found := strings.CutPrefix(b.text, "@"); found && inputfile.Check(name) == nil {
		c.note("the text is %s; to send what is in the file, use --body-file %s", termtext.Line(b.text), shell.File(name))
	}
	return b, nil
}

// openText opens the text, unless there is none or a command has written it.
func (d *draft) openText() error {
	switch d.body.kind {
	case bodyText:
		d.message.Text = compose.Text(d.body.text)
	case bodyFile:
		r, size, err := d.openFile(d.body.path)
		if err != nil {
			return err
		}
		if d.typed() {
			d.note("reading the text from the terminal; Ctrl-D on a line of its own ends it")
			r = io.TeeReader(r, &d.typing)
			d.handler = signals.New(d.saveAtSignal)
		}
		d.message.Text = &compose.Part{Size: size, Open: opens(r), Charset: d.flags.String("charset")}
	}
	return nil
}
