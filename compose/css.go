package compose

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// cssToken finds, in CSS, what url(...) names (its group), and what may hold
// one that is none: comments, strings, and the rules that name style sheets
// and fonts, which are no pictures. It is compiled where it is needed. What
// does not end goes on to the end of its line or of all: no search begins again
// within it, and so the time is linear.
var cssToken = sync.OnceValue(func() *regexp.Regexp {
	const doubled, single, end = `"(?:\\.|[^"\\\n])*`, `'(?:\\.|[^'\\\n])*`, `\n|\\?$`
	return regexp.MustCompile(`(?is)/\*.*?(?:\*/|$)|@import[^;]*|@font-face[^}]*` +
		`|url\((\s*` + doubled + `"\s*|\s*` + single + `'\s*|(?:\\.|[^\\"'()])*)\)` +
		`|` + doubled + `(?:"|` + end + `)|` + single + `(?:'|` + end + `)`)
})

// rewriteCSS rewrites what stands in url(...).
func rewriteCSS(css string, link linkFunc) (string, error) {
	if indexFold(css, "url(") < 0 {
		return css, nil
	}
	var out strings.Builder
	done := 0
	for _, at := range cssToken().FindAllStringSubmatchIndex(css, -1) {
		start, end := at[2], at[3]
		if start < 0 {
			continue
		}
		name := strings.Trim(css[start:end], htmlSpace)
		if name != "" && (name[0] == '"' || name[0] == '\'') {
			name = name[1 : len(name)-1]
		}
		name = unescapeCSS(name)
		ref, err := link(name)
		if err != nil {
			return "", err
		}
		if ref != name {
			out.WriteString(css[done:start] + "'" + ref + "'")
			done = end
		}
	}
	return out.String() + css[done:], nil
}

// unescapeCSS decodes what stands behind a backslash: a character by its
// number in hexadecimal, a line end that is none, or a character as it is.
func unescapeCSS(s string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(s, `\`)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		n := 0
		for n < min(len(after), 6) && strings.IndexByte("0123456789abcdefABCDEF", after[n]) >= 0 {
			n++
		}
		switch code, _ := strconv.ParseUint(after[:n], 16, 32); {
		case n > 0:
			out.WriteRune(rune(code))
			after = after[n:]
			if after != "" && strings.IndexByte(htmlSpace, after[0]) >= 0 {
				after = after[1:]
			}
		case strings.HasPrefix(after, "\n"):
			after = after[1:]
		default:
			_, n = utf8.DecodeRuneInString(after)
			out.WriteString(after[:n])
			after = after[n:]
		}
		s = after
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
