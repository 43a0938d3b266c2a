package address

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"mailpipe/internal/ascii"
)

// Limits in octets: of a domain (RFC 5321 §4.5.3.1.2) and of a label (RFC 1035
// §2.3.4).
const (
	domainMax = 255
	labelMax  = 63
)

// ParseDomain returns a domain with A-labels in lower case, or an address
// literal. Its error is an *Error.
func ParseDomain(s string) (string, error) {
	domain, at, reason := toDomain(s)
	if reason != "" {
		return "", &Error{Input: s, Offset: at, Reason: reason}
	}
	return domain, nil
}

// lookup converts a domain to A-labels as for a query (RFC 5891 §5, UTS #46).
// It does not check ASCII characters, because there are hosts with an
// underscore in their names; checkDomain does.
var lookup = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false), idna.CheckHyphens(false))

// toDomain converts a domain or an address literal to the form that is sent. If
// it is invalid, it returns the reason, and the offset of the wrong character.
func toDomain(s string) (domain string, at int, reason string) {
	if strings.HasPrefix(s, "[") {
		return toLiteral(s)
	}
	if ascii.OnlyString(s) {
		at, reason = checkDomain(s)
		return strings.ToLower(s), at, reason
	}
	at = strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 })
	labels, err := lookup.ToASCII(s)
	if err != nil || strings.ContainsRune(s, '\uFFFD') { // idna reads invalid UTF-8 as U+FFFD
		return "", at, "invalid internationalized domain (IDNA)"
	}
	if _, reason := checkDomain(labels); reason != "" {
		return "", at, reason
	}
	return labels, 0, ""
}

// checkDomain returns the reason why an ASCII domain is invalid, or "". A
// single label, as in root@localhost, is valid.
func checkDomain(s string) (at int, reason string) {
	if s == "" {
		return 0, "missing domain"
	}
	label := 0 // where the label begins
	for i := range len(s) + 1 {
		if i < len(s) && s[i] != '.' {
			if !isDomainChar(s[i]) {
				return i, describe(s[i:]) + " is not allowed in a domain"
			}
			continue
		}
		if at, reason := checkLabel(s, label, i); reason != "" {
			return at, reason
		}
		label = i + 1
	}
	if len(s) > domainMax {
		return 0, "domain longer than 255 octets"
	}
	return 0, ""
}

func isDomainChar(c byte) bool {
	letter := c|0x20 >= 'a' && c|0x20 <= 'z'
	return letter || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// checkLabel returns the reason why the label s[start:end] of a domain is
// invalid, or "".
func checkLabel(s string, start, end int) (at int, reason string) {
	switch {
	case start == end && end == len(s):
		return end - 1, "the domain ends with a dot"
	case start == end && end == 0:
		return end, "the domain begins with a dot"
	case start == end:
		return end, "two dots in a row"
	case s[start] == '-':
		return start, "a label of the domain begins with a hyphen"
	case s[end-1] == '-':
		return end - 1, "a label of the domain ends with a hyphen"
	case end-start > labelMax:
		return start, "a label of the domain is longer than 63 octets"
	}
	return 0, ""
}

// toLiteral converts an address literal, such as [192.0.2.1] or [IPv6:::1] (RFC
// 5321 §4.1.3).
func toLiteral(s string) (domain string, at int, reason string) {
	const tag = "IPv6:"
	text, closed := strings.CutSuffix(s[1:], "]")
	if !closed {
		return "", 0, "unclosed bracket"
	}
	tagged := len(text) >= len(tag) && strings.EqualFold(text[:len(tag)], tag)
	if tagged {
		text = text[len(tag):]
	}
	ip, err := netip.ParseAddr(text)
	switch {
	case err != nil || ip.Zone() != "":
		return "", 1, "invalid IP address"
	case tagged && !ip.Is6():
		return "", 1, "not an IPv6 address"
	case !tagged && ip.Is6():
		return "", 1, "an IPv6 address must be written as [IPv6:...]"
	case tagged:
		return "[" + tag + strings.ToLower(text) + "]", 0, ""
	}
	return "[" + text + "]", 0, ""
}
