package wire

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape makes text of a server safe for a terminal: controls, octets that are
// not UTF-8, and characters that have no width or turn the direction of writing
// become \xNN or \u{NNNN}.
func escape(s string) string {
	var out strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1, r < ' ', r == 0x7f:
			fmt.Fprintf(&out, `\x%02x`, s[0])
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			fmt.Fprintf(&out, `\u{%04X}`, r)
		default:
			out.WriteString(s[:n])
		}
		s = s[n:]
	}
	return out.String()
}
