package header

import (
	"strings"

	"mailpipe/internal/ascii"
)

// SubjectWord is the length of the longest word that a subject contains as it
// is. It fits in the line of the field name: if a subject begins on the second
// line, some readers show a space before it, as Python 3.11 does.
const SubjectWord = FoldColumns - len("Subject: ")

// Text writes an unstructured field (RFC 5322 §3.2.5). Words that are ASCII and
// not longer than wordLimit are written as they are, the others as encoded words.
func (h *Writer) Text(name, value string, wordLimit int) {
	h.Begin(name)
	switch {
	case value == "":
	case value[0] == ' ', value[len(value)-1] == ' ', strings.Contains(value, strings.Repeat(" ", spaceLimit)):
		h.encoded(value)
	default:
		h.words(value, wordLimit)
	}
	h.End()
}

// words writes words after a space, each with the spaces before it. Readers ignore the spaces
// between two encoded words (RFC 2047 §6.2). So successive words that need
// encoding are encoded together, with all spaces except the first:
//
//	one two  été à  end    one two =?utf-8?Q?_=C3=A9t=C3=A9_=C3=A0?=  end
func (h *Writer) words(s string, wordLimit int) {
	for space := " "; s != ""; space = "" {
		n := WordLen(s)
		if !needsEncoding(s[:n], wordLimit) {
			h.Put(space + s[:n])
			s = s[n:]
			continue
		}
		for {
			next := WordLen(s[n:])
			if !needsEncoding(s[n:n+next], wordLimit) {
				break
			}
			n += next
		}
		h.encoded(strings.TrimPrefix(s[:n], " "))
		s = s[n:]
	}
}

// WordLen returns the length of the first word of s with the spaces before it.
func WordLen(s string) int {
	spaces := len(s) - len(strings.TrimLeft(s, " "))
	letters, _, _ := strings.Cut(s[spaces:], " ")
	return spaces + len(letters)
}

// needsEncoding reports whether readers would not show a word as it is.
func needsEncoding(word string, limit int) bool {
	word = strings.TrimLeft(word, " ")
	return len(word) > limit || strings.Contains(word, "=?") || !ascii.OnlyString(word)
}
