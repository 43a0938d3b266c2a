package chart

import "mailpipe/internal/safe"

// cut shortens a text to at most limit columns; mark, one column wide a
// character, ends one that was longer.
func cut(s string, limit int, mark string) string {
	if safe.Columns(s) <= limit {
		return s
	}
	limit -= len([]rune(mark))
	n := 0
	for i, r := range s {
		if n += safe.Columns(string(r)); n > limit {
			return s[:i] + mark
		}
	}
	return s
}
