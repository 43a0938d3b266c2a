package spool

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"
)

// idPattern is what an ID looks like: the time in UTC, and 30 random bits.
var idPattern = regexp.MustCompile(`^\d{8}T\d{6}Z-[a-z2-7]{6}$`)

const timeLayout = "20060102T150405Z"

func isID(name string) bool { return idPattern.MatchString(name) }

// NewID returns the ID for an entry that is yet to be created.
func NewID(now time.Time) string {
	random := make([]byte, 4)
	rand.Read(random)
	letters := base32.StdEncoding.EncodeToString(random)[:6]
	return now.UTC().Format(timeLayout) + "-" + strings.ToLower(letters)
}

func newID() string { return NewID(time.Now()) }

// IDs returns the IDs of all entries, the oldest first. What has the name of an
// entry is among them even if it is damaged.
func (s *Spool) IDs() ([]string, error) {
	names, err := s.files.List(s.dir)
	if err != nil {
		return nil, s.fail(IO, err)
	}
	var ids []string
	for _, name := range names {
		id, isEnvelope := strings.CutSuffix(name, ".json")
		if isEnvelope && isID(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Find returns the ID that ends with suffix. The error is ErrNotFound,
// ErrAmbiguous or an *Error.
func (s *Spool) Find(suffix string) (string, error) {
	ids, err := s.IDs()
	if err != nil {
		return "", err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return !strings.HasSuffix(id, suffix) })
	switch {
	case len(ids) == 0 || suffix == "":
		return "", ErrNotFound
	case len(ids) > 1:
		return "", ErrAmbiguous
	}
	return ids[0], nil
}

// openFile opens a file of an entry. What is not a regular file of this user is
// damage. If there is no such file, the error is fs.ErrNotExist.
func (s *Spool) openFile(id, name string) (file, error) {
	f, openErr := s.files.Open(s.path(name))
	if errors.Is(openErr, fs.ErrNotExist) {
		return nil, fs.ErrNotExist
	}
	var info fs.FileInfo
	var err error
	if openErr == nil {
		info, err = f.Stat()
	} else { // a link, or the file of another user
		info, err = s.files.Lstat(s.path(name))
	}
	if err != nil {
		err = s.fail(IO, err)
	} else if reason := unlikeFile(info); reason != "" {
		err = &DamageError{id, name, reason}
	} else if errors.Is(openErr, fs.ErrPermission) {
		err = &DamageError{id, name, "cannot be opened"}
	} else if openErr != nil {
		err = s.fail(IO, openErr)
	}
	if err != nil && openErr == nil {
		f.Close()
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// unlikeFile returns why a file cannot be one of the spool, or "".
func unlikeFile(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "is a directory"
	case mode&fs.ModeSymlink != 0:
		return "is a symbolic link"
	case !mode.IsRegular():
		return "is not a regular file"
	}
	if owner, mine := ownerOf(info); !mine {
		return fmt.Sprintf("belongs to another user (uid %d)", owner)
	}
	return ""
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
	n, err := f.ReadAt(text, 0)
	if err != nil && err != io.EOF {
		return nil, s.fail(IO, err)
	}
	return text[:n], nil
}

// create creates a file, in place of one that a process left behind.
func (s *Spool) create(name string) (file, error) {
	f, err := s.files.Create(s.path(name))
	if errors.Is(err, fs.ErrExist) {
		if err := s.remove(name); err != nil {
			return nil, err
		}
		f, err = s.files.Create(s.path(name))
	}
	if err != nil {
		return nil, s.fail(CannotCreate, err)
	}
	return f, nil
}

// replace replaces a file by one with this text, whole or not at all.
func (s *Spool) replace(name string, text []byte, durable bool) error {
	f, err := s.create(name + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil && durable {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		s.remove(name + ".new")
		return s.fail(IO, err)
	}
	return s.rename(name+".new", name)
}

// replaceEnvelope writes ID.json and makes it durable.
func (s *Spool) replaceEnvelope(e *Envelope) error {
	text, err := e.encode()
	if err != nil {
		return s.fail(IO, err)
	}
	if err := s.replace(e.ID+".json", text, true); err != nil {
		return err
	}
	return s.sync()
}

func (s *Spool) rename(from, to string) error {
	if err := s.files.Rename(s.path(from), s.path(to)); err != nil {
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
