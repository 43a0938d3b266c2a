package cli

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	urfave "github.com/urfave/cli/v2"
)

// newApp returns the commands, which run as c and write their help to w.
func newApp(c *call, w io.Writer) *urfave.App {
	app := &urfave.App{
		Name:                      program,
		Usage:                     "send mail with attachments from scripts and pipelines",
		ArgsUsage:                 "[OPERAND...]",
		Version:                   version(),
		Commands:                  commands(c),
		Flags:                     generalFlags(),
		CustomAppHelpTemplate:     helpTemplate,
		DisableSliceFlagSeparator: true, // a comma may be part of an address
		Writer:                    w,
		Before:                    dropFlags,
		ExitErrHandler:            func(*urfave.Context, error) {}, // Run returns the error; it must not exit
		OnUsageError:              usageError,
		InvalidFlagAccessHandler: func(_ *urfave.Context, name string) {
			panic("unknown flag " + name)
		},
		Action: func(ctx *urfave.Context) error {
			urfave.ShowAppHelp(ctx)
			return &failure{code: exitUsage, err: errReported}
		},
	}
	setUp(app.Commands)
	app.Setup() // before the command has its flags, which it would format for the help
	return app
}

// setUp sets what all commands and their subcommands have in common.
func setUp(commands []*urfave.Command) {
	for _, command := range commands {
		command.HideHelpCommand = true // an operand may be called help
		command.OnUsageError = usageError
		if command.CustomHelpTemplate == "" {
			command.CustomHelpTemplate = helpTemplate
		}
		command.Before = dropFlags
		setUp(command.Subcommands)
	}
}

// dropFlags keeps urfave/cli from looking for actions of flags, of which there
// are none: it compares the names of all flags with each other by a regular
// expression, which takes a third of the time of a small send.
func dropFlags(ctx *urfave.Context) error {
	ctx.Command.Flags = nil
	return nil
}

// usageError keeps urfave/cli from printing the help to standard output.
func usageError(_ *urfave.Context, err error, _ bool) error { return err }

// commands returns all commands in the order of the help, without their flags:
// urfave/cli would format those of every command at each start. See Flags.
func commands(c *call) []*urfave.Command {
	return []*urfave.Command{
		{
			Name: "compose", ArgsUsage: "[FILE...]", Action: c.action(runCompose),
			Usage: "write a MIME message: the text from standard input, files attached",
		},
		{
			Name: "deliver", ArgsUsage: "[RECIPIENT...]", Action: c.action(runDeliver),
			Usage: "send the MIME message on standard input to an SMTP server",
		},
		{
			Name: "send", ArgsUsage: "[FILE...]", Action: c.action(runSend),
			Usage: "compose and deliver in one process",
		},
		{
			Name: "detect", ArgsUsage: "[FILE...]", Action: c.action(runDetect),
			Usage: "print the type, charset and transfer encoding of files",
		},
		{
			Name: "inspect", ArgsUsage: "[FILE...]", Action: c.action(runInspect),
			Usage: "print what is in a mail, and what is wrong with it",
		},
		{
			Name: "queue", Action: c.action(showSubcommands), Subcommands: queueCommands(c),
			Usage: "list, send and change the messages in a spool",
		},
		{
			Name: "sendmail", ArgsUsage: "[RECIPIENT...]", Action: c.action(runSendmail),
			Usage:              "act as sendmail(8): send a message as cron and other programs write it",
			CustomHelpTemplate: sendmailHelp,
		},
		{
			Name: "mailx", ArgsUsage: "[RECIPIENT...]", Action: c.action(runMailx),
			Usage:              "act as mail(1): send the text on standard input",
			CustomHelpTemplate: mailxHelp,
		},
		{
			Name: "sink", ArgsUsage: "[DIR|eml:DIR]", Action: c.action(runSink),
			Usage: "run an SMTP server on loopback for trying things out",
		},
		{
			Name: "config", Action: c.action(runConfig),
			Usage: "print the settings in force, or an account for a mail address",
		},
		{
			Name: "completion", ArgsUsage: "bash|zsh|fish", Action: c.action(runCompletion),
			Usage: "print a script that completes command lines in a shell",
		},
		{
			Name: "help", ArgsUsage: "[COMMAND|examples]", Action: showHelp,
			Usage: "print the help of mailpipe or of a command, or examples",
		},
		{
			Name: "version", Action: showVersion,
			Usage: "print the version",
		},
	}
}

// Commands returns the names of all commands. That of a subcommand follows that of
// its command and a space.
func Commands() []string {
	var names []string
	for _, c := range commands(&call{}) {
		names = append(names, c.Name)
		for _, sub := range c.Subcommands {
			names = append(names, c.Name+" "+sub.Name)
		}
	}
	return names
}

// action returns what urfave/cli runs for a command.
func (c *call) action(run func(*call) error) urfave.ActionFunc {
	return func(flags *urfave.Context) error {
		c.flags = flags
		flags.App.Flags = nil // else IsSet compares the name with these, as dropFlags says
		// SIGPIPE stays ignored here, but a child must not inherit that.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
		return run(c)
	}
}
