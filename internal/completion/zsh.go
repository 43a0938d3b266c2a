package completion

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed completion.zsh
var zsh string

// Zsh returns the script for zsh. It is for a file _mailpipe in a directory of $fpath,
// or to be sourced after compinit.
func Zsh(commands []Command) string {
	var functions, cases strings.Builder
	for _, c := range commands {
		name := "_mailpipe_of_" + strings.ReplaceAll(c.Name, " ", "_")
		fmt.Fprintf(&functions, "%s() {\n%s}\n\n", name, zshBody(name, c, subcommands(commands, c.Name)))
		if len(c.Programs) > 0 {
			fmt.Fprintf(&cases, "\t%s) %s ;;\n", strings.Join(c.Programs, " | "), name)
		}
	}
	names := programs(commands)
	return "#compdef -p (" + strings.Join(names, "|") + ")\n" + // with -p before a function of zsh for these
		zsh + functions.String() +
		"_mailpipe() {\n\t_compskip=all\n\tcase $service in\n" + cases.String() + "\tesac\n}\n\n" +
		"if [[ ${funcstack[1]-} == _mailpipe ]]; then\n\t_mailpipe \"$@\"\n" +
		"else\n\tcompdef _mailpipe " + strings.Join(names, " ") + "\nfi\n"
}

// zshBody returns the body of the function that completes the arguments of a command.
func zshBody(name string, c Command, sub []Command) string {
	var b strings.Builder
	arguments, end := "\t_arguments -s -S :", "\n"
	switch {
	case len(sub) > 0:
		b.WriteString("\tlocal curcontext=$curcontext context state state_descr line\n\tlocal -A opt_args\n")
		b.WriteString("\tlocal -a choices=(\n")
		for _, s := range sub {
			fmt.Fprintf(&b, "\t\t%s\n", quoteZsh(lastWord(s.Name)+":"+s.Usage))
		}
		b.WriteString("\t)\n")
		arguments = "\t_arguments -s -S -C -A '-*' :" // flags after the command are those of the command
		end = " && return\n\t_mailpipe_choose " + name + "\n"
	case len(c.Programs) > 0:
		arguments = "\t_arguments :" // sendmail -bm is not a cluster
	}
	b.WriteString(arguments)
	for _, spec := range zshSpecs(c, len(sub) > 0) {
		b.WriteString(" \\\n\t\t" + quoteZsh(spec))
	}
	return b.String() + end
}

// zshSpecs returns the arguments of a command in the form of _arguments.
func zshSpecs(c Command, hasSubcommands bool) []string {
	var specs []string
	for _, f := range c.Flags {
		start := "(" + strings.Join(f.Names, " ") + ")"
		switch {
		case f.Hidden:
			start = "!"
		case f.Value.Repeats:
			start = "*"
		}
		for _, name := range f.Names {
			specs = append(specs, start+name+zshValue(name, f))
		}
	}
	value := ":" + zshEscape(c.Operand.Name) + ":" + zshAction(c.Operand)
	switch {
	case hasSubcommands:
		return append(specs, "1:command:->command", "*::argument:->argument")
	case c.Operand.Repeats:
		return append(specs, "*"+value)
	case c.Operand.Name != "":
		specs = append(specs, "1"+value)
	}
	return append(specs, "*: : ") // nothing is offered, not even flags
}

// zshValue returns what follows the name of a flag.
func zshValue(name string, f Flag) string {
	usage := "[" + zshEscape(f.Usage) + "]"
	join := "="
	if len(name) == 2 {
		join = "+"
	}
	value := ":" + zshEscape(f.Value.Name) + ":" + zshAction(f.Value)
	switch {
	case f.Value.Name == "":
		return usage
	case f.Value.Optional:
		return "=-" + usage + ":" + value
	case slices.Contains(f.Value.Offers, "@exec"):
		return join + usage + ":*::" + value // the command line of another program
	}
	return join + usage + value
}

// zshAction returns the command that offers a value. The space before it keeps
// _arguments from adding arguments of its own.
func zshAction(v Value) string {
	if len(v.Offers) == 0 {
		return " "
	}
	return zshEscape(" _mailpipe_value " + strings.Join(v.Offers, " "))
}

// zshEscape returns text as a part of an argument of _arguments.
func zshEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `:`, `\:`, `[`, `\[`, `]`, `\]`).Replace(text)
}

func quoteZsh(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
