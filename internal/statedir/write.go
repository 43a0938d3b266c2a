package statedir

import (
	"encoding/json"
	"errors"
	"io/fs"
)

// Replace writes v as JSON in place of a file, whole or not at all. If durable is
// set, the content is on disk when it returns; the name is durable after Sync.
func (d *Dir) Replace(name string, v any, durable bool) error {
	temporary := name + ".new"
	err := d.CreateJSON(temporary, v, durable)
	if errors.Is(err, fs.ErrExist) { // of a process that died
		d.Remove(temporary)
		err = d.CreateJSON(temporary, v, durable)
	}
	if err != nil {
		return err
	}
	if err := d.files.Rename(d.join(temporary), d.join(name)); err != nil {
		d.Remove(temporary)
		return d.Fail(IO, err)
	}
	return nil
}

// CreateJSON writes v as JSON to a new file. If that fails, there is none.
func (d *Dir) CreateJSON(name string, v any, durable bool) error {
	text, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return d.Fail(IO, err)
	}
	f, err := d.create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err == nil && durable {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err != nil {
		d.Remove(name)
		return d.Fail(IO, err)
	}
	return nil
}
