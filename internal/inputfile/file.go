package inputfile

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// A File is an open file of a Set. The caller must call Close.
type File struct {
	Path string
	Size int64 // in octets; negative if it is unknown and the file can be read only once

	set    *Set
	f      *os.File // nil while it is closed to make room
	info   fs.FileInfo
	stable bool // stays open until it is closed
	closed bool
	offset int64
}

// Reader returns a reader of the file, which is an io.ReaderAt too if the size
// is known. The caller closes either the reader or the file.
func (f *File) Reader() io.ReadCloser {
	if f.Size < 0 {
		return f
	}
	return regular{f}
}

type regular struct{ *File }

func (r regular) ReadAt(p []byte, off int64) (int, error) { return r.readAt(p, off) }

// Read reads up to the size that the file had when it was opened, or to its end
// if the size is unknown.
func (f *File) Read(p []byte) (int, error) {
	if f.Size < 0 {
		n, err := f.f.Read(p) // without the lock, because a pipe may block
		return n, f.readError(err)
	}
	if f.offset >= f.Size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), f.Size-f.offset)]
	n, err := f.readAt(p, f.offset)
	f.offset += int64(n)
	return n, err
}

func (f *File) readAt(p []byte, off int64) (int, error) {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	if f.closed {
		return 0, fs.ErrClosed
	}
	if off < 0 {
		return 0, fmt.Errorf("%s: invalid offset %d", f.Path, off)
	}
	if f.f == nil {
		if err := f.reopen(); err != nil {
			return 0, err
		}
	}
	left := max(f.Size-off, 0)
	toEnd := int64(len(p)) > left
	if toEnd {
		p = p[:left]
	}
	n, err := f.f.ReadAt(p, off)
	switch {
	case err == io.EOF && n < len(p):
		return n, f.changed("it ends after %d of %d octets", off+int64(n), f.Size)
	case err != nil && err != io.EOF:
		return n, f.readError(err)
	case toEnd:
		return n, io.EOF
	}
	return n, nil
}

// reopen opens a file that was closed to make room, if it is still the same.
func (f *File) reopen() error {
	file, err := os.OpenFile(f.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may be a FIFO by now
	if err != nil {
		return fmt.Errorf("%s: %w: %w", f.Path, ErrChanged, err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !os.SameFile(info, f.info):
		err = f.changed("it was replaced by another file")
	case info.Size() < f.Size:
		err = f.changed("only %d of %d octets are left", info.Size(), f.Size)
	}
	if err != nil {
		file.Close()
		return err
	}
	f.f = file
	f.set.admit(f)
	return nil
}

func (f *File) changed(format string, args ...any) error {
	return fmt.Errorf("%s: %w: %s", f.Path, ErrChanged, fmt.Sprintf(format, args...))
}

func (f *File) readError(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return fmt.Errorf("%s: %w: %w", f.Path, ErrRead, err)
}

// Close closes the file. It may be called twice.
func (f *File) Close() error {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	if f.stable {
		f.set.stable--
	}
	if f.set.guest == f {
		f.set.guest = nil
	}
	if f.f == nil {
		return nil
	}
	return f.f.Close()
}
