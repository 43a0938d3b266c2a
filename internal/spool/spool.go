// Package spool keeps messages on disk until they have been sent.
//
// A spool is a directory of entries. An entry with the ID
// 20261129T030001Z-x7kq3f has these files:
//
//   - ID.eml is the content: the exact octets of DATA, before dots are doubled. It
//     is never changed or replaced, so a lock on it holds. A process that uses the
//     entry holds that lock (entry.go).
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
//     there is no entry, and Commit has not returned. Sweep removes what is left.
//   - A transaction: create ID.dot, fsync the directory, send the dot, replace
//     ID.json, fsync the directory, remove ID.dot (dot.go, entry.go). If ID.dot
//     exists and no process holds the lock, the outcome is unknown.
//   - The end: remove ID.json, fsync the directory, remove ID.dot and ID.eml
//     (remove.go). The fsync comes first: if ID.json came back after a loss of power
//     and ID.dot did not, the message would be sent again.
//
// ID.eml is removed only by the process that has locked it, so that a new entry with
// the same ID is never taken for what is left of an old one.
//
// Besides entries, the directory has a marker, records of servers that failed, and
// files that are locked while a connection is open (server.go, rate.go). What holds
// for any file of a directory that processes share is in package statedir.
//
// The package knows no SMTP. It decides when an entry is due (schedule.go), and its
// callers send it.
package spool

import (
	"sync"

	"mailpipe/internal/statedir"
)

// marker is the file that makes a directory a spool.
const marker = "mailpipe-spool"

// A Spool is a directory of entries. Its methods may be called concurrently.
type Spool struct {
	dir *statedir.Dir

	mu      sync.Mutex
	removed []*Entry       // whose ID.json was removed since the last sync; locked
	closing sync.WaitGroup // closes the contents of entries that are gone
}

// Open opens the spool in dir, and creates it if it does not exist. The caller
// must call Close. An error is of type *Error.
func Open(dir string) (*Spool, error) { return open(dir, statedir.OS{}, true) }

// OpenExisting opens the spool in dir. If the directory does not exist, the error
// wraps fs.ErrNotExist.
func OpenExisting(dir string) (*Spool, error) { return open(dir, statedir.OS{}, false) }

func open(path string, files statedir.Files, create bool) (*Spool, error) {
	if create {
		if err := checkSystemDir(files, path); err != nil {
			return nil, err
		}
	}
	dir, err := statedir.Open(path, marker, files, create)
	if err != nil {
		return nil, suggestSystem(path, err)
	}
	return &Spool{dir: dir}, nil
}

// Dir returns the directory of the spool.
func (s *Spool) Dir() string { return s.dir.Path() }

// Close completes the removal of entries.
func (s *Spool) Close() error {
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
func (s *Spool) sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.syncLocked()
}

// syncLocked is sync for a caller that has locked mu.
func (s *Spool) syncLocked() error {
	if err := s.dir.Sync(); err != nil {
		return err
	}
	s.removeRest()
	return nil
}

// replace replaces an envelope. When it returns without an error, it is on disk.
func (s *Spool) replace(e *Envelope) error {
	if err := s.dir.Replace(e.ID+".json", e, true); err != nil {
		return err
	}
	return s.sync()
}
