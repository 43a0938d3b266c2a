// Package directory keeps a spool in the files of a directory.
package directory

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// A store is a spool.Store of files.
type store struct {
	dir *statedir.Dir

	mu      sync.Mutex
	removed []*fileClaim   // whose ID.json was removed since the last sync; locked
	closing sync.WaitGroup // closes the contents of entries that are gone
}

// marker is the file that makes a directory a spool.
const marker = "mailpipe-spool"

// moment is longer than a process has an entry locked that only looks at it.
const moment = 10 * time.Millisecond

// Open opens the spool in a directory, and creates it if it does not exist. The caller
// must call Close. An error is of type *spool.Error.
func Open(path string) (*spool.Spool, error) { return newSpool(open(path, statedir.OS{}, true)) }

// OpenExisting opens the spool in a directory. If that does not exist, the error wraps
// fs.ErrNotExist.
func OpenExisting(path string) (*spool.Spool, error) {
	return newSpool(open(path, statedir.OS{}, false))
}

func newSpool(s *store, err error) (*spool.Spool, error) {
	if err != nil {
		return nil, err
	}
	return spool.New(s), nil
}

func open(path string, files statedir.Files, create bool) (*store, error) {
	if create {
		if err := checkSystemDir(files, path); err != nil {
			return nil, err
		}
	}
	dir, err := statedir.Open(path, marker, files, create)
	if err != nil {
		return nil, suggestSystem(path, err)
	}
	return &store{dir: dir}, nil
}

func (s *store) Name() string { return s.dir.Path() }

func (s *store) Shared() bool { return false }

func (s *store) Now() time.Time { return time.Now() }

func (s *store) Changed() (time.Time, error) {
	info, err := s.dir.Lstat(".")
	if err != nil {
		return time.Time{}, s.dir.Fail(spool.IO, err)
	}
	return info.ModTime(), nil
}

func (s *store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.closing.Wait()
	if len(s.removed) == 0 {
		return nil
	}
	return s.syncLocked()
}

// sync makes all names of the directory durable, and then removes what is left of
// entries that were removed.
func (s *store) sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.syncLocked()
}

// syncLocked is sync for a caller that has locked mu.
func (s *store) syncLocked() error {
	if err := s.dir.Sync(); err != nil {
		return err
	}
	s.removeRest()
	return nil
}

// replace replaces an envelope. When it returns without an error, it is on disk.
func (s *store) replace(e *spool.Envelope) error {
	if err := s.dir.Replace(e.ID+".json", e, true); err != nil {
		return err
	}
	return s.sync()
}

func (s *store) Read(id string) (*spool.Envelope, error) {
	text, err := s.dir.Read(id + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, spool.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	e := new(spool.Envelope)
	if err := spool.Decode(id, text, e); err != nil {
		return nil, &spool.DamageError{Name: id + ".json", Reason: err.Error()}
	}
	return e, nil
}

func (s *store) IDs(suffix string) ([]string, error) {
	if spool.IsID(suffix) { // no other one ends with that
		if !s.dir.Exists(suffix + ".json") {
			return nil, nil
		}
		return []string{suffix}, nil
	}
	names, err := s.dir.List()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, name := range names {
		id, isEnvelope := strings.CutSuffix(name, ".json")
		if isEnvelope && spool.IsID(id) && strings.HasSuffix(id, suffix) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (s *store) Others(id string) (bool, error) {
	ids, err := s.IDs("")
	return slices.ContainsFunc(ids, func(other string) bool { return other != id }), err
}

func (s *store) Scan(ids []string, do func(id string, e *spool.Envelope, err error)) error {
	if ids == nil {
		var err error
		if ids, err = s.IDs(""); err != nil {
			return err
		}
	}
	for _, id := range ids {
		e, err := s.Read(id)
		if err != nil || e.State == spool.Queued || e.Unfinished() {
			do(id, e, err)
		}
	}
	return nil
}

func (s *store) ReadRecord(name string, v any) error { return s.dir.ReadRecord(name, v) }

func (s *store) ChangeRecord(name string, v any, change func()) error {
	return s.dir.ChangeRecord(name, v, change)
}

func (s *store) RemoveRecord(name string) error { return s.dir.Remove(name) }

func (s *store) Records(prefix string) ([]string, error) {
	names, err := s.dir.List()
	return slices.DeleteFunc(names, func(name string) bool {
		return !strings.HasPrefix(name, prefix) || strings.Contains(name, ".") // a lock
	}), err
}

func (s *store) Lock(name string) (release func(), err error) { return s.dir.Lock(name, 0) }
