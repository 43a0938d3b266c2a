package message

import (
	"strings"

	"mailpipe/internal/address"
)

// Sender returns the address that mail about this message goes to: of the
// topmost Resent- block when there is one (RFC 5322 §3.6.6), else of Sender or From.
func (m *Message) Sender() (address.Address, error) {
	fields, prefix := m.originators()
	for _, name := range []string{"Sender", "From"} {
		if f, ok := fields.Get(prefix + name); ok {
			list, err := parseField(f)
			if err != nil {
				return address.Address{}, err
			}
			if len(list) > 0 {
				return list[0], nil
			}
		}
	}
	return address.Address{}, &Error{Kind: ErrSender, Why: "no address in " + prefix + "From"}
}

// Recipients returns whom To, Cc and Bcc name, or those of the topmost
// Resent- block, in the order of the header, each once.
func (m *Message) Recipients() ([]address.Address, error) {
	fields, prefix := m.originators()
	var recipients []address.Address
	seen := map[string]bool{}
	for _, f := range fields {
		if !f.is(prefix+"To") && !f.is(prefix+"Cc") && !f.is(prefix+"Bcc") {
			continue
		}
		list, err := parseField(f)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if mailbox := a.Mailbox(); !seen[mailbox] { // its domain is in lower case
				seen[mailbox] = true
				recipients = append(recipients, a)
			}
		}
	}
	if recipients == nil {
		return nil, &Error{Kind: ErrRecipient, Why: "no address in " + prefix + "To, " + prefix + "Cc, " + prefix + "Bcc"}
	}
	return recipients, nil
}

func parseField(f Field) ([]address.Address, error) {
	list, err := address.ParseHeader(f.Value())
	if err != nil {
		return nil, &Error{Kind: ErrAddress, Line: f.Line, Field: f.Name, Err: err}
	}
	return list, nil
}

// originators returns the fields that the envelope is made of, and what their
// names begin with.
func (m *Message) originators() (fields Header, prefix string) {
	const resent = "Resent-"
	isResent := func(f Field) bool {
		return len(f.Name) > len(resent) && strings.EqualFold(f.Name[:len(resent)], resent)
	}
	start := 0
	for start < len(m.Header) && !isResent(m.Header[start]) {
		start++
	}
	if start == len(m.Header) {
		return m.Header, ""
	}
	end := start
	for end < len(m.Header) && isResent(m.Header[end]) {
		end++
	}
	return topmost(m.Header[start:end]), resent
}

// topmost cuts adjoining Resent- blocks apart. No field stands twice in one
// (RFC 5322 §3.6), and each has a Resent-From or a Resent-Date: what repeats but
// brings neither, such as one Resent-To a recipient, still belongs to the block.
func topmost(fields Header) Header {
	seen := map[string]bool{}
	cut := 0 // where the second block would begin; 0: nothing repeats yet
	for i, f := range fields {
		name := strings.ToLower(f.Name)
		if cut == 0 && seen[name] {
			cut = i
		}
		if cut > 0 && (name == "resent-from" || name == "resent-date") && seen[name] {
			return fields[:cut]
		}
		seen[name] = true
	}
	return fields
}
