package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mailpipe/internal/fileowner"
	"mailpipe/internal/signals"
	"mailpipe/internal/spool/directory"
	"mailpipe/internal/subprocess"
)

// flushAllUsers runs a flush as each user who has a spool in the directory of
// system:. It is a child process, so that root follows no file of a user. The child
// gets the signals of this process, which ends after it.
func (c *call) flushAllUsers() error {
	own, err := directory.Locate("system:", c.Getenv)
	if err != nil {
		return err
	}
	switch {
	case os.Getuid() != 0:
		return fail(exitNotAllowed, "--all-users: only root can run programs as other users")
	case c.line.has("spool"):
		return usage("--all-users and --spool exclude each other")
	case len(c.line.operands()) > 0:
		return usage("--all-users and an ID exclude each other")
	}
	dirs, err := os.ReadDir(filepath.Dir(own))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError(filepath.Dir(own), err)
	}
	h := signals.New(nil)
	h.Postpone()
	defer h.Release()
	worst := exitOK
	for _, d := range dirs {
		uid, ok := strings.CutPrefix(d.Name(), "u")
		if !ok || !d.IsDir() {
			continue
		}
		status, err := c.flushUser(h, filepath.Join(filepath.Dir(own), d.Name()), uid)
		h.Raise()
		if err != nil {
			c.explain(err)
			status = exitCode(err)
		}
		worst = moreSerious(worst, status)
	}
	if worst == exitOK {
		return nil
	}
	return &failure{code: worst, err: errReported}
}

// moreSerious returns the exit status that counts for two flushes.
func moreSerious(a, b int) int {
	order := []int{exitOK, exitTemporary, exitUnavailable, exitIO}
	rank := func(status int) int {
		i := slices.Index(order, status)
		if i < 0 {
			return len(order)
		}
		return i
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// flushUser runs a flush as the owner of dir and returns its exit status.
func (c *call) flushUser(h *signals.Handler, dir, uid string) (int, error) {
	info, err := os.Lstat(dir)
	if err != nil {
		return 0, fileError(dir, err)
	}
	owner, _, ok := fileowner.Of(info)
	if !ok || strconv.Itoa(owner) != uid {
		return 0, fail(exitNotAllowed, "%s: belongs to another user", dir)
	}
	u, err := user.LookupId(uid)
	if err != nil {
		return 0, fail(exitNotAllowed, "%s: %w", dir, err)
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(h.Context(), self, c.userArgs()...)
	cmd.Args[0] = "mailpipe" // the file may be called sendmail
	cmd.Cancel = func() error { return cmd.Process.Signal(h.Caught()) }
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", c.out.File, c.Stderr
	cmd.Env = []string{
		"HOME=" + u.HomeDir, "USER=" + u.Username, "LOGNAME=" + u.Username, "PATH=/usr/local/bin:/usr/bin:/bin",
	}
	ids, err := idsOf(u)
	if err != nil {
		return 0, fail(exitNotAllowed, "%s: %w", dir, err)
	}
	subprocess.RunAs(cmd, ids[0], ids[1], ids[2:])
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", dir, err)
	}
	return exitOK, nil
}

// userArgs returns the command line for the flush of one user.
func (c *call) userArgs() []string {
	args := []string{"queue", "flush", "--spool=system:"}
	flags := queueFlags("flush")
	for _, a := range c.line.args {
		switch {
		case a.flag == "all-users":
		case takesValue(findFlag(flags, a.flag)):
			args = append(args, "--"+a.flag+"="+a.value)
		default:
			args = append(args, "--"+a.flag)
		}
	}
	return args
}

// idsOf returns the ids of a user, of its group and of all its groups.
func idsOf(u *user.User) ([]uint32, error) {
	ids := []string{u.Uid, u.Gid}
	groups, err := u.GroupIds()
	if err != nil {
		return nil, err
	}
	var numbers []uint32
	for _, id := range append(ids, groups...) {
		n, err := strconv.ParseUint(id, 10, 32)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, uint32(n))
	}
	return numbers, nil
}
