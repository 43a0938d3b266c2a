package cli

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	urfave "github.com/urfave/cli/v2"
)

// A drop-in is a command with the flags of another program. It is also selected by
// the name under which mailpipe is called.

// calledAs returns the arguments that a name of the program stands for: those of the
// drop-in that it selects, or nil.
func calledAs(name string) []string {
	switch name {
	case "sendmail":
		return []string{"sendmail"}
	case "mailq":
		return []string{"sendmail", "-bp"}
	case "newaliases":
		return []string{"sendmail", "-bi"}
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

// useOwnHome sets the home directory to that of the user, unless $HOME belongs to
// that user: cron runs jobs with its own.
func (c *call) useOwnHome() {
	home := c.Getenv("HOME")
	if info, err := os.Stat(home); err == nil && int(info.Sys().(*syscall.Stat_t).Uid) == os.Getuid() {
		return
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
