package statedir

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Acquire locks an open file. If a process uses it for longer than wait, the error
// is ErrInUse.
func (d *Dir) Acquire(f File, wait time.Duration) error {
	for end := time.Now().Add(wait); ; time.Sleep(time.Millisecond) {
		got, err := f.Lock()
		switch {
		case err != nil:
			return d.Fail(CannotCreate, fmt.Errorf("files cannot be locked: %w", err))
		case got:
			return nil
		case !time.Now().Before(end):
			return ErrInUse
		}
	}
}

// Lock locks a file that is never replaced, and creates it if it does not exist. If
// another process has the lock for longer than wait, the error is ErrInUse.
func (d *Dir) Lock(name string, wait time.Duration) (release func(), err error) {
	f, err := d.files.Create(d.join(name))
	if errors.Is(err, fs.ErrExist) {
		f, err = d.files.Open(d.join(name))
	}
	if err != nil {
		return nil, d.Fail(CannotCreate, err)
	}
	if err := d.Acquire(f, wait); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
