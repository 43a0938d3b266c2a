package cli

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/advice"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
)

// A draft is a message as the flags of compose and send describe it. newDraft
// reads and checks the command line; gather opens the files.
type draft struct {
	*call
	message     compose.Message
	body        body
	attachments []attachment
	attended    bool // a person at a terminal answered questions
	answered    bool // the text is one of the answers
	typing      typedText
	handler     *signals.Handler // saves the text that was typed; nil: there is none
	servers     func() string    // returns the servers for the summary; nil: the mail is not sent

	files   inputfile.Set
	closers []io.Closer
}

// newDraft reads the flags. Of the files it reads only a message that is
// replied to.
func (c *call) newDraft() (*draft, error) {
	d := &draft{call: c}
	if err := c.checkUTF8(); err != nil {
		return nil, err
	}
	f := fieldReader{call: c}
	d.message = compose.Message{
		From:          f.address("from"),
		To:            f.addresses("to"),
		Cc:            f.addresses("cc"),
		Bcc:           f.addresses("bcc"),
		ReplyTo:       f.addresses("reply-to"),
		Subject:       c.flags.String("subject"),
		Header:        f.header(),
		Date:          f.date(),
		MessageID:     c.flags.String("message-id"),
		InReplyTo:     c.flags.String("in-reply-to"),
		References:    f.references(),
		AutoSubmitted: c.flags.Bool("auto"),
		Boundary:      c.flags.String("boundary"),
		Plain:         c.flags.Bool("plain"),
		CRLF:          c.flags.Bool("crlf"),
		WriteBcc:      true, // deliver reads it, and removes it
		AllowEmpty:    c.flags.Bool("allow-empty"),
		Note:          func(n compose.Note) { c.note("%s", n) },
		Detect:        c.detector(),
	}
	if f.err != nil {
		return nil, f.err
	}
	d.message.Reproducible = f.reproducible
	var err error
	d.body, err = c.newBody()
	if err != nil {
		return nil, err
	}
	d.attachments, err = c.readAttachments()
	if err != nil {
		return nil, err
	}
	if err := d.checkFiles(); err != nil {
		return nil, err
	}
	return d, d.reply()
}

// paths returns the names of all files that are read.
func (d *draft) paths() []string {
	var paths []string
	for _, a := range d.attachments {
		paths = append(paths, a.path)
	}
	if d.body.kind == bodyFile {
		paths = append(paths, d.body.path)
	}
	for _, flag := range []string{"html", "reply-to-message"} {
		if d.flags.IsSet(flag) {
			paths = append(paths, d.flags.String(flag))
		}
	}
	return paths
}

// readsInput returns how often standard input is read.
func (d *draft) readsInput() int {
	n := 0
	for _, path := range d.paths() {
		if stdio.IsInput(path) {
			n++
		}
	}
	return n
}

// checkFiles finds flags that contradict each other, and files that cannot be read.
func (d *draft) checkFiles() error {
	if d.readsInput() > 1 && d.body.isDefault {
		d.body = body{kind: bodyNone} // standard input is a file, not the text
	}
	if d.readsInput() > 1 {
		return usage("standard input can be read only once")
	}
	for _, path := range d.paths() {
		if path == "-" {
			continue
		}
		if err := inputfile.Check(path); err != nil {
			return d.pathError(path, err)
		}
	}
	return nil
}

// quoteValue is the hint for a value of several words without quotes.
const quoteValue = "quote a value of several words: operands are files to attach"

// pathError returns the error for a file that cannot be read, with the hint for
// its use.
func (d *draft) pathError(path string, err error) error {
	e := fileError(path, err)
	switch {
	case slices.ContainsFunc(d.attachments, func(a attachment) bool { return a.path == path }):
		e.hint = cmp.Or(advice.Attachment(path, err), d.missingAttachment(path, err))
	case d.body.kind == bodyFile && d.body.path == path:
		e.hint = advice.Text(path, err)
	default:
		e.hint = advice.File(path, err)
	}
	return e
}

// missingAttachment returns the hint for a file that does not exist: its name has a
// key that is unknown, or is a word of a value without quotes, as in -s Hello World.
func (d *draft) missingAttachment(path string, err error) string {
	isOperand := slices.Contains(d.line.operands(), path)
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return ""
	case strings.ContainsAny(path, ",;") && strings.Contains(path, "="):
		return "use one of the keys " + strings.Join(attachmentKeys, ", ")
	case isOperand && filepath.Ext(path) == "":
		return quoteValue
	}
	return ""
}

// gather opens all files. A command runs first: a file that it writes may be
// attached.
func (d *draft) gather() error {
	if err := d.check(); err != nil {
		return err
	}
	if d.body.kind == bodyExec {
		if err := d.runExec(); err != nil {
			return err
		}
	}
	if !d.typed() {
		d.progress.Begin("reading the text and the files", 0)
	}
	for _, a := range d.attachments {
		part, err := d.open(a)
		if err != nil {
			return err
		}
		d.message.Files = append(d.message.Files, part)
	}
	if err := d.openHTML(); err != nil {
		return err
	}
	return d.openText()
}

// check finds what is wrong with the message before a file is read or a command
// runs, and an invalid --charset even if no text is read in it.
func (d *draft) check() error {
	m := d.message
	m.Text = &compose.Part{Charset: d.flags.String("charset")}
	if d.flags.IsSet("html") {
		m.HTML = &compose.Part{}
	}
	for _, a := range d.attachments {
		if a.part.Name == "" {
			a.part.Name, _ = inputfile.Name(a.path)
		}
		m.Files = append(m.Files, a.part)
	}
	return m.Check()
}

// openFile opens a file until Close. The path - means standard input.
func (d *draft) openFile(path string) (r io.Reader, size int64, err error) {
	if path == "-" {
		in := stdio.NewInput(d.Stdin)
		return in, in.Size, nil
	}
	f, err := d.files.Open(path)
	if err != nil {
		return nil, 0, d.pathError(path, err)
	}
	d.closers = append(d.closers, f)
	return f.Reader(), f.Size, nil
}

// openPart opens a file as a part of the message.
func (d *draft) openPart(path string) (compose.Part, error) {
	r, size, err := d.openFile(path)
	return compose.Part{Size: size, Open: opens(r)}, err
}

// Close closes the files.
func (d *draft) Close() error {
	var errs []error
	for _, c := range d.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
