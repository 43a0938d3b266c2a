package spool

import (
	"encoding/json"
	"errors"
	"io/fs"
)

// A dot is what ID.dot has.
type dot struct {
	Attempts   int      `json:"attempts"` // before this one
	Recipients []string `json:"recipients"`
}

// Dot creates ID.dot with the recipients of a transaction, and makes it durable.
// After that, the final dot may be sent. If Dot fails, it must not be sent, because
// the result could not be recorded either.
func (e *Entry) Dot(recipients []string) error {
	e.dot = append(e.dot, recipients...) // a message may need several transactions
	name, d := e.ID+".dot", dot{e.Attempts, e.dot}
	err := e.spool.dir.CreateJSON(name, d, false)
	if errors.Is(err, fs.ErrExist) {
		err = e.spool.dir.Replace(name, d, false)
	}
	if err != nil {
		return err
	}
	return e.spool.sync()
}

// readDot reads ID.dot, if there is one. Its text need not be durable: if it was
// lost with the power, the transaction may have been about all pending recipients.
func (e *Entry) readDot() error {
	text, err := e.spool.dir.Read(e.ID + ".dot")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var d dot
	if err := json.Unmarshal(text, &d); err != nil {
		d = dot{e.Attempts, e.Pending()}
	}
	if d.Attempts < e.Attempts { // Save was interrupted after it had recorded the result
		return nil
	}
	sent := make(map[string]bool)
	for _, address := range d.Recipients {
		sent[address] = true
	}
	for i := range e.Recipients {
		r := &e.Recipients[i]
		if sent[r.Address] && !r.IsDone() {
			e.Interrupted = append(e.Interrupted, r.Address)
			r.SetUnknown(ErrInterrupted)
		}
	}
	return nil
}
