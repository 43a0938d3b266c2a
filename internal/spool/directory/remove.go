package directory

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/spool"
)

// Remove removes ID.json. What is left is removed after the next sync of the directory,
// which Close makes at the latest.
func (c *fileClaim) Remove() error {
	if err := c.dir.Remove(c.id + ".json"); err != nil {
		return err
	}
	c.removed = true
	c.mu.Lock()
	c.store.removed = append(c.store.removed, c)
	isMany := len(c.store.removed) >= maxRemoved
	c.mu.Unlock()
	if isMany {
		return c.sync()
	}
	return nil
}

// Forget also syncs the directory.
func (c *fileClaim) Forget() error {
	if err := c.Remove(); err != nil {
		return err
	}
	return c.sync()
}

// maxRemoved is how many entries without an envelope stay open until the next sync.
const maxRemoved = 100

// removeRest removes what entries without an envelope leave, and unlocks them. An
// error does not matter: Sweep tries again. The last close of a content frees its
// space, which may take as long as a sync, so the caller does not wait for it.
func (s *store) removeRest() {
	removed := s.removed
	s.removed = nil
	for _, c := range removed {
		s.dir.Remove(c.id + ".dot")
		s.dir.Remove(c.id + ".eml")
	}
	s.closing.Wait()
	s.closing.Go(func() {
		for _, c := range removed {
			c.content.Close()
		}
	})
}

// sweepAge is how old a file must be until Sweep removes it.
const sweepAge = 24 * time.Hour

// Sweep removes what processes that died left behind: content and other files of
// entries that do not exist, if they are old and not locked. Nobody was told that
// there is such an entry.
func (s *store) Sweep(now time.Time) error {
	names, err := s.dir.List()
	if err != nil {
		return err
	}
	for _, name := range names {
		id, suffix, _ := strings.Cut(name, ".")
		isRest := suffix == "eml" || suffix == "dot" || suffix == "json.new" || suffix == "dot.new"
		_, exists := slices.BinarySearch(names, id+".json")
		if !isRest || !spool.IsID(id) || exists {
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
func (s *store) sweep(id, name string) error {
	content, err := s.dir.OpenLocked(id+".eml", moment)
	if err == nil {
		defer content.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) || s.dir.Exists(id+".json") {
		return nil // in use, damaged, or committed meanwhile
	}
	return s.dir.Remove(name)
}
