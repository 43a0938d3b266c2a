package chart

import "mailpipe/internal/termtext"

// cut shortens a text to at most limit columns; mark, one column wide a
// character, ends one that was longer.
func cut(s string, limit int, mark string) string {
	if termtext.Columns(s) <= limit {
		return s
	}
	limit -= len([]rune(mark))
	n := 0
	for i, r := range s {
		if n += termtext.Columns(string(r)); n > limit {
			return s[:i] + mark
		}
	}
	return s
}
