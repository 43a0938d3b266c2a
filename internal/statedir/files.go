package statedir

import (
	"io"
	"io/fs"
	"os"
	"slices"
)

// Files is the file system as this package uses it. Tests have others, which fail
// or lose what was not synced.
type Files interface {
	Mkdir(name string) error // mode 0700
	Create(name string) (File, error)
	Open(name string) (File, error) // for reading; never follows a link
	Lstat(name string) (fs.FileInfo, error)
	List(dir string) ([]string, error) // sorted
	Rename(from, to string) error
	Remove(name string) error
	SyncDir(dir string) error
}

// A File is an open file of the directory.
type File interface {
	io.ReaderAt
	io.Writer
	io.Closer
	Stat() (fs.FileInfo, error)
	Sync() error
	// Lock reports whether this open file has the lock: no other one has it, and the file still has a name.
	Lock() (bool, error)
}

// OS is the file system of the operating system.
type OS struct{}

type osFile struct{ *os.File }

func (OS) Mkdir(name string) error                { return os.Mkdir(name, 0o700) }
func (OS) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(name) }
func (OS) Rename(from, to string) error           { return os.Rename(from, to) }
func (OS) Remove(name string) error               { return os.Remove(name) }

func (OS) Create(name string) (File, error) {
	return openFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}
func (OS) Open(name string) (File, error) { return openFile(name, os.O_RDONLY) }

func openFile(name string, flag int) (File, error) {
	f, err := os.OpenFile(name, flag|noFollow, 0o600)
	return osFile{f}, err
}

func (OS) List(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

func (OS) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
