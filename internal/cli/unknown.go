package cli

import (
	"strings"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/advice"
	"mailpipe/internal/termtext"
)

// unknownFlag returns the error for a flag that the command does not have.
func unknownFlag(app *urfave.App, flags []urfave.Flag, typed string) error {
	e := usage("unknown flag %s", termtext.Line(typed))
	return e.withHint(advice.UnknownFlag(typed, flagNames(flags), func(name string) []string {
		return commandsWith(app, name)
	}))
}

// flagNames returns all names of the flags, without dashes.
func flagNames(flags []urfave.Flag) []string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	return names
}

// commandsWith returns the names of the commands that have a flag of their own.
func commandsWith(app *urfave.App, name string) []string {
	var names []string
	for _, c := range app.Commands {
		if findFlag(Flags(c.Name), name) != nil && findFlag(app.Flags, name) == nil {
			names = append(names, c.Name)
		}
	}
	return names
}

// unknownCommand returns the error for a command that does not exist.
func unknownCommand(app *urfave.App, typed string) error {
	e := usage("unknown command %s", termtext.Line(typed))
	// urfave/cli always suggests a command. One that begins otherwise is a guess.
	near := urfave.SuggestCommand(app.Commands, typed)
	if len(near) > 1 && strings.HasPrefix(typed, near[:1]) {
		return e.withHint("did you mean " + program + " " + near + "?")
	}
	var names []string
	for _, c := range app.Commands {
		names = append(names, c.Name)
	}
	return e.withHint("use one of the commands " + strings.Join(names, ", "))
}
