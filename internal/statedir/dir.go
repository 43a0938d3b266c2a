// Package statedir keeps files in a directory that many processes share: each file
// is written whole, or locked, and what a crash may leave is known.
//
// A directory belongs to one user, and only that user can write it. A marker, an
// empty file, tells it from other directories. Nothing but regular files of that
// user is read.
//
// All calls of the file system go through Files, so that tests can fail and undo
// each of them.
package statedir

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// A Dir is an open directory. Its methods may be called concurrently.
type Dir struct {
	path   string
	marker string // the name of the file that tells the directory from others
	files  Files
}

// Path returns the absolute path of the directory.
func (d *Dir) Path() string { return d.path }

// join returns the path of a file of the directory.
func (d *Dir) join(name string) string { return d.path + string(filepath.Separator) + name }

// List returns the names of all files, sorted.
func (d *Dir) List() ([]string, error) {
	names, err := d.files.List(d.path)
	if err != nil {
		return nil, d.Fail(IO, err)
	}
	return names, nil
}

// Lstat returns what is known about a name.
func (d *Dir) Lstat(name string) (fs.FileInfo, error) { return d.files.Lstat(d.join(name)) }

// Exists reports whether there is a file, or something else with its name.
func (d *Dir) Exists(name string) bool {
	_, err := d.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// create creates a file. If it exists, the error wraps fs.ErrExist.
func (d *Dir) create(name string) (File, error) {
	f, err := d.files.Create(d.join(name))
	if err != nil {
		return nil, d.Fail(CannotCreate, err)
	}
	return f, nil
}

// Remove removes a file, if it exists.
func (d *Dir) Remove(name string) error {
	err := d.files.Remove(d.join(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return d.Fail(IO, err)
	}
	return nil
}

// Sync makes all names of the directory durable.
func (d *Dir) Sync() error {
	if err := d.files.SyncDir(d.path); err != nil {
		return d.Fail(IO, err)
	}
	return nil
}
