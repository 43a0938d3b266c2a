// Package cli is the command line: flags, errors, exit codes. It alone knows
// compose, detect and wire.
package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
	"mailpipe/internal/spelling"
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

// call is one run of a command.
type call struct {
	*Env
	name   string
	flags  *urfave.Context
	sorted sorted
	out    output
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

// run finds the command and runs it. It returns the command's name for messages.
func run(args []string, env *Env) (name string, err error) {
	cmd, rest, err := findCommand(args)
	if err != nil {
		return "", err
	}
	c := &call{Env: env, name: cmd.Name, out: output{env.Stdout}}
	if c.sorted, err = sortArgs(Flags(c.name), rest); err != nil {
		return c.name, err
	}
	switch {
	case c.sorted.has("version"):
		_, err = io.WriteString(c.out, program+" "+version()+"\n")
	case c.sorted.has("help"):
		_, err = io.WriteString(c.out, helpText(cmd))
	case cmd.run == nil:
		env.Stderr.WriteString(helpText(cmd))
		err = &failure{code: exitUsage, err: errTold}
	default:
		// Still ignored, but for children, who must not inherit that. It starts a
		// thread, which the help can do without.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
		err = app(c, func(flags *urfave.Context) error {
			c.flags = flags
			return cmd.run(c)
		}).Run(append([]string{program}, c.sorted.flags()...))
	}
	return c.name, err
}

// errTold needs no words: what it is about was said already.
var errTold = errors.New("told")

// findCommand finds the first operand, which names the command; without one it
// is the zero Command. Flags before it can only be those that all commands have.
func findCommand(args []string) (cmd Command, rest []string, err error) {
	for i, arg := range args {
		if arg == "--" { // it ends the flags of the program: the command has its own
			if args = slices.Concat(args[:i], args[i+1:]); i == len(args) {
				break
			}
			arg = args[i]
		} else if len(arg) > 1 && arg[0] == '-' {
			continue
		}
		var names []string
		for _, c := range Commands() {
			if c.Name == arg {
				return c, append(args[:i:i], args[i+1:]...), nil
			}
			names = append(names, c.Name)
		}
		fail := usage("no command %s", termtext.Line(arg))
		fail.hint = "the commands are " + strings.Join(names, ", ")
		near := spelling.Word(arg, names)
		if len(arg) > 1 && find(Common(), arg) != nil { // as in many programs: mailpipe help
			near = dashed(arg)
		}
		if near != "" {
			fail.hint = "did you mean " + program + " " + near + "?"
		}
		if _, err := sortArgs(Common(), args[:i]); err != nil {
			return cmd, nil, err
		}
		return cmd, nil, fail
	}
	return cmd, args, nil
}

// app makes the library's picture of a command. Operands never reach it: it
// would take one that is called help for a command. Nor do flags that were not
// given: it compares each with all others by a regular expression.
func app(c *call, action urfave.ActionFunc) *urfave.App {
	a := &urfave.App{
		Name:                      program,
		HideHelp:                  true, // helpText
		HideVersion:               true,
		DisableSliceFlagSeparator: true, // "Doe, J." is one
		ExitErrHandler:            func(*urfave.Context, error) {},
		OnUsageError:              func(_ *urfave.Context, err error, _ bool) error { return err },
		InvalidFlagAccessHandler:  c.sorted.mayHave,
		Action:                    action,
	}
	for _, f := range c.sorted.table {
		if c.sorted.has(f.Name) {
			a.Flags = append(a.Flags, f.urfave())
		}
	}
	return a
}

// version is what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// explain writes what failed and what to do.
func explain(env *Env, name string, err error) {
	if errors.Is(err, errTold) || silent(err) {
		return
	}
	where := program
	if name != "" {
		where += ": " + name
	}
	var b strings.Builder
	for i, line := range words(err) {
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

// reason is what the system said about a file, without the call that said it.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return reason(path.Err)
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call.Err.Error()
	}
	return err.Error()
}
