package directory

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// systemDir has a directory for each user. It belongs to root, and has the mode
// 1733, so that no program needs to be setgid.
var systemDir = "/var/spool/mailpipe"

// Locate returns the directory that WHERE names: a path, "user:" or "system:". On
// Windows there is none: its locks keep others from reading a file, and no mode keeps
// other users out.
func Locate(where string, getenv func(string) string) (string, error) {
	switch {
	case runtime.GOOS == "windows":
		return "", &spool.Error{
			Where: where, Kind: spool.CannotCreate, Err: errors.New("a spool needs the file locks of Unix"),
			Hint: "leave out the spool; --retry-for DUR tries again for that long",
		}
	case where == "":
		return "", &spool.Error{Where: `""`, Kind: spool.CannotCreate, Err: errors.New("must not be empty")}
	case where == "user:":
		return userDir(getenv)
	case where == "system:":
		return filepath.Join(systemDir, fmt.Sprintf("u%d", os.Getuid())), nil
	}
	return where, nil
}

// userDir returns the spool of the user in the directory for state (XDG Base
// Directory Specification).
func userDir(getenv func(string) string) (string, error) {
	state := getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home := getenv("HOME")
		if home == "" {
			err := errors.New("$XDG_STATE_HOME and $HOME are not set")
			return "", &spool.Error{Where: "user:", Kind: spool.CannotCreate, Err: err}
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "mailpipe", "spool"), nil
}

// checkSystemDir returns an error if path is that of systemDir or in it, and systemDir
// does not exist: only root can create it, with its own mode.
func checkSystemDir(files statedir.Files, path string) error {
	if abs, err := filepath.Abs(path); err != nil || !strings.HasPrefix(abs+"/", systemDir+"/") {
		return nil
	}
	if _, err := files.Lstat(systemDir); errors.Is(err, fs.ErrNotExist) {
		hint := "as root: install -d -m 1733 " + systemDir
		return &spool.Error{Where: systemDir, Kind: spool.CannotCreate, Err: err, Hint: hint}
	}
	return nil
}

// suggestSystem returns err with a hint if path is systemDir: that is no spool, but has
// those of the users.
func suggestSystem(path string, err error) error {
	var e *spool.Error
	if filepath.Clean(path) == systemDir && errors.As(err, &e) {
		e.Hint = "name the spool in it with system:"
	}
	return err
}
