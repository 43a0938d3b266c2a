package scram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Prepare applies the mapping and the normalization of SASLprep (RFC 4013). It
// does not reject what SASLprep prohibits: that is up to the server.
func Prepare(s string) string {
	if !utf8.ValidString(s) { // a password in another charset, to which RFC 4013 does not apply
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 0xAD, r == 0x34F, r == 0x1806, r >= 0x180B && r <= 0x180D, r >= 0x200B && r <= 0x200D, r == 0x2060,
			r >= 0xFE00 && r <= 0xFE0F, r == 0xFEFF: // RFC 3454 table B.1
			return -1
		case unicode.Is(unicode.Zs, r): // table C.1.2
			return ' '
		}
		return r
	}, s)
	return norm.NFKC.String(s)
}
