package termtext

import (
	"unicode"

	"golang.org/x/text/width"
)

// Columns returns the number of terminal columns that s takes. East Asian wide
// characters take two; combining marks and format characters take none.
func Columns(s string) (n int) {
	for _, r := range s {
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
			continue
		}
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// Cut returns s, cut to at most limit columns. A text that was longer ends with
// mark, each character of which takes one column.
func Cut(s string, limit int, mark string) string {
	if Columns(s) <= limit {
		return s
	}
	limit -= len([]rune(mark))
	columns := 0
	for i, r := range s {
		columns += Columns(string(r))
		if columns > limit {
			return s[:i] + mark
		}
	}
	return s
}
