package address

import (
	"iter"
	"strings"
)

// An Element is a mailbox of an address list, or the name of a group. It may be
// invalid.
type Element struct {
	Text string // without whitespace around it
	End  string // what follows it in a valid list: a comma, ":" and ";" of a group, or ""
}

// Split splits an address list, valid or not. Separators in quotes, comments and
// angle brackets do not count. Empty elements are left out. A semicolon that ends no
// group is read as a comma.
func Split(value string) iter.Seq[Element] {
	return func(yield func(Element) bool) {
		var last Element
		var open unclosed
		inGroup, isFirst := false, true
		for rest := value; rest != ""; {
			n := open.elementLen(rest)
			e := Element{Text: strings.Trim(rest[:n], " \t"), End: ","}
			end := byte(0)
			rest = rest[n:]
			if rest != "" {
				end, rest = rest[0], rest[1:]
			}
			switch {
			case end == ':':
				e.End, inGroup = ":", true
			case end == ';' && inGroup && e.Text == "": // after a comma, or in an empty group
				last.End, inGroup = strings.TrimSuffix(last.End, ",")+";,", false
				continue
			case end == ';' && inGroup:
				e.End, inGroup = ";,", false
			case e.Text == "":
				continue
			}
			if !isFirst && !yield(last) {
				return
			}
			last, isFirst = e, false
		}
		last.End = strings.TrimSuffix(last.End, ",")
		if inGroup {
			last.End += ";"
		}
		if !isFirst {
			yield(last)
		}
	}
}

// unclosed says that a quote or a comment has no end. Then those after it are not
// looked at, which would take quadratic time.
type unclosed struct{ quote, comment bool }

// elementLen returns the length of the first element of an address list, up to the
// separator after it.
func (u *unclosed) elementLen(s string) int {
	inAngle := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '=':
			if n := encodedLen(s[i:]); n > 0 { // which may have a comma, by mistake
				i += n - 1
			}
		case c == '"' && !u.quote:
			_, next, ok := QuotedString(s, i)
			if ok {
				i = next - 1
			}
			u.quote = !ok
		case c == '(' && !u.comment:
			next, ok := SkipCFWS(s, i)
			if ok {
				i = next - 1
			}
			u.comment = !ok
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
	if strings.HasPrefix(e.End, ":") {
		return a, false
	}
	list, err := ParseLocal(e.Text)
	if err != nil || len(list) != 1 {
		return a, false
	}
	return list[0], true
}
