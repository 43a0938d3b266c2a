package cli

import (
	"io"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/completion"
	"mailpipe/internal/termtext"
)

// runCompletion prints a script that completes command lines in a shell.
func runCompletion(c *call) error {
	shells := c.line.operands()
	const hint = "use bash, zsh or fish"
	if len(shells) == 0 {
		return usage("missing shell").withHint(hint)
	}
	if len(shells) > 1 {
		return usage("completion takes one shell, not %d", len(shells)).withHint(hint)
	}
	var script string
	switch shells[0] {
	case "bash":
		script = completion.Bash(completions())
	case "zsh":
		script = completion.Zsh(completions())
	case "fish":
		script = completion.Fish(completions())
	default:
		return usage("unknown shell %s", termtext.Line(shells[0])).withHint(hint)
	}
	_, err := io.WriteString(c.out, script)
	return err
}

// completions returns all commands as the scripts of completion see them.
func completions() []completion.Command {
	commands := commands(&call{})
	flags := completionFlags(generalFlags())
	for _, f := range completionFlags(dropInFlags()) {
		f.Hidden = true // a drop-in has them before its name
		flags = append(flags, f)
	}
	all := []completion.Command{{
		Programs: []string{program},
		Flags:    flags,
		Operand:  completion.Value{Name: "COMMAND", Offers: commandNames(commands)},
	}}
	return appendCommands(all, "", commands)
}

// appendCommands appends commands and their subcommands.
func appendCommands(all []completion.Command, parent string, commands []*urfave.Command) []completion.Command {
	for _, c := range commands {
		name := parent + c.Name
		done := completion.Command{Name: name, Usage: c.Usage}
		switch {
		case isDropIn(name):
			done.Programs = callersOf(name)
			done.Flags = letterFlags(c.CustomHelpTemplate)
		default:
			done.Flags = completionFlags(Flags(name))
		}
		done.Operand = operandValue(c.ArgsUsage)
		if len(c.Subcommands) > 0 {
			done.Operand = completion.Value{Name: "COMMAND", Offers: commandNames(c.Subcommands)}
		}
		all = appendCommands(append(all, done), name+" ", c.Subcommands)
	}
	return all
}

// callersOf returns the names of the program that select a drop-in.
func callersOf(command string) []string {
	var names []string
	for _, n := range dropInNames {
		if n.arguments[0] == command {
			names = append(names, n.name)
		}
	}
	return names
}

func commandNames(commands []*urfave.Command) []string {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	return names
}

// completionFlags returns flags as the scripts of completion see them.
func completionFlags(flags []urfave.Flag) []completion.Flag {
	var all []completion.Flag
	for _, f := range flags {
		value, usage := splitUsage(f)
		done := completion.Flag{Usage: usage}
		for _, name := range f.Names() {
			done.Names = append(done.Names, dashed(name))
		}
		switch f := f.(type) {
		case *optionalFlag:
			done.Value = completion.Value{Name: value, Offers: []string{f.word}, Optional: true}
		case *urfave.StringFlag:
			done.Value = completionValue(value)
		case *urfave.StringSliceFlag:
			done.Value = completionValue(value)
			done.Value.Repeats = true
		}
		all = append(all, done)
	}
	return all
}

// helpColumn is where the help of a drop-in says what a flag does.
const helpColumn = 15

// letterFlags returns the flags that the help of a drop-in describes.
func letterFlags(help string) []completion.Flag {
	var all []completion.Flag
	lines := strings.Split(help, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "   -") {
			continue
		}
		f := completion.Flag{Usage: strings.TrimSpace(lines[i+1])}
		if !strings.HasPrefix(lines[i+1], strings.Repeat(" ", helpColumn)) {
			line, f.Usage = line[:helpColumn], line[helpColumn:]
		}
		words := strings.Fields(line)
		for len(words) > 0 && words[0][0] == '-' {
			f.Names = append(f.Names, strings.TrimSuffix(words[0], ","))
			words = words[1:]
		}
		if len(words) > 0 {
			f.Value = completionValue(strings.Join(words, " "))
			f.Value.Repeats = slices.Contains(repeated, f.Names[0])
		}
		same := func(other completion.Flag) bool { return slices.Equal(other.Names, f.Names) }
		if i := slices.IndexFunc(all, same); i >= 0 { // -a has two kinds of values
			all[i].Value.Offers = append(all[i].Value.Offers, f.Value.Offers...)
			continue
		}
		all = append(all, f)
	}
	return all
}

// repeated are the flags of mailx that may be given more than once.
var repeated = []string{"-a", "-A", "-b", "-c", "-S"}

// operandValue returns the operands of a command, such as [FILE...].
func operandValue(usage string) completion.Value {
	name, repeats := strings.CutSuffix(strings.Trim(usage, "[]"), "...")
	value := completionValue(name)
	value.Repeats = repeats
	return value
}

// completionValue returns a value that has this name in the table of flags.
func completionValue(name string) completion.Value {
	if name == "" {
		return completion.Value{}
	}
	words, _ := offers(name) // a test asserts that each kind is known
	return completion.Value{Name: name, Offers: words}
}
