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
