// Package termtext makes text from outside fit for a terminal: what a server, a
// message or a file name says can then neither move the cursor nor change the
// order of what is read.
package termtext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// LineMax is how many octets Line shows.
const LineMax = 2 << 10

// Text escapes C0, C1 and DEL, invalid UTF-8, bidirectional and zero-width
// characters as \xNN or \u{NNNN}. A backslash stays as it is: the text is for
// people, not to be read back.
func Text(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1, r < 0x20, r == 0x7F:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			fmt.Fprintf(&b, `\u{%04x}`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// Line is Text cut at LineMax octets, between characters, with a mark where
// something was left out.
func Line(s string) string {
	if len(s) > LineMax { // Text never makes a text shorter
		cut := LineMax
		for cut > LineMax-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = Text(s[:cut]) + "..."
	} else {
		s = Text(s)
	}
	if len(s) <= LineMax+len("...") {
		return s
	}
	cut := LineMax
	if i := strings.LastIndexByte(s[cut-len(`\u{10ffff}`):cut], '\\'); i >= 0 { // not within an escape
		cut -= len(`\u{10ffff}`) - i
	}
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}

// Bidi reports whether r changes the direction of the text around it.
func Bidi(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 ||
		r == 0x200E || r == 0x200F || r == 0x061C
}

// hidden reports whether r is not seen where it stands: C1, what Unicode calls a
// format character (bidirectional, zero-width, tags), but for the signs of numbers that
// are among them, and the separators of lines and paragraphs.
func hidden(r rune) bool {
	return r >= 0x80 && r <= 0x9F || r == 0x2028 || r == 0x2029 || r >= 0xE0000 && r <= 0xE007F ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7E {
			return false
		}
	}
	return true
}
