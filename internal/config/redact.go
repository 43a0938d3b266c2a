package config

import (
	"slices"
	"strings"
)

// hidden replaces what must not be shown.
const hidden = "[hidden]"

// Shown returns the value of a key without secrets.
func Shown(key, value string) string {
	if key == "password_command" {
		return commandName(value)
	}
	return value
}

// commandName returns the name of a command and hides its arguments, which may
// contain a password.
func commandName(command string) string {
	name, args, _ := strings.Cut(strings.TrimSpace(command), " ")
	if strings.ContainsAny(name, "='\"$`\\(){};|&<>\t") {
		return hidden
	}
	if args != "" {
		name += " " + hidden
	}
	return name
}

// withoutPassword returns the text of a server without what may be a password:
// the part before an @ that contains a colon, or without an @ what is in the
// place of the port.
func withoutPassword(text string) string {
	prefix, rest := "", text
	if scheme, authority, ok := strings.Cut(text, "://"); ok && !strings.Contains(scheme, "@") {
		prefix, rest = scheme+"://", authority
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user := strings.ToLower(rest[:at])
		if strings.Contains(user, ":") || strings.Contains(user, "%3a") {
			return prefix + hidden + rest[at:]
		}
		return text
	}
	host, after, _ := strings.Cut(rest, ":")
	port, _, _ := strings.Cut(after, "/")
	if mayBePort(port) || strings.HasPrefix(host, "[") {
		return text
	}
	if prefix == "" && isScheme(host) && !strings.Contains(after, ":") {
		return text
	}
	return prefix + host + ":" + hidden
}

func isScheme(text string) bool {
	text = strings.ToLower(text)
	return slices.Contains(schemes, text) || slices.Contains(unsupportedSchemes, text)
}

// mayBePort reports whether text is at most a mistyped port, and no password.
func mayBePort(text string) bool {
	return len(text) <= len("65535") && strings.Trim(text, "0123456789") == ""
}
