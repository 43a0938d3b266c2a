package compose

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// tagKind tells what eachTag found.
type tagKind int

const (
	tagOther tagKind = iota
	tagStart         // a start tag
	tagStyle         // the content of a style element
)

// eachTag gives doc piece by piece; the pieces together are doc.
func eachTag(doc []byte, f func(raw []byte, kind tagKind) error) error {
	z := html.NewTokenizer(bytes.NewReader(doc))
	style := false
	for done := 0; ; {
		token := z.Next()
		raw := doc[done : done+len(z.Raw())]
		done += len(raw)
		kind := tagOther
		switch {
		case token == html.ErrorToken:
			return f(doc[done-len(raw):], tagOther)
		case token == html.StartTagToken, token == html.SelfClosingTagToken:
			kind = tagStart
		case style && token == html.TextToken:
			kind = tagStyle
		}
		style = token == html.StartTagToken && tagName(raw) == "style"
		if err := f(raw, kind); err != nil {
			return err
		}
	}
}

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
	a.name = strings.ToLower(string(tag[start:at]))
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

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// tagName returns the name of the tag that raw is.
func tagName(raw []byte) string {
	i := 1
	for i < len(raw) && !isBlank(raw[i]) && raw[i] != '>' && raw[i] != '/' {
		i++
	}
	return strings.ToLower(string(raw[1:i]))
}
