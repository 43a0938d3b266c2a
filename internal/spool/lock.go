package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// moment is longer than a process has an entry locked that only looks at it.
const moment = 10 * time.Millisecond

// acquire locks an open file of the spool. If a process uses it for longer than
// wait, the error is ErrInUse.
func (s *Spool) acquire(f file, wait time.Duration) error {
	for end := time.Now().Add(wait); ; time.Sleep(time.Millisecond) {
		got, err := f.Lock()
		switch {
		case err != nil:
			return s.fail(CannotCreate, fmt.Errorf("files cannot be locked: %w", err))
		case got:
			return nil
		case !time.Now().Before(end):
			return ErrInUse
		}
	}
}

// lock locks a file that is never replaced, and creates it if it does not exist. If
// another process has the lock for longer than wait, the error is ErrInUse.
func (s *Spool) lock(name string, wait time.Duration) (release func(), err error) {
	f, err := s.files.Create(s.path(name))
	if errors.Is(err, fs.ErrExist) {
		f, err = s.files.Open(s.path(name))
	}
	if err != nil {
		return nil, s.fail(CannotCreate, err)
	}
	if err := s.acquire(f, wait); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// Connect reserves one of the connections to a server that all processes together
// may have. The error is ErrInUse if they have all of them.
func (s *Spool) Connect(key string, connections int) (release func(), err error) {
	for n := range max(connections, 1) {
		release, err = s.lock(fmt.Sprintf("%s.%d", serverName(key), n+1), 0)
		if !errors.Is(err, ErrInUse) {
			return release, err
		}
	}
	return nil, ErrInUse
}

// Probe lets one process at a time try a server that failed. The error is ErrInUse
// if another one does.
func (s *Spool) Probe(key string) (release func(), err error) {
	return s.lock(serverName(key)+".probe", 0)
}
