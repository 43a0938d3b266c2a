package compose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/address"
	"mailpipe/internal/header"
)

// maxHeader is the number of octets that the header may have.
const maxHeader = 1 << 20

// header returns the header fields of the message, except for those that
// describe its content.
func (m *Message) header(eol, messageID string, date time.Time) (string, error) {
	h := &header.Writer{EOL: eol}
	addresses(h, "From", []Address{m.From})
	addresses(h, "Reply-To", m.ReplyTo)
	addresses(h, "To", m.To)
	if len(m.To)+len(m.Cc) == 0 {
		h.Add("To", "undisclosed-recipients:;") // an empty group (RFC 5322 §3.4)
	}
	addresses(h, "Cc", m.Cc)
	if m.WriteBcc {
		addresses(h, "Bcc", m.Bcc)
	}
	if m.Subject != "" {
		h.Text("Subject", m.Subject, header.SubjectWord)
	}
	h.Add("Date", date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	h.MessageIDs("Message-ID", inAngles(messageID))
	if m.InReplyTo != "" {
		h.MessageIDs("In-Reply-To", inAngles(m.InReplyTo))
	}
	var references []string
	for _, id := range m.References {
		references = append(references, inAngles(id))
	}
	h.MessageIDs("References", references...)
	if m.AutoSubmitted {
		for _, f := range autoSubmitted {
			isSet := slices.ContainsFunc(m.Header, func(set Field) bool { return set.is(f.Name) })
			if !isSet {
				h.Add(f.Name, f.Value)
			}
		}
	}
	for _, f := range m.Header {
		f.write(h)
	}
	h.Add("MIME-Version", "1.0")
	if h.Len() > maxHeader {
		return "", tooBig("header too large: %d octets, the limit is %d", h.Len(), maxHeader)
	}
	return h.String(), nil
}

// addresses writes a field with addresses.
func addresses(h *header.Writer, name string, list []Address) { h.Addresses(name, toList(list)) }

// autoSubmitted keeps programs from answering: those that follow RFC 3834 §5,
// Exchange, and those that are older than both.
var autoSubmitted = []Field{
	{"Auto-Submitted", "auto-generated"},
	{"X-Auto-Response-Suppress", "All"},
	{"Precedence", "bulk"},
}

// ownFields are written from the fields of a Message.
var ownFields = []string{
	"From", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
}

// OwnFields returns the names of the header fields that are written from the
// fields of a Message. Message.Header must not contain them.
func OwnFields() []string { return slices.Clone(ownFields) }

func (m *Message) checkHeader() error {
	senders := 0
	for _, f := range m.Header {
		if err := f.check(); err != nil {
			return err
		}
		if f.is("Sender") {
			senders++
		}
	}
	if senders > 1 {
		return invalid("header Sender: duplicate field") // RFC 5322 §3.6
	}
	return nil
}

func (f Field) check() error {
	what := fmt.Sprintf("header %+q", f.Name)
	notInName := func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }
	if f.Name == "" || len(f.Name) > header.FoldColumns-2 || strings.ContainsFunc(f.Name, notInName) {
		return invalid("%s: invalid field name", what)
	}
	if err := checkText(what, f.Value); err != nil {
		return err
	}
	if i := slices.IndexFunc(ownFields, f.is); i >= 0 {
		return invalid("%s: use Message.%s instead", what, strings.ReplaceAll(ownFields[i], "-", ""))
	}
	isMIME := strings.HasPrefix(strings.ToLower(f.Name), "content-") || f.is("MIME-Version")
	if isMIME && !f.is("Content-Language") { // which is about the whole message (RFC 3282)
		return invalid("%s: Content- fields except Content-Language, and MIME-Version, cannot be set", what)
	}
	if list, err := f.addresses(); err != nil || list != nil {
		return err
	}
	return f.checkStructured()
}

func (f Field) is(name string) bool { return strings.EqualFold(f.Name, name) }

// addresses returns the addresses of a field that contains addresses. It returns
// nil for any other field.
func (f Field) addresses() ([]Address, error) {
	if !header.IsAddresses(f.Name) {
		return nil, nil
	}
	parsed, err := address.ParseHeader(f.Value)
	switch {
	case err != nil:
		return nil, fmt.Errorf("header %+q: %w", f.Name, addressError(err))
	case len(parsed) == 0:
		return nil, invalid("header %+q: contains no address", f.Name)
	case len(parsed) > 1 && (f.is("Sender") || f.is("Resent-Sender")): // RFC 5322 §3.6.2
		return nil, invalid("header %+q: must contain exactly one address", f.Name)
	}
	return fromList(parsed), nil
}
