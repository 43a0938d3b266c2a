package statedir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"mailpipe/internal/fileowner"
)

// Open opens a directory of the file system files, which is OS outside of tests. It
// makes an empty directory one with the marker. If the directory does not exist,
// Open creates it if create is set; else the error wraps fs.ErrNotExist. An error
// is of type *Error.
func Open(path, marker string, files Files, create bool) (*Dir, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, &Error{Where: path, Kind: CannotCreate, Err: err}
	}
	d := &Dir{path: abs, marker: marker, files: files}
	if create {
		if err := d.mkdir(abs); err != nil {
			return nil, err
		}
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := d.checkMarker(); err != nil {
		return nil, err
	}
	return d, d.checkLocks()
}

// mkdir creates a directory with its parents, and makes it durable.
func (d *Dir) mkdir(path string) error {
	_, err := d.files.Lstat(path)
	if err == nil {
		return nil
	}
	parent := filepath.Dir(path)
	if parent != path && errors.Is(err, fs.ErrNotExist) {
		if err := d.mkdir(parent); err != nil {
			return err
		}
		err = d.files.Mkdir(path)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return d.Fail(CannotCreate, err)
	}
	// A user may create a name in a directory with the mode 1733, but not open it.
	if err := d.files.SyncDir(parent); err != nil && !errors.Is(err, fs.ErrPermission) {
		return d.Fail(CannotCreate, err)
	}
	return nil
}

// check returns an error if this is not a directory that only its owner, the user
// of this process, can write.
func (d *Dir) check() error {
	info, err := d.files.Lstat(d.path)
	switch {
	case err != nil:
		return d.Fail(CannotCreate, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return d.Fail(CannotCreate, errors.New("is a symbolic link, not a directory"))
	case !info.IsDir():
		return d.Fail(CannotCreate, errors.New("is not a directory"))
	}
	if owner, mine := ownerOf(info); !mine {
		return d.Fail(Unsafe, fmt.Errorf("belongs to another user (uid %d)", owner))
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return d.Fail(Unsafe, fmt.Errorf("other users can write it (mode %04o)", mode))
	}
	return nil
}

// checkMarker creates the marker in an empty directory. Any other directory without
// it may be something else.
func (d *Dir) checkMarker() error {
	info, err := d.Lstat(d.marker)
	switch {
	case err == nil && info.Mode().IsRegular():
		return nil
	case err == nil:
		return d.Fail(CannotCreate, errors.New(d.marker+" is not a regular file"))
	case !errors.Is(err, fs.ErrNotExist):
		return d.Fail(IO, err)
	}
	names, err := d.List()
	if err != nil {
		return err
	}
	if len(names) > 0 && !slices.Contains(names, d.marker) { // another process may be faster
		return d.Fail(CannotCreate, errors.New("is not a spool: it is not empty and has no file "+d.marker))
	}
	if release, err := d.Lock(d.marker, 0); err == nil {
		release()
	} else if !errors.Is(err, ErrInUse) {
		return err
	}
	return d.Sync() // else a crash could leave other files without it
}

// checkLocks returns an error if a lock on an open file does not exclude another
// open file. Then two processes could use one file.
func (d *Dir) checkLocks() error {
	marker, err := d.OpenLocked(d.marker, 0)
	if errors.Is(err, ErrInUse) { // of another process: locks exclude others
		return nil
	}
	if err != nil {
		return err
	}
	defer marker.Close()
	if again, err := d.OpenLocked(d.marker, 0); err == nil {
		again.Close()
		return d.Fail(CannotCreate, errors.New("locks do not exclude other processes on this file system"))
	}
	return nil
}

// ownerOf returns the user that a file belongs to, and whether that is the user of
// this process. The file systems of tests have no owners.
func ownerOf(info fs.FileInfo) (uid int, mine bool) {
	owner, _, ok := fileowner.Of(info)
	if !ok {
		return user, true
	}
	return owner, owner == user
}

var user = os.Geteuid()
