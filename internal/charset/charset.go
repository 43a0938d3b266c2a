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

// IsUTF8 reports whether a text of that charset needs no conversion.
func IsUTF8(name string) bool {
	switch Plain(name) {
	case "utf8", "csutf8", "cp65001", "usascii", "csascii", "ascii":
		return true
	}
	return false
}

// IsWide reports whether a charset is UTF-16 or UTF-32, in which ASCII has NULs.
func IsWide(name string) bool {
	name = strings.TrimPrefix(Plain(name), "cs")
	name = strings.TrimPrefix(name, "iso10646")
	switch name {
	case "unicode", "unicodefeff", "unicodefffe": // UTF-16
		return true
	}
	for _, prefix := range []string{"utf16", "utf32", "ucs2", "ucs4"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// IsASCII reports whether a name is one of US-ASCII.
func IsASCII(name string) bool {
	switch Plain(name) {
	case "usascii", "ascii", "csascii", "us", "ansix3.41968", "ansix3.41986", "iso646us", "iso646.irv:1991", "isoir6",
		"cp367", "ibm367":
		return true
	}
	return false
}
