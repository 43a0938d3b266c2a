package chart

import (
	"unicode"

	"golang.org/x/text/width"
)

// cells is how many columns of a terminal a character takes.
func cells(r rune) int {
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// measure is how many columns a text takes.
func measure(s string) int {
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

// cut shortens a text to at most limit columns; mark, one column wide a
// character, ends one that was longer.
func cut(s string, limit int, mark string) string {
	if measure(s) <= limit {
		return s
	}
	limit -= len([]rune(mark))
	n := 0
	for i, r := range s {
		if n += cells(r); n > limit {
			return s[:i] + mark
		}
	}
	return s
}
