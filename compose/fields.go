package compose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/address"
)

const maxHeader = 1 << 20

// subjectWord is the longest word that goes into a subject as it is. It stands
// on the first line: of a field that begins on the next some readers show a
// blank first, as Python 3.11 does.
const subjectWord = foldColumns - len("Subject: ")

// messageHeader writes the fields of the message, all but those of its content.
func (m *Message) messageHeader(eol, messageID string, date time.Time) ([]byte, error) {
	h := &header{eol: eol}
	h.addresses("From", []Address{m.From})
	h.addresses("Reply-To", m.ReplyTo)
	h.addresses("To", m.To)
	if len(m.To)+len(m.Cc) == 0 {
		h.add("To", "undisclosed-recipients:;") // an empty group, RFC 5322 §3.4
	}
	h.addresses("Cc", m.Cc)
	h.addresses("Bcc", m.Bcc)
	if m.Subject != "" {
		h.text("Subject", m.Subject, subjectWord)
	}
	h.add("Date", date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	h.identifications("Message-ID", messageID)
	if m.InReplyTo != "" {
		h.identifications("In-Reply-To", m.InReplyTo)
	}
	h.identifications("References", m.References...)
	if m.AutoSubmitted {
		for _, f := range silence {
			if !m.has(f.Name) {
				h.add(f.Name, f.Value)
			}
		}
	}
	for _, f := range m.Header {
		h.further(f)
	}
	h.add("MIME-Version", "1.0")
	if len(h.buf) > maxHeader {
		return nil, tooBig("header too large: %d octets, the limit is %d", len(h.buf), maxHeader)
	}
	return h.buf, nil
}

// addressFields are fields of a user's own that hold addresses: there a domain
// goes as A-labels, and an encoded word is for a display name only (RFC 2047 §5).
var addressFields = []string{
	"Sender", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Bcc",
	"Disposition-Notification-To", "Return-Receipt-To", "Errors-To", "Mail-Followup-To", "Mail-Reply-To",
}

// further writes a field of the user's own, which was checked.
func (h *header) further(f Field) {
	if list, err := f.addresses(); err == nil && list != nil {
		h.addresses(f.Name, list)
		return
	}
	h.text(f.Name, strings.Trim(f.Value, " "), tokenLimit)
}

// addresses reads a field that holds addresses; nil for any other.
func (f Field) addresses() ([]Address, error) {
	is := func(name string) bool { return strings.EqualFold(name, f.Name) }
	if !slices.ContainsFunc(addressFields, is) {
		return nil, nil
	}
	parsed, err := address.ParseHeader(f.Value)
	list := fromList(parsed)
	switch {
	case err != nil:
		return nil, fmt.Errorf("header %+q: %w", f.Name, addressError(err))
	case len(list) == 0:
		return nil, invalid("header %+q: contains no address", f.Name)
	case len(list) > 1 && (is("Sender") || is("Resent-Sender")):
		return nil, invalid("header %+q: must contain exactly one address", f.Name) // RFC 5322 §3.6.2
	}
	return list, nil
}

// silence is what programs look for that answer by themselves: RFC 3834 §5,
// Exchange, and those from before both.
var silence = []Field{
	{"Auto-Submitted", "auto-generated"},
	{"X-Auto-Response-Suppress", "All"},
	{"Precedence", "bulk"},
}

func (m *Message) has(name string) bool {
	for _, f := range m.Header {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// addresses writes an address list (RFC 5322 §3.4), or nothing.
func (h *header) addresses(name string, list []Address) {
	if len(list) == 0 {
		return
	}
	h.begin(name)
	for i, a := range list {
		mailbox := a.Mailbox()
		if a.Name != "" {
			h.phrase(a.Name)
			mailbox = "<" + mailbox + ">"
		}
		if i < len(list)-1 {
			mailbox += ","
		}
		h.put(" ", mailbox)
	}
	h.end()
}

// identifications writes a field of Message-IDs, or nothing. The first stands
// on the first line however long it is: some readers find a blank before one
// that stands on the next, and then no such message.
func (h *header) identifications(name string, ids ...string) {
	if len(ids) == 0 {
		return
	}
	h.begin(name)
	h.buf = append(h.buf, " <"+trimAngles(ids[0])+">"...)
	for _, id := range ids[1:] {
		h.put(" ", "<"+trimAngles(id)+">")
	}
	h.end()
}

// phrase writes a display name: atoms, a quoted string or encoded words.
func (h *header) phrase(name string) {
	switch quoted := address.Quote(name); {
	case needsEncoding(name, foldColumns) || len(quoted) > foldColumns-2:
		h.encoded(name)
	case isAtoms(name):
		for _, word := range strings.Split(name, " ") {
			h.put(" ", word)
		}
	default:
		h.put(" ", quoted)
	}
}

// isAtoms reports whether s is atoms with one blank between them (RFC 5322 §3.2.3).
func isAtoms(s string) bool {
	for _, word := range strings.Split(s, " ") {
		if word == "" {
			return false
		}
		for _, r := range word {
			if !isAlnum(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r) {
				return false
			}
		}
	}
	return true
}

func trimAngles(id string) string {
	if strings.HasPrefix(id, "<") && strings.HasSuffix(id, ">") {
		return id[1 : len(id)-1]
	}
	return id
}
