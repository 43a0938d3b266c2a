package stdio

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"mailpipe/internal/inputfile"
)

// IsInput reports whether a path means standard input.
func IsInput(path string) bool {
	switch path {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		return true
	}
	return false
}

// An Input reads standard input. Its errors are of type *Error, except io.EOF.
type Input struct {
	Size int64 // in octets; negative means unknown

	file  *os.File
	start int64 // the offset at which a regular file is read first
	read  int64
}

// NewInput returns an Input that reads f. If f is a regular file, it is read
// from its present offset to its present end, even if it grows.
func NewInput(f *os.File) *Input {
	in := &Input{Size: -1, file: f}
	info, err := f.Stat()
	if err != nil {
		return in
	}
	offset, err := f.Seek(0, io.SeekCurrent)
	size, sizeErr := inputfile.Size(f, info)
	if err == nil && sizeErr == nil && size >= 0 { // otherwise Read returns the error
		in.Size, in.start = max(size-offset, 0), offset
	}
	return in
}

// Read implements io.Reader. It is an error if a regular file has become shorter.
func (in *Input) Read(p []byte) (int, error) {
	if in.Size < 0 {
		return in.wait(p)
	}
	left := in.Size - in.read
	if left <= 0 {
		return 0, io.EOF
	}
	n, err := in.wait(p[:min(int64(len(p)), left)])
	in.read += int64(n)
	missing := in.Size - in.read
	if err == io.EOF && missing > 0 {
		err = &Error{Err: fmt.Errorf("became shorter while it was read: %d octets are missing", missing)}
	}
	return n, err
}

// Seek implements io.Seeker for a regular file. Offsets count from where the file
// was read first.
func (in *Input) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += in.read
	case io.SeekEnd:
		offset += in.Size
	}
	if in.Size < 0 || offset < 0 {
		return 0, &Error{Err: errors.ErrUnsupported}
	}
	if _, err := in.file.Seek(in.start+offset, io.SeekStart); err != nil {
		return 0, &Error{Err: err}
	}
	in.read = offset
	return offset, nil
}

// wait reads once, even if another program has made the file non-blocking.
func (in *Input) wait(p []byte) (int, error) {
	n, err := in.file.Read(p)
	for errors.Is(err, syscall.EAGAIN) {
		err = await(in.file, readable)
		if err == nil {
			n, err = in.file.Read(p)
		}
	}
	if err != nil && err != io.EOF {
		err = &Error{Err: err}
	}
	return n, err
}
