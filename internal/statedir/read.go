package statedir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// maxFile is the size of the largest file that Read reads, in octets.
const maxFile = 64 << 20

// Read returns the content of a file. What is not a regular file of this user is a
// *DamageError. If there is no such file, the error wraps fs.ErrNotExist.
func (d *Dir) Read(name string) ([]byte, error) {
	f, info, err := d.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info.Size() > maxFile {
		return nil, &DamageError{name, "is too large"}
	}
	text := make([]byte, info.Size())
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, info.Size()), text); err != nil {
		return nil, d.Fail(IO, err)
	}
	return text, nil
}

// open opens a file for reading. The error is that of Read.
func (d *Dir) open(name string) (File, fs.FileInfo, error) {
	f, err := d.files.Open(d.join(name))
	if err == nil {
		info, err := f.Stat()
		if err := d.checkFile(name, info, err); err != nil {
			f.Close()
			return nil, nil, err
		}
		return f, info, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, d.Fail(IO, err)
	}
	info, statErr := d.Lstat(name) // it may be a link, or the file of another user
	if err := d.checkFile(name, info, statErr); err != nil {
		return nil, nil, err
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, nil, &DamageError{name, "cannot be opened"}
	}
	return nil, nil, d.Fail(IO, err)
}

// checkFile returns why a file cannot be one of the directory.
func (d *Dir) checkFile(name string, info fs.FileInfo, err error) error {
	if err != nil {
		return d.Fail(IO, err)
	}
	owner, isMine := ownerOf(info)
	switch mode := info.Mode(); {
	case mode.IsDir():
		return &DamageError{name, "is a directory"}
	case mode&fs.ModeSymlink != 0:
		return &DamageError{name, "is a symbolic link"}
	case !mode.IsRegular():
		return &DamageError{name, "is not a regular file"}
	case !isMine:
		return &DamageError{name, fmt.Sprintf("belongs to another user (uid %d)", owner)}
	}
	return nil
}
