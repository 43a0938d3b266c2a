package cli

import (
	"mailpipe/internal/advice"
	"mailpipe/internal/termtext"
)

// unknownFlag returns the error for a flag that the command does not have.
func unknownFlag(table []Flag, typed string) error {
	e := usage("unknown flag %s", termtext.Line(typed))
	e.hint = advice.UnknownFlag(typed, flagNames(table), commandsWith)
	return e
}

// flagNames returns all names of the flags, without dashes.
func flagNames(table []Flag) []string {
	var names []string
	for _, f := range table {
		names = append(append(names, f.Name), f.Aliases...)
	}
	return names
}

// commandsWith returns the names of the commands that have a flag.
func commandsWith(name string) []string {
	var names []string
	for _, c := range Commands() {
		if find(c.own(), name) != nil {
			names = append(names, c.Name)
		}
	}
	return names
}
