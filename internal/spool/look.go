package spool

import (
	"errors"
	"runtime"
	"sync"
)

// Look reads the entries with all processors.
func (d *directory) Look(ids []string) []Seen {
	list := make([]Seen, len(ids))
	readers := runtime.GOMAXPROCS(0)
	var reading sync.WaitGroup
	for first := range readers {
		reading.Go(func() {
			for i := first; i < len(ids); i += readers {
				list[i] = d.see(ids[i])
			}
		})
	}
	reading.Wait()
	return list
}

// see reads an entry. It locks it for a moment, so that it finds damage, and a
// transaction with an unknown outcome.
func (d *directory) see(id string) Seen {
	c, e, dot, err := d.Claim(id)
	if errors.Is(err, ErrInUse) {
		e, err := d.Read(id)
		return Seen{e, true, err}
	}
	if err != nil {
		return Seen{Err: err}
	}
	defer c.Close()
	return Saw(e, dot)
}

// Saw returns an entry that no process has locked, as others see it.
func Saw(e *Envelope, d *Dot) Seen {
	entry := &Entry{Envelope: *e}
	entry.interrupt(d)
	return Seen{Envelope: entry.Seen()}
}

// Seen returns the envelope of an entry as others see it.
func (e *Entry) Seen() *Envelope {
	if len(e.Interrupted) > 0 {
		e.Reason = ErrInterrupted.Error()
	}
	return &e.Envelope
}
