package address

import (
	"iter"
	"strings"
)

// An Element is a mailbox of an address list, or the name of a group. It may be
// invalid.
type Element struct {
	Text string // without whitespace around it
	End  byte   // a comma, a semicolon, the colon after the name of a group, or 0
}

// Split splits an address list, valid or not. Separators in quotes, comments and
// angle brackets do not count. Empty elements are left out, unless they end a group.
func Split(value string) iter.Seq[Element] {
	return func(yield func(Element) bool) {
		for rest := value; rest != ""; {
			n := elementLen(rest)
			e := Element{Text: strings.Trim(rest[:n], " \t")}
			if rest = rest[n:]; rest != "" {
				e.End, rest = rest[0], rest[1:]
			}
			if (e.Text != "" || e.End == ';') && !yield(e) {
				return
			}
		}
	}
}

// elementLen returns the length of the first element of an address list, up to the
// separator after it.
func elementLen(s string) int {
	inAngle := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '=':
			if n := encodedLen(s[i:]); n > 0 { // which may have a comma, by mistake
				i += n - 1
			}
		case c == '"':
			if _, next, ok := QuotedString(s, i); ok {
				i = next - 1
			}
		case c == '(':
			if next, ok := SkipCFWS(s, i); ok {
				i = next - 1
			}
		case c == '<' || c == '>':
			inAngle = c == '<'
		case c == ',' || c == ';' || c == ':' && !inAngle:
			return i
		}
	}
	return len(s)
}

// Parse returns the address of an element as ParseLocal reads it. ok is false if the
// element is the name of a group, or invalid.
func (e Element) Parse() (a Address, ok bool) {
	if e.End == ':' {
		return a, false
	}
	list, err := ParseLocal(e.Text)
	if err != nil || len(list) != 1 {
		return a, false
	}
	return list[0], true
}
