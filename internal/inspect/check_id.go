package inspect

import (
	"strings"

	"mailpipe/internal/address"
)

// isMessageID reports whether a value is a msg-id (RFC 5322 §3.6.4).
func isMessageID(value string) bool {
	id, rest := cutID(value)
	return id != "" && rest == "" && isID(id)
}

// isID reports whether s, which begins with "<" and ends with ">", is a msg-id.
func isID(s string) bool {
	s = s[1 : len(s)-1]
	at := strings.LastIndexByte(s, '@')
	isBad := func(r rune) bool { return r <= ' ' || r == 0x7F || r == '<' || r == '>' }
	return at > 0 && at < len(s)-1 && !strings.ContainsFunc(s, isBad)
}

// notMessageID returns what is not a msg-id in a list of them, or "".
func notMessageID(value string) string {
	for value != "" {
		id, rest := cutID(value)
		if id == "" || !isID(id) {
			return strings.TrimSpace(value[:len(value)-len(rest)])
		}
		value = rest
	}
	return ""
}

// cutID cuts what is in angle brackets at the beginning of s, with the whitespace and
// the comments around it. Without brackets, id is "" and rest what follows the word.
func cutID(s string) (id, rest string) {
	i, _ := address.SkipCFWS(s, 0)
	s = s[i:]
	end := strings.IndexByte(s, '>') + 1
	if !strings.HasPrefix(s, "<") || end == 0 {
		_, rest, _ = strings.Cut(s, " ")
		return "", rest
	}
	next, ok := address.SkipCFWS(s, end)
	if !ok {
		next = end
	}
	return s[:end], s[next:]
}

// isURLList reports whether a value is a list of URLs in angle brackets, separated by
// commas (RFC 2369 §2).
func isURLList(value string) bool {
	for {
		url, rest := cutID(value)
		scheme, _, hasScheme := strings.Cut(strings.Trim(url, "<>"), ":")
		if !hasScheme || scheme == "" || strings.ContainsAny(scheme, " /@") {
			return false
		}
		if rest == "" {
			return true
		}
		if !strings.HasPrefix(rest, ",") {
			return false
		}
		value = rest[1:]
	}
}
