package compose

import (
	"mime"
	"slices"
	"strings"

	"mailpipe/internal/ascii"
)

// A param is a parameter of a structured header field (RFC 2045 §5.1).
type param struct{ name, value string }

// parseType reads a media type with its parameters, which it sorts by name. A
// multipart is not a type of a part.
func parseType(s, label string) (string, []param, error) {
	mediaType, values, err := mime.ParseMediaType(s)
	major, minor, ok := strings.Cut(mediaType, "/")
	if err != nil || !ok || !isToken(major) || !isToken(minor) || major == "multipart" {
		return "", nil, invalid("%s: invalid media type %q", label, s)
	}
	var params []param
	for name, value := range values {
		if err := checkText("parameter", value); err != nil || !isToken(name) || len(name) > 40 {
			return "", nil, invalid("%s: invalid media type %q", label, s)
		}
		params = append(params, param{name, value})
	}
	slices.SortFunc(params, func(a, b param) int { return strings.Compare(a.name, b.name) })
	return mediaType, params, nil
}

// isToken reports whether s is a token (RFC 2045 §5.1) without the characters
// to which RFC 2231 gave a meaning.
func isToken(s string) bool {
	for _, r := range s {
		if !ascii.IsAlnum(r) && !strings.ContainsRune("!#$&+-^_.", r) {
			return false
		}
	}
	return s != "" && len(s) <= 127
}

func paramOf(params []param, name string) string {
	for _, p := range params {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

func without(params []param, names ...string) []param {
	return slices.DeleteFunc(slices.Clone(params), func(p param) bool { return slices.Contains(names, p.name) })
}
