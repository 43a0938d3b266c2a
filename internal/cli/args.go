package cli

import (
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/advice"
)

// A commandLine is a parsed command line.
type commandLine struct {
	command *urfave.Command // nil: none was named, or an unknown one
	path    []string        // the name of the command; of a subcommand, both names
	args    []argument      // in the order of the command line, without the command
	exec    []string        // what follows --exec
	help    bool            // only the word help follows the command

	sendmail *sendmailArgs // of a drop-in; nil: another command
	mailx    *mailxArgs    // nil: another command
}

// An argument is a flag with its value, or an operand.
type argument struct {
	flag  string // the first name of the flag; empty: an operand
	value string
}

// operands returns the arguments that are not flags.
func (l *commandLine) operands() []string {
	var list []string
	for _, a := range l.args {
		if a.flag == "" {
			list = append(list, a.value)
		}
	}
	return list
}

// has reports whether a flag was given. name must be the flag's first name.
func (l *commandLine) has(name string) bool {
	return slices.ContainsFunc(l.args, func(a argument) bool { return a.flag == name })
}

// sorted returns the command line in the one order that urfave/cli understands:
// the command, its flags, and its operands after `--`.
func (l *commandLine) sorted() []string {
	list := []string{program}
	if l.has("version") { // which is a flag of the program alone
		return append(list, "--version")
	}
	flags := generalFlags()
	if l.command != nil {
		list, flags = append(list, l.path...), l.command.Flags
	}
	for _, a := range l.args {
		f := findFlag(flags, a.flag)
		switch {
		case f == nil: // an operand
		case takesValue(f):
			list = append(list, "--"+a.flag+"="+a.value)
		default:
			list = append(list, "--"+a.flag)
		}
	}
	return slices.Concat(list, []string{"--"}, l.operands())
}

// sortArgs parses a command line as GNU getopt_long does: flags and operands in
// any order, -sHello, -nv, --flag=value and --flag value. `--` ends the flags;
// `-` is an operand. The first operand names the command. Before it, only the
// flags of the program are known, and those that a drop-in reads there. If the
// command has subcommands, the next operand names one of them. All that follows
// --exec belongs to --exec, and all that follows the name of a drop-in belongs to
// that.
func sortArgs(app *urfave.App, args []string) (*commandLine, error) {
	line, err := parse(app, app.Flags, args)
	if err != nil && line.command == nil {
		dropIn, dropInErr := parse(app, append(dropInFlags(), app.Flags...), args)
		if dropIn.sendmail != nil {
			return dropIn, dropInErr
		}
	}
	return line, err
}

// parse parses a command line. flags are those that may precede the command.
func parse(app *urfave.App, flags []urfave.Flag, args []string) (*commandLine, error) {
	p := &parser{app: app, flags: flags, rest: args}
	for len(p.rest) > 0 {
		if err := p.next(); err != nil {
			return &p.commandLine, err
		}
	}
	return &p.commandLine, nil
}

// A parser parses a command line from left to right.
type parser struct {
	commandLine
	app   *urfave.App
	flags []urfave.Flag // those of the command, or of the program before it
	rest  []string      // not parsed yet
	ended bool          // there was a --
}

// next parses the next argument, and its value if that is an argument too.
func (p *parser) next() error {
	arg := p.rest[0]
	p.rest = p.rest[1:]
	switch {
	case p.ended || arg == "-" || !strings.HasPrefix(arg, "-"):
		return p.operand(arg)
	case arg == "--":
		p.ended = true
		return nil
	case strings.HasPrefix(arg, "--"):
		return p.long(arg[2:])
	}
	return p.letters(arg[1:])
}

// operand adds an operand. The first one is the command, and the next one may be
// its subcommand.
func (p *parser) operand(arg string) error {
	choices := p.app.Commands
	if p.command != nil {
		choices = p.command.Subcommands
	}
	if len(choices) == 0 {
		p.args = append(p.args, argument{value: arg})
		return nil
	}
	command := findCommand(choices, arg)
	if command == nil {
		return unknownCommand(choices, p.path, arg)
	}
	p.command, p.path = command, append(p.path, arg)
	if p.command.Flags == nil {
		p.command.Flags = Flags(strings.Join(p.path, " "))
	}
	p.flags, p.ended = p.command.Flags, false
	p.help = slices.Equal(p.rest, []string{"help"})
	if isDropIn(strings.Join(p.path, " ")) {
		return p.dropIn(arg)
	}
	return nil
}

// findCommand returns the command that has this name, or nil.
func findCommand(commands []*urfave.Command, name string) *urfave.Command {
	i := slices.IndexFunc(commands, func(c *urfave.Command) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return commands[i]
}

// long parses a flag that begins with two dashes.
func (p *parser) long(arg string) error {
	name, value, given := strings.Cut(arg, "=")
	f := findFlag(p.flags, name)
	switch {
	case f == nil || len(name) == 1:
		return unknownFlag(p.app, p.flags, "--"+name)
	case name == "exec":
		if given {
			p.rest = slices.Concat([]string{value}, p.rest)
		}
		return p.execLine()
	case isOptional(f):
		return p.optional(f.(*optionalFlag), value, given)
	case given && !takesValue(f):
		return usage("--%s: takes no value", name)
	case given || !takesValue(f):
		p.add(f, value)
		return nil
	}
	return p.addWithNext(f, "--"+name)
}

// optional adds a flag whose value may be left out.
func (p *parser) optional(f *optionalFlag, value string, given bool) error {
	if given && value != f.word {
		return usage("--%s: the value must be %s, or left out", f.Name, f.word)
	}
	p.add(f, value)
	return nil
}

// letters parses a cluster like nv or sHello, without its dash.
func (p *parser) letters(cluster string) error {
	word, _, _ := strings.Cut(cluster, "=")
	if len(word) > 1 && (findFlag(p.flags, word) != nil || advice.ForeignFlag(word, flagNames(p.flags)) != "") {
		return unknownFlag(p.app, p.flags, "-"+word) // a long flag with one dash
	}
	for i, letter := range cluster {
		f := findFlag(p.flags, string(letter))
		if f == nil && i == 0 {
			return unknownFlag(p.app, p.flags, "-"+cluster)
		}
		if f == nil {
			return unknownFlag(p.app, p.flags, "-"+string(letter))
		}
		if !takesValue(f) {
			p.add(f, "")
			continue
		}
		if value := cluster[i+1:]; value != "" {
			p.add(f, value)
			return nil
		}
		return p.addWithNext(f, "-"+string(letter))
	}
	return nil
}

func (p *parser) add(f urfave.Flag, value string) {
	p.args = append(p.args, argument{f.Names()[0], value})
}

// addWithNext adds a flag whose value is the next argument.
func (p *parser) addWithNext(f urfave.Flag, typed string) error {
	if len(p.rest) == 0 {
		value, _ := splitUsage(f)
		return usage("%s: missing value (%s)", typed, value)
	}
	p.add(f, p.rest[0])
	p.rest = p.rest[1:]
	return nil
}

// execLine takes all that is left as the command line of --exec.
func (p *parser) execLine() error {
	if len(p.rest) > 0 && p.rest[0] == "--" {
		p.rest = p.rest[1:] // as for env(1) and timeout(1)
	}
	if len(p.rest) == 0 || p.rest[0] == "" {
		return usage("--exec: missing command")
	}
	p.args = append(p.args, argument{"exec", p.rest[0]})
	p.exec, p.rest = p.rest, nil
	return nil
}

// findFlag returns the flag that has this name, or nil.
func findFlag(flags []urfave.Flag, name string) urfave.Flag {
	for _, f := range flags {
		if hasName(f, name) {
			return f
		}
	}
	return nil
}

// hasName reports whether a flag has this name. The Names of urfave/cli would copy
// all names with a regular expression.
func hasName(f urfave.Flag, name string) bool {
	switch f := f.(type) {
	case *urfave.BoolFlag:
		return f.Name == name || slices.Contains(f.Aliases, name)
	case *urfave.StringFlag:
		return f.Name == name || slices.Contains(f.Aliases, name)
	case *optionalFlag:
		return f.Name == name
	case *urfave.StringSliceFlag:
		return f.Name == name || slices.Contains(f.Aliases, name)
	}
	return slices.Contains(f.Names(), name)
}

// isOptional reports whether the value of a flag may be left out.
func isOptional(f urfave.Flag) bool {
	_, ok := f.(*optionalFlag)
	return ok
}

// takesValue reports whether a flag has a value.
func takesValue(f urfave.Flag) bool {
	documented, ok := f.(urfave.DocGenerationFlag)
	return ok && documented.TakesValue()
}
