package cli

import (
	"slices"
	"sync"

	"mailpipe/internal/spool"
)

// spools are the spools of a delivery. The next one is used when one cannot be
// written. The methods may be called concurrently, because content is kept while an
// attempt goes on.
type spools struct {
	open   func(where string, create bool) (*spool.Spool, error)
	shared []spool.Flag // those of the mail in a spool that other machines use

	mu     sync.Mutex
	where  []string     // those that were not tried yet
	spool  *spool.Spool // in use; nil: there is none that can be written
	failed []error      // why those before it are not used
}

// current returns the spool in use, or nil.
func (s *spools) current() *spool.Spool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spool
}

// next opens the next spool that can be opened. err is why the one in use cannot be
// written.
func (s *spools) next(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spool != nil {
		s.failed = append(s.failed, err)
		s.spool = nil
	}
	for s.spool == nil && len(s.where) > 0 {
		opened, err := s.open(s.where[0], true)
		s.where = s.where[1:]
		if err == nil {
			s.spool = opened
		} else {
			s.failed = append(s.failed, err)
		}
	}
}

// create creates a draft in the first spool that takes one, or returns nil.
func (s *spools) create() *spool.Draft {
	for current := s.current(); current != nil; current = s.current() {
		draft, err := current.Create()
		if err == nil {
			return draft
		}
		s.next(err)
	}
	return nil
}

// failures returns why spools are not used.
func (s *spools) failures() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.failed)
}
