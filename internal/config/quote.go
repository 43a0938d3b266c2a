package config

import (
	"fmt"
	"strings"
)

// tomlQuote returns s as a basic string of TOML.
func tomlQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7F:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// tomlKey returns s as a key of TOML, quoted if necessary.
func tomlKey(s string) string {
	if s != "" && s == bareName(s) {
		return s
	}
	return tomlQuote(s)
}

// bareName replaces all characters but letters, digits, hyphens and
// underscores.
func bareName(s string) string {
	return strings.Map(func(r rune) rune {
		if r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, s)
}
