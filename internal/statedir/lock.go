package statedir

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"mailpipe/internal/oserror"
)

// CreateLocked creates a file and locks it. If it exists, the error wraps fs.ErrExist.
// The caller must close the file, which ends the lock.
func (d *Dir) CreateLocked(name string, wait time.Duration) (File, error) {
	f, err := d.create(name)
	return d.acquire(f, err, wait)
}

// OpenLocked opens a file for reading and locks it. If a process uses it for longer
// than wait, the error is ErrInUse; others are those of Read. The caller must close
// the file, which ends the lock.
func (d *Dir) OpenLocked(name string, wait time.Duration) (File, error) {
	f, _, err := d.open(name)
	return d.acquire(f, err, wait)
}

// Lock locks a file that is never replaced, and creates it if it does not exist. If
// another process has the lock for longer than wait, the error is ErrInUse.
func (d *Dir) Lock(name string, wait time.Duration) (release func(), err error) {
	f, err := d.CreateLocked(name, wait)
	if errors.Is(err, fs.ErrExist) {
		f, err = d.OpenLocked(name, wait)
	}
	if err != nil {
		return nil, err
	}
	return func() { f.Close() }, nil
}

// acquire locks a file that was opened, unless err is not nil. It closes the file if
// that fails.
func (d *Dir) acquire(f File, err error, wait time.Duration) (File, error) {
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(wait); ; time.Sleep(time.Millisecond) {
		got, err := f.Lock()
		switch {
		case err != nil:
			f.Close()
			return nil, d.Fail(CannotCreate, fmt.Errorf("files cannot be locked: %w", oserror.Reason(err)))
		case got:
			return f, nil
		case !time.Now().Before(end):
			f.Close()
			return nil, ErrInUse
		}
	}
}
