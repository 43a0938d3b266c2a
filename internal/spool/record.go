package spool

import (
	"encoding/json"
	"errors"
	"io/fs"
	"time"
)

// A record is a small JSON file that processes share: about a server, a rate or the
// last flush. It need not be durable, and one that is damaged is as good as none.

// readRecord reads a record into v, which stays as it is if there is none.
func (s *Spool) readRecord(name string, v any) error {
	text, err := s.readFile("", name)
	_, isDamage := errors.AsType[*DamageError](err)
	if isDamage || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		json.Unmarshal(text, v)
	}
	return err
}

// changeRecord reads a record into v, calls change, and writes v, while no other
// process does so.
func (s *Spool) changeRecord(name string, v any, change func()) error {
	release, err := s.lock(marker, recordWait)
	if err != nil {
		return err
	}
	defer release()
	if err := s.readRecord(name, v); err != nil {
		return err
	}
	change()
	return s.replace(name, v)
}

// recordWait is how long a process waits for others that change records. Each needs
// a moment.
const recordWait = 10 * time.Second
