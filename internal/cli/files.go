package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"mailpipe/internal/inputfile"
	"mailpipe/internal/shell"
	"mailpipe/internal/termtext"
)

// opens makes what a Part opens of a reader that is open already.
func opens(r io.Reader) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		if rc, ok := r.(io.ReadCloser); ok {
			return rc, nil
		}
		return io.NopCloser(r), nil
	}
}

// fileError says which file cannot be read, and why.
func fileError(path string, err error) *failure {
	return &failure{code: exitNoInput, err: fmt.Errorf("%s: %w", pathLine(path), plainError{err})}
}

// pathLine shows a path, also one that is empty.
func pathLine(path string) string {
	if path == "" {
		return `""`
	}
	return termtext.Line(path)
}

// shellLine shows what was typed so that it can be typed again.
func shellLine(word string) string { return shell.Quote(termtext.Line(word)) }

// partError is fileError for what was to be a part of a message.
func partError(path string, err error) *failure {
	known := fileError(path, err)
	switch {
	case errors.Is(err, inputfile.ErrFolder):
		known.hint = "a folder goes as an archive: tar cz " + folderWords(path) + " | mailpipe compose -a -,name=" + shell.Quote(folderName(path)+".tar.gz")
	case path == "/dev/null":
		known.hint = "--no-body is a mail without text"
	case errors.Is(err, inputfile.ErrDevice):
		known.hint = "what a device gives goes by standard input: -a -,name=... <" + shellLine(path)
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(path, "@"):
		known.hint = "a file is named without @"
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(path, "~"):
		known.hint = "a shell expands ~ only where a word begins with it, without quotes: $HOME can stand anywhere"
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(path, "="):
		known.hint = "no = stands between a letter and its value"
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, ",;") && strings.Contains(path, "="):
		known.hint = "the keys are " + strings.Join(attachmentKeys, ", ")
	}
	return known
}

// folderWords names a folder to tar, which writes no name that begins with `..`.
func folderWords(path string) string {
	if filepath.Base(path) == ".." {
		return "-C " + shell.Quote(path) + " ."
	}
	return shell.Quote(path)
}

// folderName is what a folder is called where it is, also one that is named as `.` or `..`.
func folderName(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	if name, _ := inputfile.Name(path); name != "." && name != ".." && name != "/" {
		return name
	}
	return "folder"
}

// plainError shows the reason alone and keeps the error.
type plainError struct{ err error }

func (e plainError) Error() string { return reason(e.err) }
func (e plainError) Unwrap() error { return e.err }
