package completion

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed completion.bash
var bash string

// Bash returns the script for bash.
func Bash(commands []Command) string {
	var b strings.Builder
	b.WriteString("_mailpipe_path() {\n\tcase $1 in\n")
	for _, c := range commands {
		if c.Name != "" && c.Programs != nil {
			fmt.Fprintf(&b, "\t%s) path='%s' ;;\n", strings.Join(c.Programs, " | "), c.Name)
		}
	}
	b.WriteString("\tesac\n}\n\n_mailpipe_table() {\n\tcase $1 in\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "\t'%s') table='\n%s' ;;\n", c.Name, table(c))
	}
	b.WriteString("\t*) return 1 ;;\n\tesac\n}\n")
	return insert(bash, b.String()) + "complete -o nospace -F _mailpipe " + strings.Join(programs(commands), " ") + "\n"
}

// table returns a line for each flag of a command, and one for its operands: names,
// marks and offers.
func table(c Command) string {
	var b strings.Builder
	for _, f := range append(c.Flags, Flag{Names: []string{"."}, Value: c.Operand}) {
		marks := "-"
		switch {
		case f.Value.Optional:
			marks += "%"
		case f.Value.Name != "":
			marks += "="
		}
		if f.Value.Repeats {
			marks += "+"
		}
		if f.Hidden {
			marks += "!"
		}
		line := fmt.Sprintf(",%s, %s %s", strings.Join(f.Names, ","), marks, strings.Join(f.Value.Offers, " "))
		b.WriteString(strings.TrimSuffix(line, " ") + "\n")
	}
	return b.String()
}
