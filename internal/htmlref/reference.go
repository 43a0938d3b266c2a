package htmlref

import (
	"net/url"
	"strings"
)

// Scheme returns what is before the first colon of a URL, in lower case, or "" if
// there is no colon. In a relative reference that may be anything, such as "chart"
// in "chart:1.png".
func Scheme(reference string) string {
	before, _, hasColon := strings.Cut(reference, ":")
	if !hasColon {
		return ""
	}
	return strings.ToLower(before)
}

// ContentID returns the Content-ID in a cid: URL (RFC 2392). It returns false for
// another reference.
func ContentID(reference string) (id string, ok bool) {
	if Scheme(reference) != "cid" {
		return "", false
	}
	id = reference[len("cid:"):]
	if unescaped, err := url.PathUnescape(id); err == nil { // else it has a percent sign, as in "100%.png"
		id = unescaped
	}
	return id, true
}
