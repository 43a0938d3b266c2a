package termtext

import (
	"unicode"

	"golang.org/x/text/width"
)

// Columns is how many columns of a terminal s takes: letters of East Asia take
// two, what joins the character before it none.
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
