package spool

import (
	"errors"
	"io/fs"
	"strings"
	"time"
)

// Remove removes the entry: its message was accepted, or the user drops it. What
// is left is removed after the next sync of the directory, which Close of the
// Spool makes at the latest. So a message needs one sync. The entry stays locked
// until then, but must still be closed.
func (e *Entry) Remove() error {
	if err := e.spool.remove(e.ID + ".json"); err != nil {
		return err
	}
	e.removed = true
	e.spool.mu.Lock()
	e.spool.removed = append(e.spool.removed, e)
	pending := len(e.spool.removed)
	e.spool.mu.Unlock()
	if pending < maxRemoved {
		return nil
	}
	return e.spool.sync()
}

// maxRemoved is how many entries without an envelope stay open until the next sync.
const maxRemoved = 100

// removeRest removes what an entry without an envelope leaves, and unlocks it. An
// error does not matter: Sweep tries again.
func (e *Entry) removeRest() {
	e.spool.remove(e.ID + ".dot")
	e.spool.remove(e.ID + ".eml")
	e.content.Close()
}

// sweepAge is how old a file must be until Sweep removes it.
const sweepAge = 24 * time.Hour

// Sweep removes what processes that died left behind: content and other files of
// entries that do not exist, if they are old and not locked. Nobody was told that
// there is such an entry.
func (s *Spool) Sweep(now time.Time) error {
	names, err := s.files.List(s.dir)
	if err != nil {
		return s.fail(IO, err)
	}
	exists := make(map[string]bool)
	for _, name := range names {
		if id, isEnvelope := strings.CutSuffix(name, ".json"); isEnvelope {
			exists[id] = true
		}
	}
	for _, name := range names {
		id, suffix, _ := strings.Cut(name, ".")
		isRest := suffix == "eml" || suffix == "dot" || suffix == "json.new" || suffix == "dot.new"
		if !isID(id) || exists[id] || !isRest {
			continue
		}
		if err := s.sweep(id, name, now); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes one file, unless it is new or its entry is locked. It holds the
// lock meanwhile.
func (s *Spool) sweep(id, name string, now time.Time) error {
	info, err := s.files.Lstat(s.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return s.fail(IO, err)
	}
	if now.Sub(info.ModTime()) < sweepAge || !info.Mode().IsRegular() {
		return nil
	}
	content, err := s.openFile(id, id+".eml")
	if err == nil {
		defer content.Close()
		err = s.acquire(content)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil // in use, or damage, which is left as it is
	}
	if s.exists(id) {
		return nil // it was committed meanwhile
	}
	return s.remove(name)
}
