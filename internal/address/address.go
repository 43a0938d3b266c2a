// Package address reads mail addresses: strictly, as a person types them on a
// command line, and leniently, as they are in the header of a message (RFC 5322
// §3.4 with its obsolete forms).
package address

import "strings"

// An Address is one mailbox. The zero value is the null sender <>.
type Address struct {
	Name   string // display name in UTF-8, decoded; "" if there is none
	Local  string // local part in UTF-8, without quotes
	Domain string // A-labels in lower case, or an address literal in brackets; only ParseLocal leaves it out
}

// Mailbox returns the address as it is written in an SMTP path, without angle
// brackets: the local part is quoted if RFC 5321 §4.1.2 requires it. For the
// null sender it returns "".
func (a Address) Mailbox() string {
	switch {
	case a.Local == "" && a.Domain == "":
		return ""
	case a.Domain == "":
		return quoteLocal(a.Local)
	}
	return quoteLocal(a.Local) + "@" + a.Domain
}

// pathMax is the maximum length of a mailbox in octets: that of a path (RFC 5321
// §4.5.3.1.3) without its angle brackets. The limit of 64 octets for a local
// part is not applied, because return addresses with a longer one are common
// and servers accept them.
const pathMax = 254

// tooLong is the reason if an address is longer than pathMax.
const tooLong = "address longer than 254 octets"

// quoteLocal returns a local part as a Dot-string if it is one, otherwise as a
// Quoted-string (RFC 5321 §4.1.2).
func quoteLocal(s string) string {
	if _, reason := checkDotAtom(s); reason != "" {
		return Quote(s)
	}
	return s
}

// Quote returns s as a quoted-string (RFC 5322 §3.2.4).
func Quote(s string) string { return `"` + quotePairs.Replace(s) + `"` }

var quotePairs = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// checkDotAtom returns the reason why a local part is not a dot-atom (RFC 5322
// §3.2.3 with RFC 6532 §3.2) and the offset of the wrong character, or "".
func checkDotAtom(s string) (at int, reason string) {
	if s == "" {
		return 0, "missing part before @"
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && i == 0:
			return i, "the part before @ begins with a dot (if this is correct, quote it)"
		case c == '.' && i == len(s)-1:
			return i, "the part before @ ends with a dot (if this is correct, quote it)"
		case c == '.' && s[i-1] == '.':
			return i, "two dots in a row (if this is correct, quote the part before @)"
		case c != '.' && !isAtext(c):
			return i, describe(s[i:]) + " is not allowed before @ without quotes"
		}
	}
	return 0, ""
}
