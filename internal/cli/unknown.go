package cli

import (
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/advice"
	"mailpipe/internal/termtext"
)

// unknownFlag returns the error for a flag that the command does not have.
func unknownFlag(app *urfave.App, flags []urfave.Flag, typed string) error {
	names := flagNames(flags)
	shown := typed
	if len(commandsWith(app, strings.TrimPrefix(typed, "--"))) == 0 {
		shown = withoutValue(typed, names)
	}
	if strings.HasPrefix(shown, "--") { // the hint can come from what follows -p
		typed = shown
	}
	e := usage("unknown flag %s", termtext.Line(shown))
	return e.withHint(advice.UnknownFlag(typed, names, func(name string) []string {
		return commandsWith(app, name)
	}))
}

// withoutValue returns an unknown flag without what may be its value: the letter of
// -pSECRET and the name of --pass:SECRET. It returns a long flag with one dash as
// typed, and the name of a file that the shell inserted for a pattern.
func withoutValue(typed string, names []string) string {
	word := typed[1:]
	isLong := func(name string) bool {
		return len(name) > 1 && strings.ReplaceAll(name, "-", "") == strings.ReplaceAll(word, "-", "")
	}
	_, err := os.Lstat(typed)
	isFile := err == nil
	if isFile || slices.ContainsFunc(names, isLong) || advice.ForeignFlag(word, names) != "" {
		return typed
	}
	if long, found := strings.CutPrefix(word, "-"); found {
		return "--" + longName(long)
	}
	_, size := utf8.DecodeRuneInString(word)
	return typed[:1+size]
}

// secretFlags are flags of other programs for a password. One that begins with
// another one is after it.
var secretFlags = []string{"pass", "passwd", "password", "passwordeval", "auth-pass", "auth-password"}

// longName returns the beginning of an unknown long flag that can be its name. A
// password may follow one of secretFlags without a separator.
func longName(word string) string {
	end := strings.IndexFunc(word+"=", func(r rune) bool {
		return r != '-' && (r < '0' || '9' < r) && (r|0x20 < 'a' || 'z' < r|0x20)
	})
	if end == 0 { // not a name with a value
		return word
	}
	name := word[:end]
	for _, secret := range secretFlags {
		if strings.HasPrefix(word, secret) {
			name = secret
		}
	}
	return name
}

// flagNames returns all names of the flags, without dashes.
func flagNames(flags []urfave.Flag) []string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	return names
}

// commandsWith returns the names of the commands that have a flag of their own. A
// drop-in has none after its name.
func commandsWith(app *urfave.App, name string) []string {
	var names []string
	for _, c := range app.Commands {
		if !isDropIn(c.Name) && findFlag(Flags(c.Name), name) != nil && findFlag(app.Flags, name) == nil {
			names = append(names, c.Name)
		}
	}
	return names
}

// unknownCommand returns the error for a command that is not one of the choices.
// path is the command that these are subcommands of; empty means the program.
func unknownCommand(choices []*urfave.Command, path []string, typed string) error {
	kind := "command"
	if len(path) > 0 {
		kind = "subcommand"
	}
	e := usage("unknown %s %s", kind, termtext.Line(typed))
	// urfave/cli always suggests a command. One that begins otherwise is a guess.
	near := urfave.SuggestCommand(choices, typed)
	if len(near) > 1 && strings.HasPrefix(typed, near[:1]) {
		words := slices.Concat([]string{program}, path, []string{near})
		if near == "help" { // which is no subcommand
			words = slices.Concat([]string{program, near}, path)
		}
		return e.withHint("did you mean " + strings.Join(words, " ") + "?")
	}
	var names []string
	for _, c := range choices {
		names = append(names, c.Name)
	}
	return e.withHint("use one of the " + kind + "s " + strings.Join(names, ", "))
}
