// Package completion writes the scripts that complete the command line of a program
// in bash, zsh and fish. A script contains all that it offers. It never runs the
// program, except to list the accounts.
package completion

import "strings"

// A Command is a command, a subcommand or the program itself.
type Command struct {
	Name     string   // that of a subcommand follows that of its command and a space; empty: the program
	Usage    string   // what it does
	Programs []string // whose arguments are those of the command
	Flags    []Flag
	Operand  Value
}

// A Flag is a flag of a command.
type Flag struct {
	Names  []string // with their dashes
	Usage  string   // what it does
	Value  Value    // the zero value: there is none
	Hidden bool     // it is read but not offered
}

// A Value is the value of a flag, or the operands of a command.
type Value struct {
	Name string // as the help names it; empty: there is no value

	// Offers are what the value may be. An offer is a word; a prefix, an @ and what
	// follows the prefix; or words that are separated by commas, for a list. After an
	// @ may be file, dir, account, exec (a program and its arguments) or attach:KEY,...
	// (the keys after a file and a comma). If nothing is there, the user types the rest.
	Offers []string

	Optional bool // it is glued to the flag, or left out
	Repeats  bool // it may be given more than once
}

// insert returns a script with text in place of its line "# TABLES".
func insert(script, text string) string { return strings.Replace(script, "# TABLES\n", text, 1) }

// programs returns the names of all programs that the script completes.
func programs(commands []Command) (names []string) {
	for _, c := range commands {
		names = append(names, c.Programs...)
	}
	return names
}

// subcommands returns the subcommands of a command, or all commands for "".
func subcommands(commands []Command, name string) []Command {
	var all []Command
	for _, c := range commands {
		if c.Name != "" && c.Name == strings.TrimSpace(name+" "+lastWord(c.Name)) {
			all = append(all, c)
		}
	}
	return all
}

// lastWord returns the name of a subcommand without that of its command.
func lastWord(name string) string { return name[strings.LastIndex(name, " ")+1:] }
