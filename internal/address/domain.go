package address

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 5321 §4.5.3.1, in octets, and of a label (RFC 1035 §2.3.4).
const (
	localMax  = 64
	domainMax = 255
	labelMax  = 63
)

// lookup maps as for a look-up (RFC 5891 §5, UTS #46): what letters, digits
// and hyphens are left is checked here, since hosts with an underscore exist.
var lookup = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false), idna.CheckHyphens(false))

// toDomain turns a domain or an address literal into its wire form. Where it
// is none, at is the offset of what is wrong and reason says why; else reason is empty.
func toDomain(s string) (domain string, at int, reason string) {
	if strings.HasPrefix(s, "[") {
		return toLiteral(s)
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii, err := lookup.ToASCII(s)
			if err != nil || strings.ContainsRune(s, utf8.RuneError) { // idna takes foreign bytes for U+FFFD
				return "", i, "no domain can be written so (IDNA)"
			}
			if _, reason := checkDomain(ascii); reason != "" {
				return "", i, reason
			}
			return ascii, 0, ""
		}
	}
	at, reason = checkDomain(s)
	return strings.ToLower(s), at, reason
}

// checkDomain looks at an ASCII domain. One label is enough: root@localhost.
func checkDomain(s string) (at int, reason string) {
	label := 0 // where it begins
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			if c := s[i] | 0x20; c >= 'a' && c <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '-' || s[i] == '_' {
				continue
			}
			return i, quoteChar(s[i:]) + " is not allowed in a domain"
		}
		switch {
		case s == "":
			return 0, "the domain is missing"
		case i == label && i == len(s):
			return i - 1, "the domain ends with a dot"
		case i == label && i == 0:
			return i, "the domain begins with a dot"
		case i == label:
			return i, "two dots in a row"
		case s[label] == '-':
			return label, "a part of the domain begins with a hyphen"
		case s[i-1] == '-':
			return i - 1, "a part of the domain ends with a hyphen"
		case i-label > labelMax:
			return label, "a part of the domain is longer than 63 octets"
		}
		label = i + 1
	}
	if len(s) > domainMax {
		return 0, "the domain is longer than 255 octets"
	}
	return 0, ""
}

// toLiteral reads an address literal (RFC 5321 §4.1.3).
func toLiteral(s string) (domain string, at int, reason string) {
	const tag = "IPv6:"
	text, closed := strings.CutSuffix(s[1:], "]")
	if !closed {
		return "", 0, "the bracket is not closed"
	}
	six := len(text) >= len(tag) && strings.EqualFold(text[:len(tag)], tag)
	if six {
		text = text[len(tag):]
	}
	ip, err := netip.ParseAddr(text)
	switch {
	case err != nil || ip.Zone() != "":
		return "", 1, "no IP address stands in the brackets"
	case six && ip.Is6():
		return "[" + tag + strings.ToLower(text) + "]", 0, ""
	case six:
		return "", 1, "this is not an IPv6 address"
	case ip.Is6():
		return "", 1, "an IPv6 address is written [IPv6:...]"
	}
	return "[" + text + "]", 0, ""
}
