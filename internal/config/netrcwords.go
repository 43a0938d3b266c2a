package config

import "strings"

const netrcSpace = " \t\r\n"

// netrcWords splits a netrc file into words. A word may be in double quotes;
// there a backslash quotes the next character, except that \n, \r and \t are
// control characters.
type netrcWords struct{ rest string }

// next returns the next word, and whether it was quoted. A quoted word may be
// empty. There is no word at the end of the text, nor after a quote that is not
// closed.
func (w *netrcWords) next() (word string, quoted, ok bool) {
	w.rest = strings.TrimLeft(w.rest, netrcSpace)
	if w.rest == "" {
		return "", false, false
	}
	if w.rest[0] == '"' {
		word, ok = w.quoted()
		return word, true, ok
	}
	end := strings.IndexAny(w.rest, netrcSpace)
	if end < 0 {
		end = len(w.rest)
	}
	word, w.rest = w.rest[:end], w.rest[end:]
	return word, false, true
}

func (w *netrcWords) quoted() (word string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(w.rest); i++ {
		c := w.rest[i]
		if c == '"' {
			w.rest = w.rest[i+1:]
			return b.String(), true
		}
		if c == '\\' && i+1 < len(w.rest) {
			i++
			c = w.rest[i]
			if j := strings.IndexByte("nrt", c); j >= 0 {
				c = "\n\r\t"[j]
			}
		}
		b.WriteByte(c)
	}
	w.rest = ""
	return "", false
}

// value returns the word after a keyword. It is missing if the next line begins
// another entry, whose words must not be taken for the value.
func (w *netrcWords) value() (word string, ok bool) {
	trimmed := strings.TrimLeft(w.rest, netrcSpace)
	onNextLine := strings.Contains(w.rest[:len(w.rest)-len(trimmed)], "\n")
	after := netrcWords{trimmed}
	word, quoted, ok := after.next()
	if onNextLine && !quoted && (strings.EqualFold(word, "machine") || strings.EqualFold(word, "default")) {
		return "", false
	}
	*w = after
	return word, ok
}

// skipPast skips the text up to the end of a comment or of a macro.
func (w *netrcWords) skipPast(end string) { _, w.rest, _ = strings.Cut(w.rest, end) }
