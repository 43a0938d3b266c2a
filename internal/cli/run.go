// Package cli implements the command line: commands, flags, messages and exit
// codes. No other package imports compose, detect and wire together.
package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// program is the name in messages.
const program = "mailpipe"

// An Env is the environment of a command.
type Env struct {
	Stdin, Stdout, Stderr *os.File
	Getenv                func(string) string
}

// OS returns the environment of the process. It removes the password from it,
// so that no child process can see it.
func OS() *Env {
	password, set := os.LookupEnv(config.PasswordVariable)
	if set {
		os.Unsetenv(config.PasswordVariable)
	}
	return &Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: func(name string) string {
			if name == config.PasswordVariable {
				return password
			}
			return os.Getenv(name)
		},
	}
}

// A call is one run of a command.
type call struct {
	*Env
	name  string
	flags *urfave.Context
	line  *commandLine
	out   stdio.Output
}

// Run runs a command line and returns its exit status.
func Run(args []string, env *Env) int {
	// A broken pipe is an error of Write. It does not end the process.
	signal.Ignore(syscall.SIGPIPE)
	name := ""
	err := protect(func() (err error) {
		name, err = run(args[min(1, len(args)):], env)
		return err
	})
	if err != nil {
		explain(env.Stderr, name, err)
	}
	return exitCode(err)
}

// run runs a command line. It returns the command's name for messages.
func run(args []string, env *Env) (name string, err error) {
	var help bytes.Buffer
	c := &call{Env: env, out: stdio.Output{File: env.Stdout}}
	app := newApp(c, &help)
	c.line, err = sortArgs(app, args)
	c.name = strings.Join(c.line.path, " ")
	if err != nil {
		return c.name, err
	}
	err = app.Run(c.line.sorted())
	if err != nil {
		env.Stderr.Write(help.Bytes())
		return c.name, err
	}
	if help.Len() > 0 {
		_, err = c.out.Write(help.Bytes())
	}
	return c.name, err
}

// note prints a note on standard error, unless --quiet is given.
func (c *call) note(format string, args ...any) {
	if c.flags.Bool("quiet") {
		return
	}
	text := fmt.Sprintf(program+": "+c.name+": "+format, args...)
	fmt.Fprintln(c.Stderr, termtext.Escape(text))
}
