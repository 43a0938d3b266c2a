package htmlref

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Strings in CSS, without the quote that ends them.
const (
	cssDouble = `"(?:\\\r\n|\\.|[^"\\\n])*`
	cssSingle = `'(?:\\\r\n|\\.|[^'\\\n])*`
)

// cssToken matches url(...) with the URL as group 1, and the constructs in which
// url( must be ignored: comments, strings, @import, @font-face. A construct without
// an end extends to the end of its line or of the style sheet, so that no search
// begins inside it and the time is linear.
var cssToken = sync.OnceValue(func() *regexp.Regexp {
	const noEnd = `\n|\\?$`
	return regexp.MustCompile(`(?is)/\*.*?(?:\*/|$)|@import[^;]*|@font-face[^}]*` +
		`|url\((\s*` + cssDouble + `"\s*|\s*` + cssSingle + `'\s*|(?:\\.|[^\\"'()])*)\)` +
		`|` + cssDouble + `(?:"|` + noEnd + `)|` + cssSingle + `(?:'|` + noEnd + `)`)
})

// CSS replaces the reference in each url(...) by what link returns for it.
func CSS(css string, link Link) (string, error) {
	if IndexFold(css, "url(") < 0 {
		return css, nil
	}
	var out strings.Builder
	done := 0
	for at := 0; ; {
		match := cssToken().FindStringSubmatchIndex(css[at:])
		if match == nil {
			break
		}
		start, end := at+match[2], at+match[3]
		at += match[1]
		if match[2] < 0 {
			continue
		}
		reference := cssReference(css[start:end])
		linked, err := link(reference)
		if err != nil {
			return "", err
		}
		if linked != reference {
			out.WriteString(css[done:start] + "'" + linked + "'")
			done = end
		}
	}
	out.WriteString(css[done:])
	return out.String(), nil
}

// cssImport matches an @import rule. Its groups are the URL in quotes, with the
// quote before it, and the URL without quotes.
var cssImport = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?is)^@import\s*(?:(?:url\(\s*)?(` + cssDouble + `|` + cssSingle + `)` +
		`|url\(\s*((?:\\.|[^\\"'()\s;])+))`)
})

// CSSImports returns the references of the @import rules.
func CSSImports(css string) (references []string) {
	if IndexFold(css, "@import") < 0 {
		return nil
	}
	for _, token := range cssToken().FindAllString(css, -1) {
		if m := cssImport().FindStringSubmatch(token); m != nil {
			references = append(references, unescapeCSS(strings.TrimLeft(m[1], `"'`)+m[2]))
		}
	}
	return references
}

// cssReference returns the reference in url(...), without quotes and escapes.
func cssReference(s string) string {
	s = strings.Trim(s, Space)
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		s = s[1 : len(s)-1]
	}
	return unescapeCSS(s)
}

// cssEscape matches a backslash and what it escapes: the hexadecimal number of a
// character with the whitespace that ends it, a line ending, or a character.
var cssEscape = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)\\(?:[0-9A-Fa-f]{1,6}(?:\r\n|[ \t\r\n\f])?|\r\n|.)?`)
})

// unescapeCSS decodes the escapes in a string or URL (CSS Syntax §4.3.7). An
// escaped line ending is dropped.
func unescapeCSS(s string) string {
	return cssEscape().ReplaceAllStringFunc(s, func(escape string) string {
		escaped := strings.Trim(escape[1:], "\r\n\f")
		code, err := strconv.ParseUint(strings.TrimRight(escaped, Space), 16, 32)
		switch {
		case err != nil:
			return escaped
		case code == 0:
			return "\uFFFD"
		}
		return string(rune(code))
	})
}

// IndexFold returns the index of the first word in s, in upper or lower case, or
// -1. An index in a lower-case copy could be another one: letters such as "İ"
// change their length.
func IndexFold(s, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}
