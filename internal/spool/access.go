package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// openFile opens a file of an entry. What is not a regular file of this user is
// damage. If there is no such file, the error wraps fs.ErrNotExist.
func (s *Spool) openFile(id, name string) (file, error) {
	f, err := s.files.Open(s.path(name))
	if err == nil {
		info, err := f.Stat()
		if err := s.checkFile(id, name, info, err); err != nil {
			f.Close()
			return nil, err
		}
		return f, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, s.fail(IO, err)
	}
	info, statErr := s.files.Lstat(s.path(name)) // it may be a link, or the file of another user
	if err := s.checkFile(id, name, info, statErr); err != nil {
		return nil, err
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, &DamageError{id, name, "cannot be opened"}
	}
	return nil, s.fail(IO, err)
}

// checkFile returns why a file cannot be one of the spool.
func (s *Spool) checkFile(id, name string, info fs.FileInfo, err error) error {
	if err != nil {
		return s.fail(IO, err)
	}
	owner, isMine := ownerOf(info)
	switch mode := info.Mode(); {
	case mode.IsDir():
		return &DamageError{id, name, "is a directory"}
	case mode&fs.ModeSymlink != 0:
		return &DamageError{id, name, "is a symbolic link"}
	case !mode.IsRegular():
		return &DamageError{id, name, "is not a regular file"}
	case !isMine:
		return &DamageError{id, name, fmt.Sprintf("belongs to another user (uid %d)", owner)}
	}
	return nil
}

// maxFile is the size of the largest envelope that is read, in octets.
const maxFile = 64 << 20

// readFile returns the content of a small file of an entry.
func (s *Spool) readFile(id, name string) ([]byte, error) {
	f, err := s.openFile(id, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, s.fail(IO, err)
	}
	if info.Size() > maxFile {
		return nil, &DamageError{id, name, "is too large"}
	}
	text := make([]byte, info.Size())
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, info.Size()), text); err != nil {
		return nil, s.fail(IO, err)
	}
	return text, nil
}

// replace writes v as JSON in place of a file, whole or not at all.
func (s *Spool) replace(name string, v any) error { return s.write(name, v, false) }

// replaceDurably is replace. When it returns without an error, the file is on disk.
func (s *Spool) replaceDurably(name string, v any) error {
	if err := s.write(name, v, true); err != nil {
		return err
	}
	return s.sync()
}

func (s *Spool) write(name string, v any, durable bool) error {
	temporary := name + ".new"
	err := s.create(temporary, v, durable)
	if errors.Is(err, fs.ErrExist) { // of a process that died
		s.remove(temporary)
		err = s.create(temporary, v, durable)
	}
	if err != nil {
		return err
	}
	if err := s.files.Rename(s.path(temporary), s.path(name)); err != nil {
		s.remove(temporary)
		return s.fail(IO, err)
	}
	return nil
}

// create writes v as JSON to a new file. If that fails, there is none.
func (s *Spool) create(name string, v any, durable bool) error {
	text, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return s.fail(IO, err)
	}
	f, err := s.files.Create(s.path(name))
	if err != nil {
		return s.fail(CannotCreate, err)
	}
	_, err = f.Write(append(text, '\n'))
	if err == nil && durable {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err != nil {
		s.remove(name)
		return s.fail(IO, err)
	}
	return nil
}

// remove removes a file, if it exists.
func (s *Spool) remove(name string) error {
	err := s.files.Remove(s.path(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.fail(IO, err)
	}
	return nil
}
