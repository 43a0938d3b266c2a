// Package inputfile opens what a message is made of. A regular file gives exactly
// the octets it had when it was opened; a pipe is read as it comes, and so is
// what the system makes up, as in /proc.
package inputfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// maxOpen is how many files a Set keeps open, half of what the system allows
// where that is less. All others are closed once they were looked at, and
// opened again at their turn.
const maxOpen = 256

var keeps = sync.OnceValue(func() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return maxOpen
	}
	return int(min(maxOpen, limit.Cur/2))
})

// Errors of Open, beside the system's.
var (
	ErrFolder = errors.New("is a folder")
	ErrDevice = errors.New("is a device or a socket, not a file")
)

// Errors of reading.
var (
	ErrChanged = errors.New("changed while it was read") // not any more what was opened
	ErrRead    = errors.New("read error")                // the system's, which is wrapped too
)

// Set is the files of one message. The zero value is ready.
type Set struct {
	mu      sync.Mutex // whoever writes a message may be at it still when all is closed
	kept    int        // that stay open till they are closed
	visitor *File      // the one other that is open just now
}

// File is one of them, open until Close.
type File struct {
	Path string
	Size int64 // octets; negative: not known, it is read but once

	set    *Set
	f      *os.File // nil: closed till it is needed
	info   fs.FileInfo
	kept   bool
	closed bool
	off    int64
}

// Open opens path, which is a regular file or a pipe.
func (s *Set) Open(path string) (*File, error) {
	info, err := os.Stat(path) // first: to open a device may do something
	if err != nil {
		return nil, err
	}
	if err := suitable(path, info.Mode()); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil {
		err = suitable(path, info.Mode())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return s.add(path, f, info), nil
}

// add returns f, which is open, as a file of the set.
func (s *Set) add(path string, f *os.File, info fs.FileInfo) *File {
	s.mu.Lock()
	defer s.mu.Unlock()
	file := &File{Path: path, Size: Size(f, info), set: s, f: f, info: info, kept: true}
	if file.Size >= 0 && s.kept >= keeps()-1 {
		file.kept = false
		s.visit(file)
		return file
	}
	s.kept++
	return file
}

// Size returns how many octets f holds; negative: not known, as of a pipe and of
// a file that the system makes up when it is read: those of /proc say that they
// are empty, those of /sys that they fill a page.
func Size(f *os.File, info fs.FileInfo) int64 {
	size, last := info.Size(), make([]byte, 1)
	lie := false
	switch {
	case !info.Mode().IsRegular():
		return -1
	case size == 0:
		n, _ := f.ReadAt(last, 0)
		lie = n > 0
	case size == int64(os.Getpagesize()):
		n, err := f.ReadAt(last, size-1)
		lie = n == 0 && err == io.EOF
	}
	if lie {
		if now, err := f.Stat(); err == nil && now.Size() == size { // it was not just written to
			return -1
		}
	}
	return size
}

func suitable(path string, mode fs.FileMode) error {
	switch {
	case mode.IsRegular(), mode&fs.ModeNamedPipe != 0:
		return nil
	case mode.IsDir():
		return &fs.PathError{Op: "open", Path: path, Err: ErrFolder}
	default:
		return &fs.PathError{Op: "open", Path: path, Err: ErrDevice}
	}
}

// visit makes f the one that is open beside those that are kept.
func (s *Set) visit(f *File) {
	if v := s.visitor; v != nil && v != f && v.f != nil {
		v.f.Close() // only read from: nothing is lost
		v.f = nil
	}
	s.visitor = f
}

// Reader returns the file as a stream, which is an io.ReaderAt too where the
// file can be read at will.
func (f *File) Reader() io.ReadCloser {
	if f.Size < 0 {
		return f
	}
	return regular{f}
}

type regular struct{ *File }

func (r regular) ReadAt(p []byte, off int64) (int, error) { return r.readAt(p, off) }

// Read reads to the end where the size is not known, else to the size that was there at Open.
func (f *File) Read(p []byte) (int, error) {
	if f.Size < 0 {
		n, err := f.f.Read(p) // not under the lock: it may wait for long
		return n, f.failed(err)
	}
	if f.off >= f.Size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), f.Size-f.off)]
	n, err := f.readAt(p, f.off)
	f.off += int64(n)
	return n, err
}

func (f *File) readAt(p []byte, off int64) (int, error) {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	if f.closed {
		return 0, fs.ErrClosed
	}
	if off < 0 {
		return 0, fmt.Errorf("%s: read at %d", f.Path, off)
	}
	if err := f.reopen(); err != nil {
		return 0, err
	}
	end := false
	if left := max(f.Size-off, 0); int64(len(p)) > left {
		p, end = p[:left], true
	}
	n, err := f.f.ReadAt(p, off)
	switch {
	case err == io.EOF && n < len(p):
		return n, fmt.Errorf("%s: %w: it ends after %d of %d octets", f.Path, ErrChanged, off+int64(n), f.Size)
	case err != nil && err != io.EOF:
		return n, f.failed(err)
	case end:
		return n, io.EOF
	}
	return n, nil
}

func (f *File) failed(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return fmt.Errorf("%s: %w: %w", f.Path, ErrRead, err)
}

// reopen opens a file again that was closed to make room, if it is still the same.
func (f *File) reopen() error {
	if f.f != nil {
		return nil
	}
	again, err := os.OpenFile(f.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe in its place must not make us wait
	if err != nil {
		return fmt.Errorf("%s: %w: %w", f.Path, ErrChanged, err)
	}
	info, err := again.Stat()
	switch {
	case err != nil:
	case !os.SameFile(info, f.info):
		err = fmt.Errorf("%s: %w: another file stands in its place", f.Path, ErrChanged)
	case info.Size() < f.Size:
		err = fmt.Errorf("%s: %w: it has %d of %d octets left", f.Path, ErrChanged, info.Size(), f.Size)
	}
	if err != nil {
		again.Close()
		return err
	}
	f.f = again
	f.set.visit(f)
	return nil
}

// Close closes the file. It may be called twice.
func (f *File) Close() error {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	if f.kept {
		f.set.kept--
	}
	if f.set.visitor == f {
		f.set.visitor = nil
	}
	if f.f == nil {
		return nil
	}
	return f.f.Close()
}

// Check tells whether Open would do, as far as can be told without opening a pipe.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := suitable(path, info.Mode()); err != nil || !info.Mode().IsRegular() {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}
