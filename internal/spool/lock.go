package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// acquire locks an open file of the spool. It does not wait for a process that uses
// it: the error is ErrInUse. It tries again because InUse holds a lock for a moment.
func (s *Spool) acquire(f file) error {
	for try := range 3 {
		time.Sleep(time.Duration(try) * time.Millisecond)
		got, err := f.Lock()
		if err != nil {
			return s.fail(IO, err)
		}
		if got {
			return nil
		}
	}
	return ErrInUse
}

// InUse reports whether a process has locked the entry.
func (s *Spool) InUse(id string) bool {
	f, err := s.openFile(id, id+".eml")
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(s.acquire(f), ErrInUse)
}

// lock locks a file that is never replaced, and creates it if it does not exist. The
// error is ErrInUse if another process has the lock.
func (s *Spool) lock(name string) (release func(), err error) {
	f, err := s.files.Create(s.path(name))
	if errors.Is(err, fs.ErrExist) {
		f, err = s.files.Open(s.path(name))
	}
	if err != nil {
		return nil, s.fail(IO, err)
	}
	if err := s.acquire(f); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// Connect reserves one of the connections to a server that all processes together
// may have. The error is ErrInUse if they have all of them.
func (s *Spool) Connect(key string, connections int) (release func(), err error) {
	for n := range max(connections, 1) {
		release, err = s.lock(fmt.Sprintf("%s.%d", serverName(key), n+1))
		if !errors.Is(err, ErrInUse) {
			return release, err
		}
	}
	return nil, ErrInUse
}

// Probe reports whether this process may try a server that failed. Only one
// process at a time does.
func (s *Spool) Probe(key string) (release func(), ok bool) {
	release, err := s.lock(serverName(key) + ".probe")
	return release, err == nil
}
