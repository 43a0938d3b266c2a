package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailpipe/compose"
	"mailpipe/internal/config"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/shell"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// draft is a message as the flags of compose and send describe it. First all
// that the command line says is read and checked, then gather opens the files.
type draft struct {
	*call
	message     compose.Message
	attachments []attachment
	config      *config.Config // nil: not read yet

	body     body
	text     string // of bodyText
	answered bool   // the text is an answer at the terminal
	files    inputfile.Set
	closers  []io.Closer
}

// body is where the text comes from.
type body int

const (
	bodyInput body = iota // standard input
	bodyNone
	bodyText
	bodyFile
	bodyExec
)

// newDraft reads the flags. Nothing was opened yet but a message to reply to.
func (c *call) newDraft() (*draft, error) {
	d := &draft{call: c}
	d.message = compose.Message{
		Subject:       c.flags.String("subject"),
		MessageID:     c.flags.String("message-id"),
		InReplyTo:     c.flags.String("in-reply-to"),
		Boundary:      c.flags.String("boundary"),
		AutoSubmitted: c.flags.Bool("auto"),
		Plain:         c.flags.Bool("plain"),
		CRLF:          c.flags.Bool("crlf"),
		AllowEmpty:    c.flags.Bool("allow-empty"),
		Note:          func(n compose.Note) { c.note("%s", n) },
		Detect:        c.detector(),
	}
	for _, list := range c.values("references") {
		one := func(r rune) bool { return r == ' ' } // a control is a mistake, not a blank
		d.message.References = append(d.message.References, strings.FieldsFunc(list, one)...)
	}
	for _, step := range []func() error{
		d.checkWords, d.readAddresses, d.readHeader, d.readDate, d.chooseBody, d.readAttachments, d.checkTogether, d.reply,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// wordFlags take what a person reads, and no name of a file: it is UTF-8.
var wordFlags = []string{"from", "to", "cc", "bcc", "reply-to", "subject", "header", "body"}

func (d *draft) checkWords() error {
	for _, arg := range d.line.args {
		if slices.Contains(wordFlags, arg.flag) && !utf8.ValidString(arg.value) {
			known := usage("--%s \"%s\" is not UTF-8", arg.flag, termtext.Line(arg.value))
			known.hint = "iconv makes UTF-8 of a script in Latin-1: iconv -f latin1 -t utf-8 SCRIPT"
			return known
		}
	}
	return nil
}

func (d *draft) readAddresses() error {
	for _, list := range []struct {
		flag string
		to   *[]compose.Address
	}{
		{"to", &d.message.To}, {"cc", &d.message.Cc}, {"bcc", &d.message.Bcc}, {"reply-to", &d.message.ReplyTo},
	} {
		for _, value := range d.values(list.flag) {
			all, err := addressOf("--"+list.flag, value, compose.ParseAddressList)
			if err != nil {
				return err
			}
			*list.to = append(*list.to, all...)
		}
	}
	if from := d.flags.String("from"); d.flags.IsSet("from") {
		var err error
		if d.message.From, err = addressOf("--from", from, compose.ParseAddress); err != nil {
			return err
		}
	}
	return nil
}

func (d *draft) readHeader() error {
	for _, line := range d.values("header") {
		name, value, found := strings.Cut(line, ":")
		if !found {
			return usage("--header \"%s\": a header field is 'Name: value'", termtext.Line(line))
		}
		for _, own := range compose.OwnFields() { // each has a flag of the same name
			if strings.EqualFold(name, own) {
				return usage("--header %s: --%s writes it", termtext.Line(name), strings.ToLower(own))
			}
		}
		if strings.EqualFold(name, statusField) && d.flags.IsSet("exec") {
			return usage("--header %s: --exec writes it", statusField)
		}
		d.message.Header = append(d.message.Header, compose.Field{Name: name, Value: strings.TrimLeft(value, " ")})
	}
	return nil
}

func (d *draft) readDate() error {
	if d.flags.IsSet("date") {
		t, err := time.Parse(time.RFC3339, d.flags.String("date"))
		if err != nil {
			return usage("--date \"%s\" is no date as in RFC 3339: 2006-01-02T15:04:05+01:00", termtext.Line(d.flags.String("date")))
		}
		if t.IsZero() { // compose would take it for none
			return usage("--date: no mail is of the year 1")
		}
		d.message.Date = t
		return nil
	}
	if epoch := d.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		n, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil || n < 0 || n > 253402300799 { // the last second of the year 9999
			return usage("$SOURCE_DATE_EPOCH \"%s\" is no number of seconds", termtext.Line(epoch))
		}
		d.message.Date = time.Unix(n, 0).UTC()
		d.message.Reproducible = true
	}
	return nil
}

// chooseBody finds the one source of the text.
func (d *draft) chooseBody() error {
	var given []string
	for _, source := range []struct {
		flag string
		body body
	}{
		{"body", bodyText}, {"body-file", bodyFile}, {"no-body", bodyNone}, {"exec", bodyExec},
	} {
		if d.flags.IsSet(source.flag) {
			given = append(given, "--"+source.flag)
			d.body = source.body
		}
	}
	if len(given) > 1 {
		return usage("%s do not go together: there is one text", strings.Join(given, " and "))
	}
	if d.body == bodyFile && d.flags.String("body-file") == "-" {
		d.body = bodyInput
	}
	d.text = d.flags.String("body")
	if name, at := strings.CutPrefix(d.text, "@"); at && inputfile.Check(name) == nil { // as swaks has it
		d.note("the text is %s; --body-file %s sends what is in the file", termtext.Line(d.text), termtext.Line(name))
	}
	if name := d.flags.String("charset"); !knownCharset(name) {
		return usage("--charset: there is no charset \"%s\"", termtext.Line(name))
	}
	for _, flag := range []string{"stderr", "on-failure", "max-body"} {
		if d.flags.IsSet(flag) && d.body != bodyExec {
			return usage("--%s goes with --exec only", flag)
		}
	}
	return nil
}

// knownCharset asks compose about a text that may never be read: --body is UTF-8, and --no-body none.
func knownCharset(name string) bool {
	m := compose.Message{
		From: compose.Address{Local: "a", Domain: "b"},
		Text: &compose.Part{Charset: name},
	}
	return m.Check() == nil
}

// readAttachments takes -a, -i and operands in the order of the command line.
func (d *draft) readAttachments() error {
	for _, arg := range d.line.args {
		var a attachment
		var err error
		switch arg.flag {
		case "":
			a.path = arg.value
			if _, err := os.Lstat(arg.value); err != nil && strings.Contains(arg.value, "@") {
				fail := usage("%s: there is no such file", termtext.Line(arg.value))
				fail.hint = "recipients go to -t: -t " + shell.Quote(arg.value)
				return fail
			}
		case "attach", "inline":
			if a, err = parseAttachment(arg.value); err != nil {
				return err
			}
			if arg.flag == "inline" && a.part.Disposition == "" {
				a.part.Disposition = "inline"
			}
		default:
			continue
		}
		d.attachments = append(d.attachments, a)
	}
	return nil
}

// checkTogether finds flags that contradict each other, and files that cannot be read.
func (d *draft) checkTogether() error {
	users := 0
	named := []string{d.flags.String("html"), d.flags.String("reply-to-message")}
	if d.body == bodyFile {
		named = append(named, d.flags.String("body-file"))
	}
	for _, a := range d.attachments {
		named = append(named, a.path)
	}
	for _, path := range named {
		if stdio.IsInput(path) {
			users++
		}
	}
	switch {
	case users > 0 && d.body == bodyInput && d.flags.IsSet("body-file"):
		users++
	case users > 0 && d.body == bodyInput:
		d.body = bodyNone // standard input is a file: no text
	}
	if users > 1 {
		return usage("- stands for standard input, which can be read but once")
	}
	if d.message.Plain && (len(d.attachments) > 0 || d.flags.IsSet("html")) {
		return usage("--plain is for a text alone: no files, no --html")
	}
	for _, path := range d.paths() {
		if err := inputfile.Check(path); err != nil {
			err := partError(path, err)
			word := filepath.Ext(path) == "" && slices.Contains(d.line.operands(), path) // -s Hello World
			if word && err.hint == "" && errors.Is(err, fs.ErrNotExist) {
				err.hint = "operands are files to attach; a value of several words wants quotes"
			}
			return err
		}
	}
	return nil
}

// paths names the files that will be opened.
func (d *draft) paths() []string {
	var paths []string
	for _, a := range d.attachments {
		paths = append(paths, a.path)
	}
	if d.body == bodyFile {
		paths = append(paths, d.flags.String("body-file"))
	}
	if d.flags.IsSet("html") {
		paths = append(paths, d.flags.String("html"))
	}
	return slices.DeleteFunc(paths, func(p string) bool { return p == "-" })
}

// gather opens all files and, last of what can be asked, the text. A command
// runs first: what it writes into a file that is attached belongs to the mail.
func (d *draft) gather() error {
	if d.body == bodyExec {
		if err := d.check(); err != nil {
			return err
		}
		if err := d.runExec(); err != nil {
			return err
		}
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

// check finds what is wrong with the message before a command runs for it in vain.
func (d *draft) check() error {
	m := d.message
	m.Text = &compose.Part{Charset: d.flags.String("charset")}
	for _, a := range d.attachments {
		if a.part.Name == "" {
			a.part.Name, _ = inputfile.Name(a.path)
		}
		m.Files = append(m.Files, a.part)
	}
	return m.Check()
}

// openText fills in the text, unless there is none or a command wrote it.
func (d *draft) openText() error {
	text := compose.Part{Charset: d.flags.String("charset")}
	switch d.body {
	case bodyInput:
		if stdio.IsTerminal(d.Stdin) {
			d.note("reading the text from the terminal; Ctrl-D on a line of its own ends it")
		}
		in := stdio.NewInput(d.Stdin)
		text.Size, text.Open = in.Size, opens(in)
	case bodyText:
		text.Charset = "utf-8" // as any other argument
		text.Size, text.Open = int64(len(d.text)), opens(strings.NewReader(d.text))
	case bodyFile:
		path := d.flags.String("body-file")
		f, err := d.files.Open(path)
		if err != nil {
			return partError(path, err)
		}
		d.closers = append(d.closers, f)
		text.Size, text.Open = f.Size, opens(f.Reader())
	default:
		return nil
	}
	d.message.Text = &text
	return nil
}

// Close closes what was opened.
func (d *draft) Close() error {
	var errs []error
	for _, c := range d.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
