package compose

import (
	"slices"

	"mailpipe/internal/address"
)

// An Address is one mailbox (RFC 5322 §3.4). The zero value is not an address.
type Address struct {
	Name   string // display name in UTF-8, without quotes; may be empty
	Local  string // local part in UTF-8, without quotes
	Domain string // A-labels in lower case, as ParseAddress makes them, or an address literal in brackets
}

// ParseAddress reads one address as a person types it: local@domain,
// <local@domain> or name <local@domain>. The domain may be in Unicode. An error
// is an ErrArgument.
func ParseAddress(s string) (Address, error) {
	a, err := address.Parse(s)
	return Address(a), addressError(err)
}

// ParseAddressList reads a list of what ParseAddress reads, separated by
// commas. An error is an ErrArgument.
func ParseAddressList(s string) ([]Address, error) {
	list, err := address.ParseList(s)
	return fromList(list), addressError(err)
}

// addressError returns an ErrArgument for an error of internal/address, which
// shows where in the text the mistake is.
func addressError(err error) error {
	if err == nil {
		return nil
	}
	return invalid("%w", err)
}

func fromList(list []address.Address) []Address {
	var all []Address
	for _, a := range list {
		all = append(all, Address(a))
	}
	return all
}

func toList(list []Address) []address.Address {
	var all []address.Address
	for _, a := range list {
		all = append(all, address.Address(a))
	}
	return all
}

// Mailbox returns local@domain, for an envelope. The local part is quoted if
// RFC 5321 §4.1.2 requires that. The mailbox of the zero Address is "".
func (a Address) Mailbox() string { return address.Address(a).Mailbox() }

// String returns the address in a form that ParseAddress reads.
func (a Address) String() string {
	if a.Name == "" {
		return a.Mailbox()
	}
	return address.Quote(a.Name) + " <" + a.Mailbox() + ">"
}

// Recipients returns the mailboxes of To, Cc and Bcc, each once, for an envelope.
func (m *Message) Recipients() []string {
	var all []string
	seen := map[string]bool{}
	for _, a := range slices.Concat(m.To, m.Cc, m.Bcc) {
		mailbox := a.Mailbox()
		if !seen[mailbox] {
			seen[mailbox] = true
			all = append(all, mailbox)
		}
	}
	return all
}
