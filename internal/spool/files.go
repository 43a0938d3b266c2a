package spool

import (
	"io"
	"io/fs"
	"os"
	"slices"
)

// A files is the file system as this package uses it. Tests have others, which
// fail or lose what was not synced.
type files interface {
	Mkdir(name string) error // mode 0700
	Create(name string) (file, error)
	Open(name string) (file, error) // for reading; never follows a link
	Lstat(name string) (fs.FileInfo, error)
	List(dir string) ([]string, error) // sorted
	Rename(from, to string) error
	Remove(name string) error
	SyncDir(dir string) error
}

// A file is an open file of the spool.
type file interface {
	io.ReaderAt
	io.Writer
	io.Closer
	Stat() (fs.FileInfo, error)
	Sync() error
	// Lock reports whether this open file has the lock: no other one has it, and the file still has a name.
	Lock() (bool, error)
}

// osFiles is the file system of the operating system.
type osFiles struct{}

type osFile struct{ *os.File }

func (osFiles) Mkdir(name string) error                { return os.Mkdir(name, 0o700) }
func (osFiles) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(name) }
func (osFiles) Rename(from, to string) error           { return os.Rename(from, to) }
func (osFiles) Remove(name string) error               { return os.Remove(name) }

func (osFiles) Create(name string) (file, error) {
	return openFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}
func (osFiles) Open(name string) (file, error) { return openFile(name, os.O_RDONLY) }

func openFile(name string, flag int) (file, error) {
	f, err := os.OpenFile(name, flag|noFollow, 0o600)
	return osFile{f}, err
}

func (osFiles) List(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

func (osFiles) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
