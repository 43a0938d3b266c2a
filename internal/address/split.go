package address

import "strings"

// An Element is a mailbox of an address list, or the name of a group. It may be
// invalid.
type Element struct {
	Text string // without whitespace around it
	End  byte   // a comma, a semicolon, the colon after the name of a group, or 0
}

// Split splits an address list, valid or not. Separators in quotes, comments and
// angle brackets do not count. Empty elements are left out, unless they end a group.
func Split(value string) (list []Element) {
	start, inAngle := 0, false
	add := func(end int, c byte) {
		if text := strings.Trim(value[start:end], " \t"); text != "" || c == ';' {
			list = append(list, Element{text, c})
		}
		start, inAngle = end+1, false
	}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			if _, next, ok := QuotedString(value, i); ok {
				i = next - 1
			}
		case c == '(':
			if next, ok := SkipCFWS(value, i); ok {
				i = next - 1
			}
		case c == '<' || c == '>':
			inAngle = c == '<'
		case c == ',' || c == ';' || c == ':' && !inAngle:
			add(i, c)
		}
	}
	if start < len(value) {
		add(len(value), 0)
	}
	return list
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
