package completion

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed completion.fish
var fish string

// Fish returns the script for fish.
func Fish(commands []Command) string {
	var b strings.Builder
	b.WriteString("function __mailpipe_switches\n\tswitch $argv[1]\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "\t\tcase %s\n\t\t\tprintf '%%s\\n' %s\n", quoteFish(c.Name), strings.Join(switches(c), " "))
	}
	b.WriteString("\t\tcase '*'\n\t\t\treturn 1\n\tend\nend\n\n")
	b.WriteString("function __mailpipe_program\n\tswitch $argv[1]\n")
	for _, c := range commands {
		if c.Name != "" && len(c.Programs) > 0 {
			fmt.Fprintf(&b, "\t\tcase %s\n\t\t\techo %s\n", strings.Join(c.Programs, " "), c.Name)
		}
	}
	b.WriteString("\tend\nend\n\n")
	for _, name := range programs(commands) {
		fmt.Fprintf(&b, "complete -c %s -f\n", name)
	}
	b.WriteString("complete -c mailpipe -n '__mailpipe_at --exec' -F\n")
	b.WriteString("complete -c mailpipe -n '__mailpipe_at \"--exec --\"' -a '(__mailpipe_value @exec | string split0)'\n")
	for _, c := range commands {
		names := "-c mailpipe"
		for _, name := range c.Programs {
			if c.Name != "" {
				names += " -c " + name
			}
		}
		fishCommand(&b, names, c, subcommands(commands, c.Name))
	}
	return insert(fish, b.String())
}

// fishCommand writes the lines of a command.
func fishCommand(b *strings.Builder, programs string, c Command, sub []Command) {
	at := quoteFish("__mailpipe_at " + quoteFish(c.Name))
	for _, s := range sub {
		fmt.Fprintf(b, "complete %s -n %s -a %s -d %s\n", programs, at, lastWord(s.Name), quoteFish(s.Usage))
	}
	if len(sub) == 0 && c.Operand.Name != "" {
		condition := at + " -n __mailpipe_operand"
		if !c.Operand.Repeats {
			condition += " -n 'not contains . $__mailpipe_given'"
		}
		fmt.Fprintf(b, "complete %s -n %s%s\n", programs, condition, fishOffers(c.Operand))
	}
	for _, f := range c.Flags {
		if !f.Hidden {
			fishFlag(b, programs, at, f)
		}
	}
}

// fishFlag writes the line of a flag. at is the condition under which its command is
// completed.
func fishFlag(b *strings.Builder, programs, at string, f Flag) {
	fmt.Fprintf(b, "complete %s -n %s", programs, at)
	if !f.Value.Repeats {
		fmt.Fprintf(b, " -n 'not contains -- %s $__mailpipe_given'",
			strings.Join(f.Names, " $__mailpipe_given; and not contains -- "))
	}
	for _, name := range f.Names {
		switch {
		case strings.HasPrefix(name, "--"):
			fmt.Fprintf(b, " -l %s", name[2:])
		case len(name) == 2:
			fmt.Fprintf(b, " -s %s", name[1:])
		default:
			fmt.Fprintf(b, " -o %s", name[1:])
		}
	}
	switch {
	case f.Value.Optional:
		b.WriteString(" -f")
	case f.Value.Name == "":
	case slices.Contains(f.Value.Offers, "@file"):
		b.WriteString(" -r")
	default:
		b.WriteString(" -x")
	}
	fmt.Fprintf(b, "%s -d %s\n", fishOffers(f.Value), quoteFish(f.Usage))
}

// fishOffers returns the arguments of complete for a value.
func fishOffers(v Value) string {
	line := ""
	if slices.Contains(v.Offers, "@file") {
		line += " -F"
	}
	if len(v.Offers) > 0 {
		line += " -a " + quoteFish("(__mailpipe_value "+strings.Join(v.Offers, " ")+" | string split0)")
	}
	return line
}

// switches returns the names of the flags of a command that need no value.
func switches(c Command) []string {
	var names []string
	for _, f := range c.Flags {
		if f.Value.Name == "" || f.Value.Optional {
			names = append(names, f.Names...)
		}
	}
	return names
}

func quoteFish(word string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(word) + "'"
}
