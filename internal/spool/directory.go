package spool

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"mailpipe/internal/statedir"
)

// A directory is a Store of files. An entry with the ID 20261129T030001Z-x7kq3f has
// these:
//
//   - ID.eml is the content: the exact octets of DATA, before dots are doubled. It
//     is never changed or replaced, so a lock on it holds. A process that uses the
//     entry holds that lock (claim.go).
//   - ID.json is the envelope. The entry exists exactly while this file does. It is
//     replaced by rename, so it is always complete.
//   - ID.dot is the Dot. It is created before the dot, and removed after the result was
//     recorded.
//
// The order of the calls makes every state after a crash one that can be
// recovered:
//
//   - A new entry: write ID.eml, write ID.json.new, fsync both, rename
//     ID.json.new to ID.json, fsync the directory (content.go). Before the rename
//     there is no entry, and Commit has not returned. Sweep removes what is left.
//   - A transaction: create ID.dot, fsync the directory, send the dot, replace
//     ID.json, fsync the directory, remove ID.dot (claim.go). If ID.dot
//     exists and no process holds the lock, the outcome is unknown.
//   - The end: remove ID.json, fsync the directory, remove ID.dot and ID.eml
//     (remove.go). The fsync comes first: if ID.json came back after a loss of power
//     and ID.dot did not, the message would be sent again.
//
// ID.eml is removed only by the process that has locked it, so that a new entry with
// the same ID is never taken for what is left of an old one.
//
// Besides entries, the directory has a marker, the records, and files that are locked.
// What holds for any file of a directory that processes share is in package statedir.
type directory struct {
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
// must call Close. An error is of type *Error.
func Open(path string) (*Spool, error) { return open(path, statedir.OS{}, true) }

// OpenExisting opens the spool in a directory. If that does not exist, the error wraps
// fs.ErrNotExist.
func OpenExisting(path string) (*Spool, error) { return open(path, statedir.OS{}, false) }

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
	return New(&directory{dir: dir}), nil
}

func (d *directory) Name() string { return d.dir.Path() }

func (d *directory) Shared() bool { return false }

func (d *directory) Now() time.Time { return time.Now() }

func (d *directory) Changed() (time.Time, error) {
	info, err := d.dir.Lstat(".")
	if err != nil {
		return time.Time{}, d.dir.Fail(IO, err)
	}
	return info.ModTime(), nil
}

func (d *directory) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.closing.Wait()
	if len(d.removed) == 0 {
		return nil
	}
	return d.syncLocked()
}

// sync makes all names of the directory durable, and then removes what is left of
// entries that were removed.
func (d *directory) sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.syncLocked()
}

// syncLocked is sync for a caller that has locked mu.
func (d *directory) syncLocked() error {
	if err := d.dir.Sync(); err != nil {
		return err
	}
	d.removeRest()
	return nil
}

// replace replaces an envelope. When it returns without an error, it is on disk.
func (d *directory) replace(e *Envelope) error {
	if err := d.dir.Replace(e.ID+".json", e, true); err != nil {
		return err
	}
	return d.sync()
}

func (d *directory) Read(id string) (*Envelope, error) {
	text, err := d.dir.Read(id + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	e := new(Envelope)
	if err := Decode(id, text, e); err != nil {
		return nil, &DamageError{Name: id + ".json", Reason: err.Error()}
	}
	return e, nil
}

func (d *directory) IDs(suffix string) ([]string, error) {
	if IsID(suffix) { // no other one ends with that
		if !d.dir.Exists(suffix + ".json") {
			return nil, nil
		}
		return []string{suffix}, nil
	}
	names, err := d.dir.List()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, name := range names {
		id, isEnvelope := strings.CutSuffix(name, ".json")
		if isEnvelope && IsID(id) && strings.HasSuffix(id, suffix) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (d *directory) Others(id string) (bool, error) {
	ids, err := d.IDs("")
	return slices.ContainsFunc(ids, func(other string) bool { return other != id }), err
}

func (d *directory) Scan(ids []string, do func(id string, e *Envelope, err error)) error {
	if ids == nil {
		var err error
		if ids, err = d.IDs(""); err != nil {
			return err
		}
	}
	for _, id := range ids {
		e, err := d.Read(id)
		if err != nil || e.State == Queued || e.Unfinished() {
			do(id, e, err)
		}
	}
	return nil
}

func (d *directory) ReadRecord(name string, v any) error { return d.dir.ReadRecord(name, v) }

func (d *directory) ChangeRecord(name string, v any, change func()) error {
	return d.dir.ChangeRecord(name, v, change)
}

func (d *directory) RemoveRecord(name string) error { return d.dir.Remove(name) }

func (d *directory) Records(prefix string) ([]string, error) {
	names, err := d.dir.List()
	return slices.DeleteFunc(names, func(name string) bool {
		return !strings.HasPrefix(name, prefix) || strings.Contains(name, ".") // a lock
	}), err
}

func (d *directory) Lock(name string) (release func(), err error) { return d.dir.Lock(name, 0) }
