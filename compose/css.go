package compose

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// cssToken matches url(...) with the URL as group 1, and the constructs in which
// url( must be ignored: comments, strings, @import, @font-face. A construct without
// an end extends to the end of its line or of the style sheet, so that no search
// begins inside it and the time is linear.
var cssToken = sync.OnceValue(func() *regexp.Regexp {
	const (
		double = `"(?:\\.|[^"\\\n])*`
		single = `'(?:\\.|[^'\\\n])*`
		noEnd  = `\n|\\?$`
	)
	return regexp.MustCompile(`(?is)/\*.*?(?:\*/|$)|@import[^;]*|@font-face[^}]*` +
		`|url\((\s*` + double + `"\s*|\s*` + single + `'\s*|(?:\\.|[^\\"'()])*)\)` +
		`|` + double + `(?:"|` + noEnd + `)|` + single + `(?:'|` + noEnd + `)`)
})

// rewriteCSS replaces the reference in each url(...) by what link returns for it.
func rewriteCSS(css string, link linkFunc) (string, error) {
	if indexFold(css, "url(") < 0 {
		return css, nil
	}
	var out strings.Builder
	done := 0
	for _, match := range cssToken().FindAllStringSubmatchIndex(css, -1) {
		start, end := match[2], match[3]
		if start < 0 {
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
	return out.String() + css[done:], nil
}

// cssImport matches an @import rule. Its group is the URL.
var cssImport = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^@import\s*(?:url\(\s*)?["']?([^"')\s;]+)`)
})

// cssImports returns the references of the @import rules.
func cssImports(css string) (references []string) {
	if indexFold(css, "@import") < 0 {
		return nil
	}
	for _, token := range cssToken().FindAllString(css, -1) {
		if m := cssImport().FindStringSubmatch(token); m != nil {
			references = append(references, unescapeCSS(m[1]))
		}
	}
	return references
}

// cssReference returns the reference in url(...), without quotes and escapes.
func cssReference(s string) string {
	s = strings.Trim(s, htmlSpace)
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		s = s[1 : len(s)-1]
	}
	return unescapeCSS(s)
}

// unescapeCSS decodes what follows a backslash: the hexadecimal number of a
// character, a line ending that is dropped, or a character that stays.
func unescapeCSS(s string) string {
	var out strings.Builder
	for {
		before, escape, found := strings.Cut(s, `\`)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		digits := 0
		for digits < min(len(escape), 6) && strings.IndexByte("0123456789abcdefABCDEF", escape[digits]) >= 0 {
			digits++
		}
		switch {
		case digits > 0:
			code, _ := strconv.ParseUint(escape[:digits], 16, 32)
			out.WriteRune(rune(code))
			s = escape[digits:]
			if s != "" && strings.IndexByte(htmlSpace, s[0]) >= 0 {
				s = s[1:]
			}
		case strings.HasPrefix(escape, "\n"):
			s = escape[1:]
		default:
			_, n := utf8.DecodeRuneInString(escape)
			out.WriteString(escape[:n])
			s = escape[n:]
		}
	}
}

// indexFold returns the index of the first word in s, in upper or lower case, or
// -1. An index in a lower-case copy could be another one: letters such as "İ"
// change their length.
func indexFold(s, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}
