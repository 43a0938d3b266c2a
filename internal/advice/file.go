package advice

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"mailpipe/internal/inputfile"
	"mailpipe/internal/shell"
)

// Attachment returns the hint for a file that cannot be attached, or "".
func Attachment(name string, err error) string {
	switch {
	case errors.Is(err, inputfile.ErrDirectory):
		return archive(name)
	case errors.Is(err, inputfile.ErrDevice) && name != "/dev/null":
		return "redirect it to standard input: -a -,name=NAME <" + shell.File(name)
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(name, "="):
		return "write -a FILE, not -a=FILE"
	}
	return File(name, err)
}

// Text returns the hint for a file that cannot be the text, or "".
func Text(name string, err error) string {
	if name == "/dev/null" {
		return "use --no-body for a message without text"
	}
	return File(name, err)
}

// File returns the hint for any file that cannot be read, or "".
func File(name string, err error) string {
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return ""
	case strings.HasPrefix(name, "@"):
		return "name the file without @"
	case strings.HasPrefix(name, "~"):
		return "use $HOME: the shell replaces ~ only at the beginning of a word without quotes"
	}
	return ""
}

// archive returns the command that attaches a directory as an archive.
func archive(dir string) string {
	what := shell.File(dir)
	if filepath.Base(dir) == ".." { // tar writes no name that begins with ..
		what = "-C " + what + " ."
	}
	name := shell.Quote(directoryName(dir) + ".tar.gz")
	return "attach an archive: tar cz " + what + " | mailpipe compose -a -,name=" + name
}

// directoryName returns the last element of the path of a directory, even if
// dir is `.` or `..`.
func directoryName(dir string) string {
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	name, _ := inputfile.Name(dir)
	if strings.ContainsAny(name, ",;/") { // the name would be read as keys of -a, or is the root's
		return "directory"
	}
	return name
}
