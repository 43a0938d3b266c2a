// Package cli is the command line: flags, errors, exit codes. It alone knows
// compose, detect and wire.
package cli

import (
	"bytes"
	"errors"
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

// Env is what a command may touch of the world.
type Env struct {
	Stdin, Stdout, Stderr *os.File
	Getenv                func(string) string
}

// OS returns the real one. The password leaves the environment here, so that
// no child can see it.
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
	// A broken pipe is an error of the write, not the end of the program.
	signal.Ignore(syscall.SIGPIPE)
	name := ""
	err := protect(func() (err error) {
		name, err = run(args[min(1, len(args)):], env)
		return err
	})
	if err != nil {
		explain(env, name, err)
	}
	return exitCode(err)
}

// run runs a command line. It returns the command's name for messages.
func run(args []string, env *Env) (name string, err error) {
	var help bytes.Buffer
	c := &call{Env: env, out: stdio.Output{File: env.Stdout}}
	app := newApp(c, &help)
	c.line, err = sortArgs(app, args)
	if c.line.command != nil {
		c.name = c.line.command.Name
	}
	if err != nil {
		return c.name, err
	}
	if c.name != "help" {
		dropOtherFlags(app, c.line.command)
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

// errTold needs no words: what it is about was said already.
var errTold = errors.New("told")

// explain writes what failed and what to do.
func explain(env *Env, name string, err error) {
	if errors.Is(err, errTold) || stdio.ReaderGone(err) {
		return
	}
	where := program
	if name != "" {
		where += ": " + name
	}
	var b strings.Builder
	for i, line := range messageLines(err) {
		if i == 0 {
			line = where + ": " + line
		}
		b.WriteString(termtext.Text(line) + "\n") // whatever a path or a server put into it
	}
	if h := hint(err); h != "" {
		b.WriteString("hint: " + termtext.Text(h) + "\n")
	}
	env.Stderr.WriteString(b.String()) // nobody listens: the status tells
}

// note tells what a person may want to know, unless --quiet.
func (c *call) note(format string, args ...any) {
	if !c.flags.Bool("quiet") {
		fmt.Fprintln(c.Stderr, termtext.Text(fmt.Sprintf(program+": "+c.name+": "+format, args...)))
	}
}
