// Package charset finds the encodings of text by their names, and recognizes UTF-8
// and byte order marks by their octets.
package charset

import (
	"strings"

	"golang.org/x/text/encoding"
)

//go:generate go run gen.go .

// Find returns the encoding of a charset. It knows the names that browsers know,
// those of IANA, and some of iconv, Python and Windows; names that Plain makes
// equal are equal. It reports false for other names, and for the charsets that
// browsers refuse to read. As in browsers, ISO 8859-1 is windows-1252.
func Find(name string) (e encoding.Encoding, known bool) {
	e = named(Plain(name))
	return e, e != nil
}

// Plain returns a name of a charset in lower case, without "-", "_" and spaces, and
// without zeros before the other digits of a number. (UTS #22 §1.4 compares names
// so, and ignores all other punctuation, too.)
func Plain(name string) string {
	var b strings.Builder
	inNumber := false
	for _, r := range strings.ToLower(strings.TrimSpace(name)) {
		if r == '-' || r == '_' || r == ' ' {
			inNumber = false
			continue
		}
		if r == '0' && !inNumber {
			continue
		}
		inNumber = '0' <= r && r <= '9'
		b.WriteRune(r)
	}
	return b.String()
}
