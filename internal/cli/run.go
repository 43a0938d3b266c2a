// Package cli implements the command line: commands, flags, messages and exit
// codes. No other package imports compose, detect and wire together.
package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
	"mailpipe/internal/progress"
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

// OS returns the environment of the process. It removes the login from it, so that no
// child process can see it.
func OS() *Env {
	login := map[string]string{}
	for _, name := range config.LoginVariables() {
		if value, set := os.LookupEnv(name); set {
			login[name] = value
			os.Unsetenv(name)
		}
	}
	return &Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: func(name string) string {
			if value, set := login[name]; set {
				return value
			}
			return cmp.Or(os.Getenv(name), onWindows(name))
		},
	}
}

// onWindows returns the value of the variable that Windows has in place of one of
// Unix.
func onWindows(name string) string {
	switch {
	case runtime.GOOS != "windows":
	case name == "HOME":
		return os.Getenv("USERPROFILE")
	case name == "XDG_CONFIG_HOME":
		return os.Getenv("APPDATA")
	}
	return ""
}

// A call is one run of a command.
type call struct {
	*Env
	name  string // of the command
	title string // what its messages begin with
	flags *urfave.Context
	line  *commandLine
	out   stdio.Output
	// progress is standard error. Messages are written to it.
	progress *progress.Line
	mail     *deliveryRequest // what --log describes; nil: no mail

	// What was read before; nil: nothing. A session of sendmail -bs uses them for all
	// its mails.
	loaded *config.Config
	system *mailHost
}

// Run runs a command line and returns its exit status.
func Run(args []string, env *Env) int {
	// A broken pipe is an error of Write. It does not end the process.
	signal.Ignore(syscall.SIGPIPE)
	stdio.EnableEscapes(env.Stderr)
	if len(args) == 0 {
		args = []string{program}
	}
	c := &call{
		Env: env, title: program, out: stdio.Output{File: env.Stdout}, progress: progress.New(env.Stderr),
	}
	err := protect(func() error { return c.run(args) })
	c.progress.Stop()
	if err != nil {
		c.explain(err)
	}
	c.log(err)
	return exitCode(err)
}

// run runs a command line. args[0] is the name of the program, which may select a
// command.
func (c *call) run(args []string) (err error) {
	name, args := baseName(args[0]), args[1:]
	selected := calledAs(name)
	if selected != nil {
		c.title = name
	}
	if err := checkIDs(); err != nil {
		return err
	}
	var help bytes.Buffer
	app := newApp(c, &help)
	c.line, err = sortArgs(app, append(selected, args...))
	c.name = strings.Join(c.line.path, " ")
	if selected == nil && c.name != "" {
		c.title = program + ": " + c.name
	}
	if err != nil {
		return err
	}
	err = app.Run(c.line.sorted())
	if err != nil {
		c.Stderr.Write(help.Bytes())
		return err
	}
	if help.Len() > 0 {
		_, err = c.out.Write(help.Bytes())
	}
	return err
}

// note prints a note on standard error, unless --quiet is given.
func (c *call) note(format string, args ...any) {
	if c.flags.Bool("quiet") {
		return
	}
	text := fmt.Sprintf(c.title+": "+format, args...)
	fmt.Fprintln(c.progress, termtext.Escape(text))
}
