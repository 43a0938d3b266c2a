// Package charset finds the encodings of text by their names, and recognizes UTF-8
// and byte order marks by their octets.
package charset

import (
	"strings"

	"golang.org/x/text/encoding"
)

// Find returns the encoding of a charset. It knows the names that browsers know,
// those of IANA, and some of iconv, Python and Windows, in upper or lower case and
// with or without "-", "_", spaces and leading zeros. It reports false for other
// names, and for the charsets that browsers refuse to read. As in browsers,
// ISO 8859-1 is windows-1252.
func Find(name string) (e encoding.Encoding, known bool) {
	e, known = byName()[Plain(name)]
	return e, known
}

// Plain returns a name of a charset in lower case, without "-", "_" and spaces, and
// without zeros before the other digits of a number. UTS #22 §1.4 compares names
// so, but ignores all other punctuation, too.
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
