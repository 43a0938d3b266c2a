package compose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/address"
)

// maxHeader is the number of octets that the header may have.
const maxHeader = 1 << 20

// header returns the header fields of the message, except for those that
// describe its content.
func (m *Message) header(eol, messageID string, date time.Time) (string, error) {
	h := &headerWriter{eol: eol}
	h.addresses("From", []Address{m.From})
	h.addresses("Reply-To", m.ReplyTo)
	h.addresses("To", m.To)
	if len(m.To)+len(m.Cc) == 0 {
		h.add("To", "undisclosed-recipients:;") // an empty group (RFC 5322 §3.4)
	}
	h.addresses("Cc", m.Cc)
	if m.WriteBcc {
		h.addresses("Bcc", m.Bcc)
	}
	if m.Subject != "" {
		h.text("Subject", m.Subject, subjectWord)
	}
	h.add("Date", date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	h.msgIDs("Message-ID", messageID)
	if m.InReplyTo != "" {
		h.msgIDs("In-Reply-To", m.InReplyTo)
	}
	h.msgIDs("References", m.References...)
	if m.AutoSubmitted {
		for _, f := range autoSubmitted {
			isSet := slices.ContainsFunc(m.Header, func(set Field) bool { return set.is(f.Name) })
			if !isSet {
				h.add(f.Name, f.Value)
			}
		}
	}
	for _, f := range m.Header {
		h.field(f)
	}
	h.add("MIME-Version", "1.0")
	if len(h.buf) > maxHeader {
		return "", tooBig("header too large: %d octets, the limit is %d", len(h.buf), maxHeader)
	}
	return string(h.buf), nil
}

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

// addressFields are other fields that contain addresses. Their domains are
// written as A-labels, and only a display name may be an encoded word (RFC 2047
// §5).
var addressFields = []string{
	"Sender", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Bcc",
	"Disposition-Notification-To", "Return-Receipt-To", "Errors-To", "Mail-Followup-To", "Mail-Reply-To",
}

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
	if f.Name == "" || len(f.Name) > foldColumns-2 || strings.ContainsFunc(f.Name, notInName) {
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
	if !slices.ContainsFunc(addressFields, f.is) {
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
