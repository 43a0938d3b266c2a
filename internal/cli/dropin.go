package cli

import (
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/fileowner"
)

// A drop-in is a command with the flags of another program. It is also selected by
// the name under which mailpipe is called.

// isDropIn reports whether a command is a drop-in.
func isDropIn(command string) bool { return command == "sendmail" || command == "mailx" }

// dropInNames are the names of the program that select a drop-in, and the arguments that
// each stands for.
var dropInNames = []struct {
	name      string
	arguments []string
}{
	{"sendmail", []string{"sendmail"}},
	{"mailq", []string{"sendmail", "-bp"}},
	{"newaliases", []string{"sendmail", "-bi"}},
	{"mail", []string{"mailx"}},
	{"Mail", []string{"mailx"}},
	{"mailx", []string{"mailx"}},
}

// calledAs returns the arguments that a name of the program stands for: those of the
// drop-in that it selects, or nil.
func calledAs(name string) []string {
	for _, n := range dropInNames {
		if n.name == name {
			return slices.Clone(n.arguments)
		}
	}
	return nil
}

// baseName returns the last element of argv[0], cut at its first dot.
func baseName(argv0 string) string {
	name, _, _ := strings.Cut(filepath.Base(argv0), ".")
	return name
}

// checkIDs returns an error if the program is setuid or setgid. Its flags and its
// environment would then belong to a stranger.
func checkIDs() error {
	if os.Getuid() == os.Geteuid() && os.Getgid() == os.Getegid() {
		return nil
	}
	return fail(exitNotAllowed, "must not be setuid or setgid").withHint("chmod ug-s the program")
}

// dropInFlags returns the flags of mailpipe that a drop-in has. They are read only
// before its name, because programs on the web let strangers add arguments.
func dropInFlags() []urfave.Flag {
	all := deliverFlags()
	var flags []urfave.Flag
	for _, name := range []string{"account", "config", "server", "spool", "report", "trace", "chart", "log"} {
		flags = append(flags, findFlag(all, name))
	}
	return flags
}

// dropIn reads the arguments of a drop-in: all that follow its name.
func (p *parser) dropIn(command string) error {
	rest := p.rest
	p.rest = nil
	p.commandLine.sendmail = new(sendmailArgs)
	if slices.Equal(rest, []string{"--help"}) || slices.Equal(rest, []string{"--version"}) {
		p.set(rest[0][2:], "")
	}
	if p.has("help") || p.has("version") {
		return nil
	}
	if command == "mailx" {
		return p.mailx(rest)
	}
	return p.sendmail(rest)
}

// set adds a flag as if the command line had it.
func (p *parser) set(flag, value string) { p.args = append(p.args, argument{flag, value}) }

// checkValue returns an error for the value of a flag that has a control character or
// is not UTF-8.
func checkValue(flag, value string) error {
	if strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value) {
		return usage("%s: control character or invalid UTF-8", flag)
	}
	return nil
}

// Letters returns the flags that a drop-in has after its name: letters and long names.
func Letters(command string) []string {
	switch command {
	case "sendmail":
		return slices.Collect(maps.Keys(sendmailTable))
	case "mailx":
		return slices.Collect(maps.Keys(mailxTable))
	}
	return nil
}

// useOwnHome sets the home directory to that of the user, unless $HOME belongs to
// that user: cron runs jobs with its own.
func (c *call) useOwnHome() {
	home := c.Getenv("HOME")
	info, err := os.Stat(home)
	if err == nil {
		if owner, _, ok := fileowner.Of(info); !ok || owner == os.Getuid() {
			return
		}
	}
	u, err := user.LookupId(strconv.Itoa(os.Getuid()))
	if err != nil {
		return
	}
	getenv := c.Getenv
	env := *c.Env
	env.Getenv = func(name string) string {
		if name == "HOME" {
			return u.HomeDir
		}
		return getenv(name)
	}
	c.Env = &env
}
