package statedir

import (
	"encoding/json"
	"errors"
	"io/fs"
	"time"
)

// A record is a small JSON file that processes change in turn. It need not be
// durable, and one that is damaged is as good as none.

// ReadRecord reads a record into v, which stays as it is if there is none.
func (d *Dir) ReadRecord(name string, v any) error {
	text, err := d.Read(name)
	_, isDamage := errors.AsType[*DamageError](err)
	if isDamage || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		json.Unmarshal(text, v)
	}
	return err
}

// ChangeRecord reads a record into v, calls change, and writes v, while no other
// process does so.
func (d *Dir) ChangeRecord(name string, v any, change func()) error {
	release, err := d.Lock(d.marker, recordWait)
	if err != nil {
		return err
	}
	defer release()
	if err := d.ReadRecord(name, v); err != nil {
		return err
	}
	change()
	err = d.Replace(name, v, false)
	if e, ok := errors.AsType[*Error](err); ok {
		e.Kind = IO // the directory itself was created before
	}
	return err
}

// recordWait is how long a process waits for others that change records. Each needs
// a moment.
const recordWait = 10 * time.Second
