package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
)

// mkdir creates a directory with its parents, and makes it durable. Only root can
// create the parent of the spools of system:.
func (s *Spool) mkdir(dir string) error {
	_, err := s.files.Lstat(dir)
	if err == nil {
		return nil
	}
	if dir == systemDir {
		return &Error{Dir: dir, Kind: CannotCreate, Err: err, Hint: "as root: install -d -m 1733 " + dir}
	}
	parent := filepath.Dir(dir)
	if parent != dir && errors.Is(err, fs.ErrNotExist) {
		if err := s.mkdir(parent); err != nil {
			return err
		}
		err = s.files.Mkdir(dir)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return s.fail(CannotCreate, err)
	}
	// In the directory of system: others than root can create a name, but not open it.
	if err := s.files.SyncDir(parent); err != nil && !errors.Is(err, fs.ErrPermission) {
		return s.fail(CannotCreate, err)
	}
	return nil
}

// checkDir returns an error if the spool is not a directory that only its owner,
// the user of this process, can write.
func (s *Spool) checkDir() error {
	info, err := s.files.Lstat(s.dir)
	switch {
	case err != nil:
		return s.fail(CannotCreate, err)
	case !info.IsDir():
		return s.fail(CannotCreate, errors.New("is not a directory"))
	}
	if owner, mine := ownerOf(info); !mine {
		return s.fail(Unsafe, fmt.Errorf("belongs to another user (uid %d)", owner))
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return s.fail(Unsafe, fmt.Errorf("other users can write it (mode %04o)", mode))
	}
	return nil
}

// checkMarker makes an empty directory a spool. Any other directory without a
// marker may be something else.
func (s *Spool) checkMarker() error {
	info, err := s.files.Lstat(s.path(marker))
	switch {
	case err == nil && info.Mode().IsRegular():
		return nil
	case err == nil:
		return s.fail(CannotCreate, errors.New(marker+" is not a regular file"))
	case !errors.Is(err, fs.ErrNotExist):
		return s.fail(IO, err)
	}
	names, err := s.files.List(s.dir)
	if err != nil {
		return s.fail(IO, err)
	}
	if len(names) > 0 && !slices.Contains(names, marker) { // another process may be faster
		return s.fail(CannotCreate, errors.New("is not a spool: it is not empty and has no file "+marker))
	}
	if release, err := s.lock(marker, 0); err == nil {
		release()
	} else if !errors.Is(err, ErrInUse) {
		return err
	}
	return s.sync() // else a crash could leave an entry without it
}

// checkLocks returns an error if a lock on an open file does not exclude another
// open file. Then two processes could send the same message.
func (s *Spool) checkLocks() error {
	release, err := s.lock(marker, 0)
	if errors.Is(err, ErrInUse) { // of another process: locks exclude others
		return nil
	}
	if err != nil {
		return err
	}
	defer release()
	if release, err := s.lock(marker, 0); err == nil {
		release()
		return s.fail(CannotCreate, errors.New("locks do not exclude other processes on this file system"))
	}
	return nil
}
