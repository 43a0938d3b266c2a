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
	f      *os.File // nil if it is opened for each read
	info   fs.FileInfo
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
		n, err := f.f.Read(p)
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
	switch {
	case f.closed:
		return 0, fs.ErrClosed
	case off < 0:
		return 0, fmt.Errorf("%s: invalid offset %d", f.Path, off)
	}
	file := f.f
	if file == nil {
		var err error
		file, err = f.reopen()
		if err != nil {
			return 0, err
		}
		defer file.Close()
	}
	left := max(f.Size-off, 0)
	toEnd := int64(len(p)) > left
	if toEnd {
		p = p[:left]
	}
	n, err := file.ReadAt(p, off)
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

// reopen opens the file again, if it is still the same.
func (f *File) reopen() (*os.File, error) {
	file, err := os.OpenFile(f.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may be a FIFO by now
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", f.Path, ErrChanged, err)
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
		return nil, err
	}
	return file, nil
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
	if f.closed {
		return nil
	}
	f.closed = true
	if f.f == nil {
		return nil
	}
	f.set.open.Add(-1)
	return f.f.Close()
}
