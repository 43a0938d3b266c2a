// Package spool keeps messages on disk until they have been sent.
//
// A spool is a directory of entries. An entry with the ID
// 20261129T030001Z-x7kq3f has these files:
//
//   - ID.eml is the content: the exact octets of DATA, before dots are doubled. It
//     is never changed or replaced, so a lock on it holds. A process that uses the
//     entry holds that lock (lock.go).
//   - ID.json is the envelope. The entry exists exactly while this file does. It is
//     replaced by rename, so it is always complete (envelope.go).
//   - ID.dot has the recipients of a transaction whose final dot may have been sent.
//     It is created before the dot, and removed after the result was recorded.
//
// The order of the calls makes every state after a crash one that can be
// recovered:
//
//   - A new entry: write ID.eml, write ID.json.new, fsync both, rename
//     ID.json.new to ID.json, fsync the directory (draft.go). Before the rename
//     there is no entry, and nobody was told that there is one. Sweep removes what
//     is left.
//   - A transaction: create ID.dot, fsync the directory, send the dot, replace
//     ID.json, fsync the directory, remove ID.dot (entry.go). If ID.dot exists and no
//     process holds the lock, the outcome is unknown.
//   - The end: remove ID.json, fsync the directory, remove ID.dot and ID.eml
//     (remove.go). The fsync comes first: if ID.json came back after a loss of power
//     and ID.dot did not, the message would be sent again.
//
// Besides entries, the directory has a marker, records of servers that failed, and
// files that are locked while a connection is open (server.go, lock.go).
//
// The package knows no SMTP. It decides when an entry is due (schedule.go), and
// its callers send it. All calls of the file system are in files.go, so that
// tests can fail and undo each of them.
package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
)

// marker is the file that makes a directory a spool.
const marker = "mailpipe-spool"

// A Spool is a directory of entries. Its methods may be called concurrently.
type Spool struct {
	dir   string
	files files

	mu      sync.Mutex
	removed []string // IDs of entries whose ID.json was removed since the last sync
}

// Open opens the spool in dir, and creates it if it does not exist. The caller
// must call Close. An error is of type *Error.
func Open(dir string) (*Spool, error) { return open(dir, osFiles{}, true) }

// OpenExisting opens the spool in dir. If the directory does not exist, the error
// wraps fs.ErrNotExist.
func OpenExisting(dir string) (*Spool, error) { return open(dir, osFiles{}, false) }

func open(dir string, files files, create bool) (*Spool, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, &Error{Dir: dir, Kind: CannotCreate, Err: err}
	}
	s := &Spool{dir: abs, files: files}
	if create {
		if err := s.mkdir(); err != nil {
			return nil, err
		}
	}
	if err := s.checkDir(); err != nil {
		return nil, err
	}
	if err := s.checkMarker(); err != nil {
		return nil, err
	}
	return s, s.checkLocks()
}

// Dir returns the directory of the spool.
func (s *Spool) Dir() string { return s.dir }

// Close completes the removal of entries.
func (s *Spool) Close() error {
	s.mu.Lock()
	pending := len(s.removed) > 0
	s.mu.Unlock()
	if !pending {
		return nil
	}
	return s.sync()
}

// path returns the path of a file of the spool.
func (s *Spool) path(name string) string { return filepath.Join(s.dir, name) }

// mkdir creates the directory of the spool with its parents. The parent of the
// spools of system: must be there, because only root can create it.
func (s *Spool) mkdir() error {
	if inSystemDir(s.dir) {
		if _, err := s.files.Lstat(systemDir); err != nil {
			return &Error{Dir: systemDir, Kind: CannotCreate, Err: err, Hint: "as root: install -d -m 1733 " + systemDir}
		}
	}
	return s.mkdirAll(s.dir)
}

// mkdirAll creates a directory with its parents, and makes it durable.
func (s *Spool) mkdirAll(dir string) error {
	_, err := s.files.Lstat(dir)
	if err == nil {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir && errors.Is(err, fs.ErrNotExist) {
		if err := s.mkdirAll(parent); err != nil {
			return err
		}
		err = s.files.Mkdir(dir)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return s.fail(CannotCreate, err)
	}
	if err := s.files.SyncDir(parent); err != nil {
		return s.fail(CannotCreate, err)
	}
	return nil
}

// checkDir returns an error if the spool is not a directory that only its owner,
// the user of this process, can write.
func (s *Spool) checkDir() error {
	info, err := s.files.Lstat(s.dir)
	switch {
	case err != nil:
		return s.fail(CannotCreate, err)
	case !info.IsDir():
		return s.fail(CannotCreate, errors.New("is not a directory"))
	}
	if owner, mine := ownerOf(info); !mine {
		return s.fail(Unsafe, fmt.Errorf("belongs to another user (uid %d)", owner))
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return s.fail(Unsafe, fmt.Errorf("other users can write it (mode %04o)", mode))
	}
	return nil
}

// checkMarker makes an empty directory a spool. Any other directory without a
// marker may be something else.
func (s *Spool) checkMarker() error {
	info, err := s.files.Lstat(s.path(marker))
	switch {
	case err == nil && info.Mode().IsRegular():
		return nil
	case err == nil:
		return s.fail(CannotCreate, errors.New(marker+" is not a regular file"))
	case !errors.Is(err, fs.ErrNotExist):
		return s.fail(IO, err)
	}
	names, err := s.files.List(s.dir)
	if err != nil {
		return s.fail(IO, err)
	}
	if len(names) > 0 {
		return s.fail(CannotCreate, errors.New("is not a spool: it is not empty and has no file "+marker))
	}
	f, err := s.files.Create(s.path(marker))
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return nil
	}
	if err != nil {
		return s.fail(CannotCreate, err)
	}
	defer f.Close()
	return s.sync() // else a crash could leave an entry without it
}

// checkLocks returns an error if a lock on an open file does not exclude another
// open file. Then two processes could send the same message.
func (s *Spool) checkLocks() error {
	first, err := s.files.Open(s.path(marker))
	if err != nil {
		return s.fail(IO, err)
	}
	defer first.Close()
	got, err := first.Lock()
	if err != nil {
		return s.fail(CannotCreate, fmt.Errorf("files cannot be locked: %w", err))
	}
	if !got { // another process is checking: locks exclude others
		return nil
	}
	second, err := s.files.Open(s.path(marker))
	if err != nil {
		return s.fail(IO, err)
	}
	defer second.Close()
	if got, err := second.Lock(); err == nil && got {
		return s.fail(CannotCreate, errors.New("locks do not exclude other processes on this file system"))
	}
	return nil
}

// sync makes all names of the directory durable, and then removes what is left of
// entries that were removed.
func (s *Spool) sync() error {
	s.mu.Lock()
	removed := s.removed
	s.removed = nil
	s.mu.Unlock()
	if err := s.files.SyncDir(s.dir); err != nil {
		s.mu.Lock()
		s.removed = append(removed, s.removed...)
		s.mu.Unlock()
		return s.fail(IO, err)
	}
	for _, id := range removed {
		s.removeRest(id)
	}
	return nil
}
