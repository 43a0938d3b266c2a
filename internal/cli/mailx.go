package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"os/user"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/charset"
	"mailpipe/internal/termtext"
)

// runMailx acts as mail(1). It composes a message as send does, and sends it to the
// recipients in its header as sendmail -t does, which knows the users of the host.
func runMailx(c *call) error {
	c.useOwnHome()
	own := c.line.mailx
	c.line.sendmail.fromHeader = true
	s, err := c.newSendmail(c.line.sendmail)
	if err != nil {
		return err
	}
	for _, note := range own.notes {
		c.note("%s", note)
	}
	for _, name := range own.names {
		if err := s.host.checkUser(name); err != nil {
			return err
		}
	}
	if own.fromHeader {
		return s.sendWithHeader()
	}
	return s.compose(c)
}

// compose composes a message and sends it.
func (s *sendmail) compose(c *call) error {
	d, err := c.newMailxDraft(s)
	if err != nil {
		return err
	}
	defer d.Close()
	if d.message.Subject == "" && d.body.isDefault && d.canAsk() {
		d.attended, s.attended = true, true
		d.servers = func() string { return s.serverNames(d.message.From) }
		if err := d.ask(); err != nil {
			return err
		}
	}
	typed := d.typed()
	plan, err := d.planMailx()
	if err != nil || plan == nil {
		return d.saveText(err)
	}
	send := func(r io.Reader) error {
		s.in = r
		return s.run()
	}
	if typed {
		return s.sendTyped(d, plan, send)
	}
	return pipe(plan, send)
}

// newMailxDraft reads the flags of the message.
func (c *call) newMailxDraft(s *sendmail) (*draft, error) {
	d, err := c.newDraft()
	if err != nil {
		return nil, err
	}
	d.attachments = c.line.mailx.attachments
	if err := d.checkFiles(); err != nil {
		return nil, err
	}
	d.message.AllowEmpty = true
	author := c.line.mailx.from
	if author == "" && !c.line.mailx.fromHeader {
		author = c.Getenv("MAILPIPE_FROM")
	}
	from, err := s.author(author)
	d.message.From = compose.Address(from)
	return d, err
}

// author returns the author whom a flag names, or the user.
func (s *sendmail) author(text string) (address.Address, error) {
	if text == "" {
		a := s.missing("From")[0]
		a.Name = string(new(charset.Mixed).Decode([]byte(a.Name), true)) // of a file of passwd in Latin-1
		if checkValue("name", a.Name) != nil {
			a.Name = ""
		}
		return a, nil
	}
	list, err := parseLocal("-r", text)
	if err != nil {
		return address.Address{}, err
	}
	if len(list) != 1 {
		return address.Address{}, usage("-r: must be one address")
	}
	if own := s.originator("from", list[0]); own != nil {
		return own[0], nil
	}
	a := list[0]
	a.Domain = cmp.Or(a.Domain, s.sender(a).Domain)
	return a, nil
}

// checkUser returns an error for a name that has no alias and is not that of a user,
// unless the configuration names the domain of the users. It may be a word of a
// subject without quotes.
func (h *mailHost) checkUser(a address.Address) error {
	if h.hasOwn || h.aliases.Has(a.Local) {
		return nil
	}
	if _, err := user.Lookup(a.Local); err == nil {
		return nil
	}
	return fail(exitNoUser, "%s: neither an alias nor a user of this host", termtext.Line(a.Mailbox())).
		withHint(quoteSubject)
}

// quoteSubject is the hint for a recipient that may be a word of the subject.
const quoteSubject = "is the subject quoted?"

// nullBody is the note about an empty text.
const nullBody = "Null message body; hope that's ok"

// planMailx opens the files and plans the message. It returns nil for an empty text
// with -E.
func (d *draft) planMailx() (*compose.Plan, error) {
	if err := d.gather(); err != nil {
		return nil, err
	}
	d.message.Related = nil // the text may be that of a stranger, who must not choose files
	if d.message.Text != nil {
		d.message.Text.Type = d.line.mailx.textType
	}
	if err := d.choosePlain(); err != nil {
		return nil, err
	}
	hasText := d.message.Text != nil || d.message.HTML != nil
	plan, err := d.message.Plan()
	if err != nil {
		return nil, err
	}
	if hasText && plan.Empty() {
		if d.line.mailx.skipEmpty {
			return nil, plan.Close()
		}
		d.note(nullBody)
	}
	return plan, nil
}

// maxPlain is how many octets a plain message may have, as in package compose.
const maxPlain = 1 << 20

// choosePlain makes a message without files plain if its text is short enough.
func (d *draft) choosePlain() error {
	m := &d.message
	if m.HTML != nil || len(m.Files) > 0 {
		return nil
	}
	if m.Text == nil || m.Text.Size > 0 {
		m.Plain = m.Text == nil || m.Text.Size <= maxPlain
		return nil
	}
	text, err := m.Text.Open()
	if err != nil {
		return err
	}
	whole, short, err := readShort(text)
	if err != nil {
		return err
	}
	m.Plain = short != nil
	m.Text.Open = func() (io.ReadCloser, error) {
		return struct {
			io.Reader
			io.Closer
		}{whole, text}, nil
	}
	return nil
}

// readShort reads a text to its end if it has at most maxPlain octets. A terminal may
// end only once, so the text must then be read from whole. short is nil if the text is
// longer.
func readShort(text io.Reader) (whole io.Reader, short []byte, err error) {
	r := bufio.NewReaderSize(text, maxPlain+1)
	head, err := r.Peek(maxPlain + 1)
	if errors.Is(err, io.EOF) {
		return bytes.NewReader(head), head, nil
	}
	return r, nil, err
}
