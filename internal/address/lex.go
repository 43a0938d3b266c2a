package address

import "strings"

// SkipCFWS returns the offset of what follows the blanks, folds and comments
// at s[i:] (RFC 5322 §3.2.2); comments nest. When one is not closed, ok is
// false and next is where it begins.
func SkipCFWS(s string, i int) (next int, ok bool) {
	depth, open := 0, i
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			if depth == 0 {
				open = i
			}
			depth++
		case depth > 0 && c == ')':
			depth--
		case depth > 0 && c == '\\':
			i++
		case depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n':
			return i, true
		}
	}
	if depth > 0 {
		return open, false
	}
	return len(s), true
}

// QuotedString returns the content of the quoted-string whose first quote is
// at s[i], unfolded, and the offset of what follows it (RFC 5322 §3.2.4). When it is not
// closed, ok is false and next is i.
func QuotedString(s string, i int) (text string, next int, ok bool) {
	var b strings.Builder
	for k := i + 1; k < len(s); k++ {
		switch c := s[k]; {
		case c == '"':
			return b.String(), k + 1, true
		case c == '\\' && k+1 < len(s):
			k++
			b.WriteByte(s[k])
		case c != '\r' && c != '\n':
			b.WriteByte(c)
		}
	}
	return "", i, false
}
