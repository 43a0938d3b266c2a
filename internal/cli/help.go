package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	urfave "github.com/urfave/cli/v2"
)

// helpTemplate is the help of the program and of each command. The flags are
// in the order of their table; a heading precedes each group of them.
const helpTemplate = `NAME:
   {{.HelpName}} - {{.Usage}}

USAGE:
   {{.HelpName}} {{if .VisibleCommands}}COMMAND {{end}}[FLAG...]{{if .ArgsUsage}} {{.ArgsUsage}}{{end}}
{{if .VisibleCommands}}
COMMANDS:{{range .VisibleCommands}}
   {{.Name}}{{"\t"}}{{.Usage}}{{end}}
{{end}}{{$group := ""}}{{range .VisibleFlags}}{{if ne .GetCategory $group}}{{$group = .GetCategory}}
{{$group}}:
{{end}}   {{.}}
{{end}}`

// urfave/cli takes these from variables of its package.
func init() {
	urfave.HelpFlag = outputGroup.toggle("help h", "print this help")
	urfave.VersionFlag = outputGroup.toggle("version", "print the version")
	urfave.VersionPrinter = func(ctx *urfave.Context) {
		fmt.Fprintln(ctx.App.Writer, ctx.App.Name, ctx.App.Version)
	}
	urfave.SuggestDidYouMeanTemplate = "%s" // the name alone
	urfave.FlagStringer = func(f urfave.Flag) string {
		value, usage := splitUsage(f)
		return synopsis(f.Names(), value) + "\t" + usage
	}
}

// synopsis returns how a flag is typed: its letters, its long names, its value.
func synopsis(names []string, value string) string {
	var letters, long []string
	for _, name := range names {
		if len(name) == 1 {
			letters = append(letters, "-"+name)
		} else {
			long = append(long, "--"+name)
		}
	}
	line := strings.Join(append(letters, long...), ", ")
	if len(letters) == 0 {
		line = "    " + line
	}
	if value != "" && value[0] != '[' { // the value of an optional flag begins with [=
		line += " "
	}
	return line + value
}

// splitUsage returns the name of a flag's value, or "", and what the flag does.
func splitUsage(f urfave.Flag) (value, usage string) {
	documented, ok := f.(urfave.DocGenerationFlag)
	if !ok {
		return "", ""
	}
	usage = documented.GetUsage()
	if rest, quoted := strings.CutPrefix(usage, "`"); quoted {
		value, usage, _ = strings.Cut(rest, "` ")
	}
	return value, usage
}

// showVersion prints the version.
func showVersion(ctx *urfave.Context) error {
	if ctx.Args().Present() {
		return usage("version takes no operands")
	}
	urfave.ShowVersion(ctx)
	return nil
}

// showHelp prints the help of the program or of the command that is named, or the
// examples.
func showHelp(ctx *urfave.Context) error {
	root := ctx.Lineage()[1]
	switch {
	case ctx.NArg() == 0:
		return urfave.ShowAppHelp(root)
	case ctx.NArg() == 1 && ctx.Args().First() == "examples":
		_, err := io.WriteString(root.App.Writer, examples())
		return err
	}
	choices := root.App.Commands
	var command *urfave.Command
	var path []string
	for _, name := range ctx.Args().Slice() {
		if command != nil && len(choices) == 0 {
			return usage("help takes one command, not %d", ctx.NArg())
		}
		command = findCommand(choices, name)
		if command == nil {
			return unknownCommand(choices, path, name)
		}
		choices, path = command.Subcommands, append(path, name)
	}
	name := strings.Join(path, " ")
	command.Flags, command.HelpName = Flags(name), program+" "+name
	urfave.HelpPrinter(root.App.Writer, command.CustomHelpTemplate, command)
	return nil
}

// showSubcommands prints the help of a command for which no subcommand was named.
func showSubcommands(c *call) error {
	command := c.line.command
	command.Flags = Flags(c.name) // see dropFlags
	urfave.HelpPrinter(c.flags.App.Writer, helpTemplate, command)
	return &failure{code: exitUsage, err: errReported}
}

// asksForHelp reports whether only the word help follows the command, and is not the
// name of a file. A program that calls sendmail does not ask.
func (c *call) asksForHelp() bool {
	if c.line == nil || !c.line.help || !strings.HasPrefix(c.title, program) {
		return false
	}
	_, err := os.Lstat("help")
	return err != nil
}
