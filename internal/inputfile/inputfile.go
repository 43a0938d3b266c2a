// Package inputfile opens the files that a message is made of. A regular file is
// read exactly as it was when it was opened. A pipe is read as it comes, and so
// is a file whose content the system generates, as in /proc.
package inputfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

// Errors of Open and Check, besides those of the system. They are in an
// *fs.PathError.
var (
	ErrDirectory = errors.New("is a directory")
	ErrDevice    = errors.New("is a device or a socket, not a file")
)

// Errors of reading.
var (
	ErrChanged = errors.New("changed while it was read")
	ErrRead    = errors.New("read error") // together with the error of the system
)

// maxOpen is how many files a Set keeps open, unless half of what the system
// allows is less.
const maxOpen = 256

var openLimit = sync.OnceValue(func() int64 {
	n, ok := filesAllowed()
	if !ok {
		return maxOpen
	}
	return int64(min(maxOpen, n/2))
})

// A Set is the files of one message. The zero value is ready for use. It has no
// Close: the caller closes each file.
//
// When there are too many regular files, a Set closes the later ones after they
// were opened, and opens each again for every read. Its files may be read and
// closed by several goroutines, but each file only by one at a time.
type Set struct{ open atomic.Int64 } // files that stay open until they are closed

// Open opens a regular file or a pipe.
func (s *Set) Open(path string) (*File, error) {
	info, err := os.Stat(path) // first, because opening a device may do something
	if err != nil {
		return nil, err
	}
	if err := checkFile(path, info.Mode()); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return s.add(path, f, checkFile)
}

// add makes f, which is open, a file of the set. If it is not what it was when it
// was checked first, add closes it.
func (s *Set) add(path string, f *os.File, check func(string, fs.FileMode) error) (*File, error) {
	info, err := f.Stat()
	if err == nil {
		err = check(path, info.Mode())
	}
	var size int64
	if err == nil {
		size, err = Size(f, info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	file := &File{Path: path, Size: size, set: s, f: f, info: info}
	if file.Size >= 0 && s.open.Load() >= openLimit()-1 {
		file.f = nil
		return file, f.Close()
	}
	s.open.Add(1)
	return file, nil
}

// Check returns the error of Open, as far as it can be known without opening a
// pipe.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := checkFile(path, info.Mode()); err != nil || !info.Mode().IsRegular() {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// checkFile returns an error for what is neither a regular file nor a pipe.
func checkFile(path string, mode fs.FileMode) error {
	switch {
	case mode.IsRegular(), mode&fs.ModeNamedPipe != 0:
		return nil
	case mode.IsDir():
		return &fs.PathError{Op: "open", Path: path, Err: ErrDirectory}
	}
	return &fs.PathError{Op: "open", Path: path, Err: ErrDevice}
}

// Size returns the size of f in octets. It is negative if it is unknown: for a
// pipe, and for a file that the system generates when it is read. Those of /proc
// claim to be empty, those of /sys to fill a page, so Size tries to read such a
// file. Its error is that of the system.
func Size(f *os.File, info fs.FileInfo) (int64, error) {
	if !info.Mode().IsRegular() {
		return -1, nil
	}
	size := info.Size()
	if size != 0 && size != int64(os.Getpagesize()) {
		return size, nil
	}
	last := max(size-1, 0)
	n, err := f.ReadAt(make([]byte, 1), last)
	if err != nil && err != io.EOF {
		return -1, err
	}
	if last+int64(n) == size {
		return size, nil
	}
	if now, err := f.Stat(); err != nil || now.Size() != size { // another program has just written to it
		return size, err
	}
	return -1, nil
}
