package spool

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Remove removes the entry: its message was accepted, or the user drops it. What
// is left is removed after the next sync of the directory, which Close of the
// Spool makes at the latest. So a message needs one sync. The entry stays locked
// until then, but must still be closed.
func (e *Entry) Remove() error {
	if err := e.spool.dir.Remove(e.ID + ".json"); err != nil {
		return err
	}
	e.removed = true
	e.spool.mu.Lock()
	e.spool.removed = append(e.spool.removed, e)
	isMany := len(e.spool.removed) >= maxRemoved
	e.spool.mu.Unlock()
	if isMany {
		return e.spool.sync()
	}
	return nil
}

// maxRemoved is how many entries without an envelope stay open until the next sync.
const maxRemoved = 100

// removeRest removes what entries without an envelope leave, and unlocks them. An
// error does not matter: Sweep tries again. The last close of a content frees its
// space, which may take as long as a sync, so the caller does not wait for it.
func (s *Spool) removeRest() {
	removed := s.removed
	s.removed = nil
	for _, e := range removed {
		s.dir.Remove(e.ID + ".dot")
		s.dir.Remove(e.ID + ".eml")
	}
	s.closing.Wait()
	s.closing.Go(func() {
		for _, e := range removed {
			e.content.Close()
		}
	})
}

// sweepAge is how old a file must be until Sweep removes it.
const sweepAge = 24 * time.Hour

// Sweep removes what processes that died left behind: content and other files of
// entries that do not exist, if they are old and not locked. Nobody was told that
// there is such an entry.
func (s *Spool) Sweep(now time.Time) error {
	names, err := s.dir.List()
	if err != nil {
		return err
	}
	for _, name := range names {
		id, suffix, _ := strings.Cut(name, ".")
		isRest := suffix == "eml" || suffix == "dot" || suffix == "json.new" || suffix == "dot.new"
		_, exists := slices.BinarySearch(names, id+".json")
		if !isRest || !isID(id) || exists {
			continue
		}
		info, err := s.dir.Lstat(name)
		if err != nil || now.Sub(info.ModTime()) < sweepAge || !info.Mode().IsRegular() {
			continue
		}
		if err := s.sweep(id, name); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes one file of an entry that does not exist, unless it is locked. It
// holds the lock meanwhile.
func (s *Spool) sweep(id, name string) error {
	content, err := s.dir.OpenLocked(id+".eml", moment)
	if err == nil {
		defer content.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) || s.dir.Exists(id+".json") {
		return nil // in use, damaged, or committed meanwhile
	}
	return s.dir.Remove(name)
}
