// Package address reads mail addresses: strictly as a person types them on a
// command line, and leniently as they stand in the header of a message
// (RFC 5322 §3.4, with its obsolete forms).
package address

import (
	"strings"

	"mailpipe/internal/ascii"
)

// Address is one mailbox. The zero value is the null sender <>.
type Address struct {
	Name   string // display name in UTF-8, decoded; empty: none
	Local  string // local part in UTF-8, without quotes
	Domain string // A-labels in lower case, or an address literal with its brackets
}

// Mailbox returns the address as it goes into an SMTP path without the angle
// brackets: the local part quoted where RFC 5321 §4.1.2 asks for it. The null
// sender's is empty.
func (a Address) Mailbox() string {
	if a.Local == "" && a.Domain == "" {
		return ""
	}
	return quoteLocal(a.Local) + "@" + a.Domain
}

// UTF8 reports whether the address needs SMTPUTF8 (RFC 6531): its local part
// is not ASCII.
func (a Address) UTF8() bool { return !ascii.OnlyString(a.Local) }

// quoteLocal writes a local part as a Dot-string where it is one, else as a
// Quoted-string (RFC 5321 §4.1.2).
func quoteLocal(s string) string {
	if at, _ := checkDotAtom(s); at < 0 {
		return s
	}
	return Quote(s)
}

// Quote writes a quoted-string (RFC 5322 §3.2.4).
func Quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// checkDotAtom returns the offset of what keeps s from being a dot-atom
// (RFC 5322 §3.2.3 with RFC 6532 §3.2) and why, or -1.
func checkDotAtom(s string) (at int, reason string) {
	if s == "" {
		return 0, "the part before @ is missing"
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && i == 0:
			return i, "the part before @ begins with a dot (quote it if it really does)"
		case c == '.' && i == len(s)-1:
			return i, "the part before @ ends with a dot (quote it if it really does)"
		case c == '.' && s[i-1] == '.':
			return i, "two dots in a row (quote the part before @ if they are really there)"
		case c != '.' && !isAtext(c):
			return i, quoteChar(s[i:]) + " is not allowed before @ without quotes"
		}
	}
	return -1, ""
}

// isAtext tells the characters of an atom (RFC 5322 §3.2.3); every octet of
// UTF-8 beyond ASCII is one (RFC 6532 §3.2).
func isAtext(c byte) bool { return class[c] == atext }

// What an octet is to both parsers.
const (
	atext = iota + 1
	blank
	special // and the dot
	control
)

var class = func() (t [256]byte) {
	for c := range t {
		switch {
		case c < ' ' || c == 0x7f:
			t[c] = control
		case c == ' ':
			t[c] = blank
		case strings.IndexByte("()<>[]:;@\\,.\"", byte(c)) >= 0:
			t[c] = special
		default:
			t[c] = atext
		}
	}
	return t
}()
