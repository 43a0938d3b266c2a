package repair

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/internal/address"
	"mailpipe/internal/message"
)

// text returns the value of a field, unfolded, in UTF-8 and with a space for each
// control character.
func text(f message.Field, declared string) string {
	_, value, _ := bytes.Cut(f.Raw, []byte(":"))
	unfolded := string(bytes.Trim(value, " \t\r\n"))
	for _, eol := range []string{"\r\n", "\n"} {
		unfolded = strings.ReplaceAll(unfolded, eol, "")
	}
	return spaces(toUTF8(unfolded, declared))
}

// plainText is text with the encoded words decoded, as readers show it.
func plainText(s string) string { return strings.Trim(spaces(address.DecodeText(s)), " ") }

// toUTF8 returns text of a header in UTF-8: as it is if it is UTF-8, otherwise
// decoded from the charset that the entity declares, otherwise from windows-1252.
func toUTF8(s, declared string) string {
	if utf8.ValidString(s) {
		return s
	}
	decoded := address.DecodeOctets(declared, s)
	if !utf8.ValidString(decoded) || strings.ContainsRune(decoded, utf8.RuneError) {
		decoded, _ = charmap.Windows1252.NewDecoder().String(s)
	}
	return decoded
}

// spaces returns s with a space for each control character.
func spaces(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
