package address

import "strings"

// A scanner reads a list of addresses from left to right. Both parsers are
// built on it.
type scanner struct {
	s string
	i int // offset of what comes next
}

// fail returns the error that the character at offset at is wrong.
func (p *scanner) fail(at int, reason string) error {
	return &Error{Input: p.s, Offset: at, Reason: reason}
}

func (p *scanner) atEnd() bool { return p.i >= len(p.s) }

// peek returns the next octet, or 0 at the end.
func (p *scanner) peek() byte {
	if p.atEnd() {
		return 0
	}
	return p.s[p.i]
}

// atoms reads atoms and the dots between them, and returns "" if there are none.
func (p *scanner) atoms() string {
	start := p.i
	for !p.atEnd() && (isAtext(p.s[p.i]) || p.s[p.i] == '.') {
		p.i++
	}
	return p.s[start:p.i]
}

// quoted reads a quoted-string and returns its content.
func (p *scanner) quoted() (string, error) {
	text, next, ok := QuotedString(p.s, p.i)
	if !ok {
		return "", p.fail(p.i, "unclosed quote")
	}
	p.i = next
	return text, nil
}

// isAtext reports whether c may be in an atom (RFC 5322 §3.2.3), as all octets
// of UTF-8 characters beyond ASCII may (RFC 6532 §3.2).
func isAtext(c byte) bool {
	return c > ' ' && c != 0x7F && strings.IndexByte("()<>[]:;@\\,.\"", c) < 0
}

// SkipCFWS returns the offset of what follows the whitespace, the folding and
// the comments, also nested ones, at s[i:] (RFC 5322 §3.2.2). If a comment is
// not closed, ok is false and next is where it begins.
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

// QuotedString returns the content, unfolded, of the quoted-string that begins
// at s[i], and the offset of what follows it (RFC 5322 §3.2.4). If it is not
// closed, ok is false and next is i.
func QuotedString(s string, i int) (text string, next int, ok bool) {
	for k := i + 1; k < len(s); k++ {
		switch s[k] {
		case '"':
			return unquote(s[i+1 : k]), k + 1, true
		case '\\':
			k++
		}
	}
	return "", i, false
}

// unquote returns the content of a quoted-string without folding and backslashes.
func unquote(s string) string {
	if !strings.ContainsAny(s, "\\\r\n") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
			b.WriteByte(s[i])
		case c != '\r' && c != '\n':
			b.WriteByte(c)
		}
	}
	return b.String()
}
