package spool

import (
	"errors"
	"fmt"
	"io/fs"
)

// InUse reports whether a process has locked the entry.
func (s *Spool) InUse(id string) bool {
	f, err := s.openFile(id, id+".eml")
	if err != nil {
		return false
	}
	defer f.Close()
	got, err := f.Lock()
	return err == nil && !got
}

// lock locks a file that is never replaced, and creates it if it does not exist. It
// does not wait: the error is ErrInUse if another process has the lock.
func (s *Spool) lock(name string) (release func(), err error) {
	f, err := s.files.Create(s.path(name))
	if errors.Is(err, fs.ErrExist) {
		f, err = s.files.Open(s.path(name))
	}
	if err != nil {
		return nil, s.fail(IO, err)
	}
	got, err := f.Lock()
	switch {
	case err != nil:
		err = s.fail(IO, err)
	case !got:
		err = ErrInUse
	default:
		return func() { f.Close() }, nil
	}
	f.Close()
	return nil, err
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
