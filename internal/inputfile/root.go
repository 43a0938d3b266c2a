package inputfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Errors of OpenIn, besides those of the system.
var (
	ErrNotRegular = errors.New("not a regular file")
	ErrOutside    = errors.New("outside the directory")
)

// OpenIn opens a regular file in the directory of root. Neither its name nor a
// symbolic link can lead out of that directory. OpenIn never blocks, and never
// opens a device.
func (s *Set) OpenIn(root *os.Root, name string) (*File, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, outside(err)
	}
	if err := checkRegular(name, info.Mode()); err != nil {
		return nil, err
	}
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may be a pipe by now
	if err != nil {
		return nil, outside(err)
	}
	return s.add(filepath.Join(root.Name(), name), f, checkRegular)
}

func checkRegular(name string, mode fs.FileMode) error {
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return &fs.PathError{Op: "open", Path: name, Err: ErrDirectory}
	}
	return &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
}

// outside returns ErrOutside for the error of an os.Root that is not one of the
// system. Package os has no name for it.
func outside(err error) error {
	pathError, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return err
	}
	if _, isErrno := pathError.Err.(syscall.Errno); isErrno {
		return err
	}
	return &fs.PathError{Op: pathError.Op, Path: pathError.Path, Err: ErrOutside}
}
