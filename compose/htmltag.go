package compose

import (
	"bytes"
	"html"
	"strings"
)

// attribute of a tag: where its value stands.
type attribute struct {
	name       string
	start, end int
}

// nextAttribute finds the attribute of a tag at or after at.
func nextAttribute(tag []byte, at int) (a attribute, next int, ok bool) {
	for at < len(tag) && (isBlank(tag[at]) || tag[at] == '/') {
		at++
	}
	if at >= len(tag) || tag[at] == '>' {
		return a, at, false
	}
	start := at
	for at < len(tag) && !isBlank(tag[at]) && tag[at] != '>' && tag[at] != '/' && (tag[at] != '=' || at == start) {
		at++
	}
	a.name = lower(tag[start:at])
	value := at
	for value < len(tag) && isBlank(tag[value]) {
		value++
	}
	if value >= len(tag) || tag[value] != '=' {
		a.start, a.end = at, at
		return a, at, true
	}
	value++
	for value < len(tag) && isBlank(tag[value]) {
		value++
	}
	a.start = value
	if value < len(tag) && (tag[value] == '"' || tag[value] == '\'') {
		a.start++
		n := bytes.IndexByte(tag[a.start:], tag[value])
		if n < 0 {
			a.end = len(tag)
			return a, len(tag), true
		}
		a.end = a.start + n
		return a, a.end + 1, true
	}
	for value < len(tag) && !isBlank(tag[value]) && tag[value] != '>' {
		value++
	}
	a.end = value
	return a, value, true
}

// blanks are what HTML and CSS take for white space.
const blanks = " \t\n\r\f"

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// attribute returns a value from a start tag, the first of that name.
func (t htmlToken) attribute(name string) string {
	for at := len("<") + len(t.name); ; {
		a, next, ok := nextAttribute(t.raw, at)
		if !ok {
			return ""
		}
		if a.name == name {
			return unescapeValue(visibleNUL(unixLines(string(t.raw[a.start:a.end]))))
		}
		at = next
	}
}

// unescapeValue decodes the references in the value of an attribute. There a
// name without a semicolon that goes on as a word or with = is none, as in the
// address ?a=1&copy=2, and that html.UnescapeString does not know.
func unescapeValue(s string) string {
	parts := strings.Split(s, "&")
	for i, part := range parts[1:] {
		n := 0
		for n < len(part) && (isLetter(part[n]) || '0' <= part[n] && part[n] <= '9') {
			n++
		}
		if n < len(part) && part[n] == ';' {
			n++
		}
		name := "&" + part[:n]
		decoded := html.UnescapeString(name)
		switch {
		case strings.HasPrefix(part, "#"):
			part = html.UnescapeString("&" + part)
		case decoded == html.UnescapeString(name[:n])+name[n:], // goes on after the reference
			part[n-1] != ';' && strings.HasPrefix(part[n:], "="):
			part = "&" + part
		default:
			part = decoded + part[n:]
		}
		parts[1+i] = part
	}
	return strings.Join(parts, "")
}
