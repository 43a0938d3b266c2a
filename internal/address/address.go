// Package address reads mail addresses: strictly as a person types them on a
// command line, and leniently as they stand in the header of a message
// (RFC 5322 §3.4, with its obsolete forms).
package address

// Address is one mailbox. The zero value is the null sender <>.
type Address struct {
	Name   string // display name in UTF-8, decoded; empty: none
	Local  string // local part in UTF-8, without quotes
	Domain string // A-labels in lower case, or an address literal with its brackets
}

// Mailbox returns the address as it goes into an SMTP path without the angle
// brackets: the local part quoted where RFC 5321 §4.1.2 asks for it.
func (a Address) Mailbox() string { panic("unwritten") }

// UTF8 reports whether the address needs SMTPUTF8 (RFC 6531): its local part
// is not ASCII.
func (a Address) UTF8() bool { panic("unwritten") }

// Error tells what is wrong with an address and where.
type Error struct {
	Input  string // the whole text that was read
	Offset int    // in bytes, of the character that is wrong
	Reason string
}

// Error returns one line: the reason and the text.
func (e *Error) Error() string { panic("unwritten") }

// Caret returns the text and, on a second line, a caret under the wrong
// character, both escaped for a terminal.
func (e *Error) Caret() string { panic("unwritten") }

// Parse reads one bare addr-spec or `name <addr>` as typed on a command line:
// no comments, groups, routes or encoded words. Its error is an *Error.
func Parse(s string) (Address, error) { panic("unwritten") }

// ParseList reads a comma list of what Parse reads. Its error is an *Error.
func ParseList(s string) ([]Address, error) { panic("unwritten") }

// ParseHeader reads the value of an address field of a message (folded or not): comments,
// groups, obsolete routes and encoded words in display names are understood.
// A display name in an unknown charset is kept as it stands; it never becomes part of an address.
func ParseHeader(value string) ([]Address, error) { panic("unwritten") }
