package repair

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/internal/address"
	"mailpipe/internal/charset"
)

// toUTF8 returns text of a header in UTF-8: as it is if it is UTF-8, otherwise
// decoded from the charset that the entity declares, otherwise from windows-1252.
func toUTF8(s, declared string) string {
	if utf8.ValidString(s) {
		return s
	}
	if e, known := charset.Find(declared); known && !charset.IsUTF8(declared) {
		decoded, err := e.NewDecoder().String(s)
		if err == nil && !strings.ContainsRune(decoded, utf8.RuneError) {
			return decoded
		}
	}
	decoded, _ := charmap.Windows1252.NewDecoder().String(s) // which has no invalid octets
	return decoded
}

// spaces returns s with a space for each control character. The octets that are not
// UTF-8 stay.
func spaces(s string) string {
	if !strings.ContainsFunc(s, unicode.IsControl) {
		return s
	}
	out := []byte(s)
	for i, r := range s {
		if unicode.IsControl(r) {
			out[i] = ' '
			if r >= utf8.RuneSelf { // of two octets
				out[i+1] = ' '
			}
		}
	}
	return string(out)
}

// plainText returns unstructured text as readers show it.
func plainText(s, declared string) string {
	return strings.Trim(spaces(address.DecodeText(spaces(toUTF8(s, declared)))), " ")
}
