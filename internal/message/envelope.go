package message

import (
	"strings"

	"mailpipe/internal/address"
)

// Sender returns the address for the envelope: that of the topmost Resent-
// block if there is one (RFC 5322 §3.6.6), otherwise that of Sender or From.
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

// Recipients returns the addresses in To, Cc and Bcc, or in those of the
// topmost Resent- block, in the order of the header and each once.
func (m *Message) Recipients() ([]address.Address, error) {
	fields, prefix := m.originators()
	to, cc, bcc := prefix+"To", prefix+"Cc", prefix+"Bcc"
	var recipients []address.Address
	seen := map[string]bool{}
	for f := range fields.Fields() {
		if !f.Is(to, cc, bcc) {
			continue
		}
		list, err := parseField(f)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			mailbox := a.Mailbox() // the domain is in lower case
			if !seen[mailbox] {
				seen[mailbox] = true
				recipients = append(recipients, a)
			}
		}
	}
	if recipients == nil {
		return nil, &Error{Kind: ErrRecipient, Why: "no address in " + to + ", " + cc + " or " + bcc}
	}
	return recipients, nil
}

func parseField(f Field) ([]address.Address, error) {
	list, err := address.ParseHeader(f.Value())
	if err != nil {
		return nil, &Error{Kind: ErrAddress, Line: f.Line, Field: f.Name(), Err: err}
	}
	return list, nil
}

const resent = "Resent-"

// originators returns the fields for the envelope and the prefix of their
// names: "Resent-" or "".
func (m *Message) originators() (fields Header, prefix string) {
	blocks := m.Header.resentBlocks()
	if len(blocks.raw) == 0 {
		return m.Header, ""
	}
	return blocks.first(), resent
}

// resentBlocks returns the topmost Resent- blocks.
func (h Header) resentBlocks() (blocks Header) {
	for f := range h.Fields() {
		switch {
		case f.isResent() && blocks.raw == nil:
			blocks = Header{f.Raw, f.Line}
		case f.isResent():
			blocks.raw = blocks.raw[:len(blocks.raw)+len(f.Raw)] // which is adjacent
		case blocks.raw != nil:
			return blocks
		}
	}
	return blocks
}

func (f Field) isResent() bool {
	return len(f.Raw) > len(resent) && strings.EqualFold(string(f.Raw[:len(resent)]), resent)
}

// first returns the first of several adjacent Resent- blocks. A block has
// each field at most once (RFC 5322 §3.6). The next one therefore begins with
// the first field that is repeated, if Resent-From or Resent-Date is repeated
// as well. Otherwise it is the same block, from a program that writes one
// Resent-To per recipient.
func (h Header) first() Header {
	seen := map[string]bool{}
	at, repeated := 0, len(h.raw) // the offset of the first field that is repeated
	for f := range h.Fields() {
		name := strings.ToLower(f.Name())
		if seen[name] {
			repeated = min(repeated, at)
			if f.Is("Resent-From", "Resent-Date") {
				return Header{h.raw[:repeated], h.line}
			}
		}
		seen[name] = true
		at += len(f.Raw)
	}
	return h
}
