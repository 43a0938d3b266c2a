package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// recordName is the file with the record of an installation.
const recordName = "share/mailpipe/installed"

// A record lists what make install has made: files, links and directories. Without it,
// uninstall could not tell its empty directories from those that existed before.
type record struct {
	installation
	names []string // relative to the prefix, and each after its directory
}

// openRecord reads the record of an installation. If there is none, it is empty.
func (i installation) openRecord() (*record, error) {
	r := &record{installation: i}
	text, err := os.ReadFile(i.path(recordName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		name, err := strconv.Unquote(line)
		isParent := strings.Trim(name, "./") == "" // of the prefix, which is removed only if it is empty
		if err != nil || !isParent && !filepath.IsLocal(name) {
			return nil, fmt.Errorf("%s: invalid line %s", i.path(recordName), line)
		}
		r.names = append(r.names, name)
	}
	return r, nil
}

// put makes a file or link and the directories that it needs, and records them.
func (r *record) put(name string, create func(path string) error) error {
	if err := r.makeDir(filepath.Dir(name)); err != nil {
		return err
	}
	if err := create(r.path(name)); err != nil {
		return err
	}
	r.add(name)
	return nil
}

// makeDir makes a directory that does not exist.
func (r *record) makeDir(name string) error {
	dir := r.path(name)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := r.makeDir(filepath.Join(name, "..")); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	r.add(name)
	return os.Chmod(dir, 0o755) // whatever the umask is
}

// add records a name once.
func (r *record) add(name string) {
	if !slices.Contains(r.names, name) {
		r.names = append(r.names, name)
	}
}

// save writes the record, which lists itself.
func (r *record) save() error {
	if err := r.makeDir(filepath.Dir(recordName)); err != nil {
		return err
	}
	r.add(recordName)
	var text []byte
	for _, name := range r.names {
		text = append(strconv.AppendQuote(text, name), '\n')
	}
	return file{recordName, 0o644, text}.write(r.path(recordName))
}

// removeAll removes what is in the record, except directories with other files.
func (r *record) removeAll() error {
	if len(r.names) == 0 {
		return fmt.Errorf("%s does not exist: nothing was installed there", r.path(recordName))
	}
	var failed []error
	for _, name := range slices.Backward(r.names) {
		err := os.Remove(r.path(name))
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTEMPTY) && !errors.Is(err, syscall.EEXIST) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
