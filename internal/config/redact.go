package config

import (
	"slices"
	"strings"
)

// hidden replaces what must not be shown.
const hidden = "[hidden]"

// Shown returns the value of a key without secrets: only the name of a command,
// whose arguments may contain a password.
func Shown(key, value string) string {
	switch key {
	case "password_command":
		return commandName(value)
	case "server":
		if scheme, command, _ := strings.Cut(value, ":"); strings.EqualFold(scheme, "pipe") {
			return scheme + ":" + commandName(command)
		}
	}
	return value
}

// commandName returns the first word of a command, unless the shell would take
// it for something else than a name.
func commandName(command string) string {
	words := strings.Fields(command)
	switch {
	case len(words) == 0:
		return ""
	case strings.ContainsAny(words[0], "='\"$`\\(){};|&<>"):
		return hidden
	case len(words) == 1:
		return words[0]
	}
	return words[0] + " " + hidden
}

// withoutPassword returns the text of a server without what may be a password:
// the arguments of a command, the part before an @ that contains a colon, or
// without an @ what is in the place of the port.
func withoutPassword(text string) string {
	if typed, ok := strings.CutPrefix(text, "="); ok {
		return "=" + withoutPassword(typed)
	}
	if shown := Shown("server", text); shown != text {
		return shown
	}
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
	isScheme := slices.Contains(slices.Concat(schemes, unsupportedSchemes), strings.ToLower(host))
	switch {
	case mayBePort(port), strings.HasPrefix(host, "["):
		return text
	case prefix == "" && isScheme && !strings.Contains(after, ":"): // the slashes are missing
		return text
	}
	return prefix + host + ":" + hidden
}

// mayBePort reports whether text can be a mistyped port, and not a password.
func mayBePort(text string) bool {
	return len(text) <= len("65535") && strings.Trim(text, "0123456789") == ""
}
