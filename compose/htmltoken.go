package compose

import (
	"bytes"
	"html"
	"iter"
	"strings"
)

// htmlKind tells what a piece of HTML is.
type htmlKind int

const (
	htmlText  htmlKind = iota
	htmlStart          // <p>
	htmlEmpty          // <br/>, a start tag that closes itself
	htmlEnd            // </p>
	htmlOther          // nothing to read: a comment, a doctype, <?xml?>, </3, a tag that does not end
)

// htmlToken is a piece of HTML.
type htmlToken struct {
	kind htmlKind
	raw  []byte
	name string // of a tag, in lower case; of a text: the element that makes it a raw one, or ""
}

// htmlTokens takes HTML apart as browsers do (HTML standard §13.2.5); the pieces
// together are doc. It is here because golang.org/x/net/html builds its tables
// at every start of a program, whether or not that meets any HTML.
func htmlTokens(doc []byte) iter.Seq[htmlToken] {
	return func(yield func(htmlToken) bool) {
		raw := "" // the element whose raw text comes next
		for len(doc) > 0 {
			token := firstToken(doc, raw)
			raw = ""
			if (token.kind == htmlStart || token.kind == htmlEmpty) && hasRawText(token.name) {
				raw = token.name
			}
			if !yield(token) {
				return
			}
			doc = doc[len(token.raw):]
		}
	}
}

// firstToken returns the piece that s starts with, after the start tag of the element raw.
func firstToken(s []byte, raw string) htmlToken {
	if raw != "" {
		if n := rawTextEnd(s, raw); n > 0 {
			return htmlToken{htmlText, s[:n], raw}
		}
	}
	if n := textEnd(s); n > 0 {
		return htmlToken{kind: htmlText, raw: s[:n]}
	}
	switch {
	case isLetter(s[1]):
		return firstTag(s, htmlStart, len("<"))
	case len(s) == len("</") && s[1] == '/': // nothing follows
		return htmlToken{kind: htmlText, raw: s}
	case s[1] == '/' && isLetter(s[2]):
		return firstTag(s, htmlEnd, len("</"))
	case bytes.HasPrefix(s, []byte("<!--")):
		return htmlToken{kind: htmlOther, raw: s[:commentEnd(s)]}
	}
	n := bytes.IndexByte(s, '>') + 1
	if n == 0 {
		n = len(s)
	}
	return htmlToken{kind: htmlOther, raw: s[:n]}
}

// textEnd returns where the text ends that s starts with: at a < that opens something.
func textEnd(s []byte) int {
	for at := 0; at < len(s); at++ {
		n := bytes.IndexByte(s[at:], '<')
		if n < 0 {
			break
		}
		at += n
		if at+1 < len(s) && (isLetter(s[at+1]) || s[at+1] == '/' || s[at+1] == '!' || s[at+1] == '?') {
			return at
		}
	}
	return len(s)
}

// firstTag returns the tag that s starts with, whose name stands at the given
// place. A tag that does not end is none.
func firstTag(s []byte, kind htmlKind, name int) htmlToken {
	at := name
	for at < len(s) && !isBlank(s[at]) && s[at] != '>' && s[at] != '/' {
		at++
	}
	token := htmlToken{kind: kind, name: lower(s[name:at])}
	value := 0 // where the last one ends
	for {
		a, next, ok := nextAttribute(s, at)
		at = next
		if !ok {
			break
		}
		value = a.end
	}
	if at >= len(s) {
		return htmlToken{kind: htmlOther, raw: s}
	}
	if kind == htmlStart && s[at-1] == '/' && value != at {
		token.kind = htmlEmpty
	}
	token.raw = s[:at+1]
	return token
}

// commentEnd returns where the comment ends that s starts with: at -->, or at
// what browsers take for it, as in <!--> and <!---> and <!-- --!>, or with s.
func commentEnd(s []byte) int {
	for _, short := range []string{"<!-->", "<!--->"} {
		if bytes.HasPrefix(s, []byte(short)) {
			return len(short)
		}
	}
	for at := len("<!--"); ; {
		n := bytes.IndexByte(s[at:], '>')
		if n < 0 {
			return len(s)
		}
		at += n + 1
		if c := s[len("<!--"):at]; bytes.HasSuffix(c, []byte("-->")) || bytes.HasSuffix(c, []byte("--!>")) {
			return at
		}
	}
}

// hasRawText tells whether there are no tags within an element.
func hasRawText(name string) bool {
	switch name {
	case "script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "textarea", "title", "plaintext":
		return true
	}
	return false
}

// rawTextEnd returns where the text of the element ends: at its end tag, or
// with s. A script may hide one: in a comment, between <script and </script.
func rawTextEnd(s []byte, name string) int {
	if name == "plaintext" {
		return len(s)
	}
	comment, nested := false, false
	for at, c := range s {
		if c != '<' && c != '-' {
			continue
		}
		switch rest := s[at:]; {
		case hasTag(rest, "</", name):
			if !nested {
				return at
			}
			nested = false
		case name != "script":
		case bytes.HasPrefix(rest, []byte("<!--")):
			comment = true
		case bytes.HasPrefix(rest, []byte("-->")):
			comment, nested = false, false
		case hasTag(rest, "<", name):
			nested = comment
		}
	}
	return len(s)
}

// hasTag tells whether s starts with open and the name in any case, and that is all of the name.
func hasTag(s []byte, open, name string) bool {
	n := len(open) + len(name)
	return len(s) > n && bytes.HasPrefix(s, []byte(open)) && strings.EqualFold(string(s[len(open):n]), name) &&
		(isBlank(s[n]) || s[n] == '/' || s[n] == '>')
}

// text returns what a text says.
func (t htmlToken) text() string {
	s := unixLines(string(t.raw))
	switch t.name {
	case "":
		return html.UnescapeString(s)
	case "textarea", "title":
		return html.UnescapeString(visibleNUL(s))
	}
	return visibleNUL(s)
}

// unixLines makes each line end LF.
func unixLines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// visibleNUL puts U+FFFD for NUL.
func visibleNUL(s string) string { return strings.ReplaceAll(s, "\x00", "\uFFFD") }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// lower returns s with the letters of ASCII in lower case, as names in HTML
// compare; strings.ToLower makes a k of the Kelvin sign.
func lower(s []byte) string {
	s = bytes.Clone(s)
	for i, c := range s {
		if isLetter(c) {
			s[i] = c | 0x20
		}
	}
	return string(s)
}
