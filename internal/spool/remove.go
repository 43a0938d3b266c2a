package spool

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Remove removes ID.json. What is left is removed after the next sync of the directory,
// which Close makes at the latest.
func (c *fileClaim) Remove() error {
	if err := c.dir.Remove(c.id + ".json"); err != nil {
		return err
	}
	c.removed = true
	c.mu.Lock()
	c.directory.removed = append(c.directory.removed, c)
	isMany := len(c.directory.removed) >= maxRemoved
	c.mu.Unlock()
	if isMany {
		return c.sync()
	}
	return nil
}

// maxRemoved is how many entries without an envelope stay open until the next sync.
const maxRemoved = 100

// removeRest removes what entries without an envelope leave, and unlocks them. An
// error does not matter: Sweep tries again. The last close of a content frees its
// space, which may take as long as a sync, so the caller does not wait for it.
func (d *directory) removeRest() {
	removed := d.removed
	d.removed = nil
	for _, c := range removed {
		d.dir.Remove(c.id + ".dot")
		d.dir.Remove(c.id + ".eml")
	}
	d.closing.Wait()
	d.closing.Go(func() {
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
func (d *directory) Sweep(now time.Time) error {
	names, err := d.dir.List()
	if err != nil {
		return err
	}
	for _, name := range names {
		id, suffix, _ := strings.Cut(name, ".")
		isRest := suffix == "eml" || suffix == "dot" || suffix == "json.new" || suffix == "dot.new"
		_, exists := slices.BinarySearch(names, id+".json")
		if !isRest || !IsID(id) || exists {
			continue
		}
		info, err := d.dir.Lstat(name)
		if err != nil || now.Sub(info.ModTime()) < sweepAge || !info.Mode().IsRegular() {
			continue
		}
		if err := d.sweep(id, name); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes one file of an entry that does not exist, unless it is locked. It
// holds the lock meanwhile.
func (d *directory) sweep(id, name string) error {
	content, err := d.dir.OpenLocked(id+".eml", moment)
	if err == nil {
		defer content.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) || d.dir.Exists(id+".json") {
		return nil // in use, damaged, or committed meanwhile
	}
	return d.dir.Remove(name)
}
