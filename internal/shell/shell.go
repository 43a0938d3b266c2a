// Package shell quotes words for commands that the user is asked to type, and
// expands ~ as the shell does.
package shell

import "strings"

// Quote returns s as one word of a POSIX shell.
func Quote(s string) string {
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// plain are characters that need no quotes in any place of a word.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + "-_.@/:+,"

// File returns the name of a file as one word that no program takes for a flag.
func File(name string) string {
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	return Quote(name)
}

// ExpandHome returns name with home in place of a ~ before its first slash, as
// the shell expands it. An empty home leaves name as it is.
func ExpandHome(name, home string) string {
	rest, found := strings.CutPrefix(name, "~/")
	if !found || home == "" {
		return name
	}
	return home + "/" + rest
}
