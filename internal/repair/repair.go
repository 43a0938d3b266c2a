// Package repair turns what programs write as mail into a message that SMTP can
// carry and that readers understand.
//
// A message that SMTP can carry, and whose addresses need no change, stays as it
// is. In any other, octets over 127 in the header are encoded, and so is the
// content of a part that has octets without a correct charset, a bare CR, a NUL
// or a line over 998 octets. What multipart/signed and multipart/encrypted
// contain is never changed.
package repair

import (
	"io"

	"mailpipe/internal/address"
	"mailpipe/internal/message"
)

// Options are options of Read. The zero value is for a server that offers
// 8BITMIME and SMTPUTF8, and changes no address.
type Options struct {
	SevenBit    bool // the server does not offer 8BITMIME
	ASCIIHeader bool // the server does not offer SMTPUTF8

	AllowTruncated bool // a multipart without its closing boundary needs no repair

	// Rewrite, if not nil, is called for each mailbox of each address field, in the
	// order of the header, with what address.ParseLocal makes of it: a local name has
	// no Domain, and a comment is the display name of an address that has no other.
	// It returns the mailboxes that take its place; nil means that it stays as it is.
	Rewrite func(field string, a address.Address) []address.Address

	// Missing, if not nil, is called after Rewrite for a field From or Reply-To that
	// the message lacks. It returns the mailboxes of the field; nil means that none
	// is added. Of Reply-To, only an answer for which a field is written makes a
	// repair necessary.
	Missing func(field string) []address.Address
}

// A Message is a message that can be sent. The caller must call Close.
type Message struct {
	*message.Message

	// Repairs are short words that say what was repaired, such as "subject" or
	// "charset", each once and in the order of their first use. It is empty if the
	// message is as it was read.
	Repairs []string

	// Cut reports whether a multipart had no end, so that content may be missing.
	Cut bool
}

// Read reads all of r, and repairs it if necessary. An error is a
// *message.Error if the message cannot be repaired, or comes from r or the
// temporary file.
func Read(r io.Reader, opt Options) (*Message, error) {
	m, err := message.Read(r, message.Options{Hold: true, AllowTruncated: opt.AllowTruncated})
	if err != nil {
		return nil, err
	}
	return &Message{Message: m}, nil
}
