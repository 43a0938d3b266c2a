// Package termtext makes text from outside safe to show on a terminal: a
// server, a message or a file name can then neither move the cursor nor change
// the order in which its characters are shown.
package termtext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// LineMax is the number of octets after which Line cuts a text.
const LineMax = 2 << 10

// Escape returns s with everything escaped that a terminal obeys or does not
// show. The following become \xNN, octet by octet:
//
//   - C0 control characters and DEL
//   - octets that are not part of valid UTF-8
//
// The following become \u{NNNN}, with four to six lower-case digits:
//
//   - C1 control characters
//   - format characters (Unicode category Cf: bidirectional controls,
//     zero-width characters, tags), except the signs that are written before
//     Arabic and Syriac numbers, which are visible
//   - line and paragraph separators (U+2028, U+2029)
//   - noncharacters, such as U+FFFE, which XML does not allow either
//
// A backslash stays as it is, because the result is meant for people and is
// not read back.
func Escape(s string) string {
	if printableASCII(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1, r < 0x20, r == 0x7F:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case invisible(r):
			fmt.Fprintf(&b, `\u{%04x}`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

const (
	ellipsis      = "..."
	longestEscape = `\u{10ffff}`
)

// Line returns Escape(s), cut to LineMax octets and followed by "..." if it is
// longer. It cuts neither a character nor an escape in two.
func Line(s string) string {
	short := s
	if len(s) > LineMax { // Escape never makes a text shorter, so the rest is not needed
		cut := LineMax
		for cut > LineMax-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		short = s[:cut]
	}
	escaped := Escape(short)
	if len(escaped) > LineMax {
		return cutEscaped(escaped) + ellipsis
	}
	if len(short) < len(s) {
		return escaped + ellipsis
	}
	return escaped
}

// cutEscaped returns the first LineMax octets of a longer text that Escape
// returned, or a few less.
func cutEscaped(s string) string {
	cut := LineMax
	tail := s[cut-len(longestEscape) : cut]
	if i := strings.LastIndexByte(tail, '\\'); i >= 0 {
		cut -= len(tail) - i // the escape may be cut in two
	}
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

// BidiOverride reports whether r is a bidirectional embedding, override or
// isolate (U+202A to U+202E, U+2066 to U+2069). Such a character shows the text
// after it in another order, so that a file name or a display name can look
// like a different one. The marks U+200E, U+200F and U+061C are not among them:
// they are common in Arabic and Hebrew text and move only punctuation.
func BidiOverride(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// invisible reports whether r is one of the characters beyond ASCII that Escape
// replaces.
func invisible(r rune) bool {
	switch {
	case r >= 0x80 && r <= 0x9F, r == 0x2028, r == 0x2029:
		return true
	case r >= 0xE0000 && r <= 0xE007F: // tags; not all of them are assigned
		return true
	}
	return unicode.Is(unicode.Noncharacter_Code_Point, r) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			return false
		}
	}
	return true
}
