package spool

// A Dot is the mark that the final dot of a transaction may have been sent.
type Dot struct {
	Attempts   int      `json:"attempts"` // before this one
	Recipients []string `json:"recipients"`
}

// Dot marks that the final dot of a transaction for these recipients may be sent, and
// makes that durable. If Dot fails, the dot must not be sent, because the result could
// not be recorded either.
func (e *Entry) Dot(recipients []string) error {
	e.dot = append(e.dot, recipients...) // a message may need several transactions
	return e.claim.SetDot(Dot{e.Attempts, e.dot})
}

// interrupt sets the outcome to unknown for the recipients of a dot that a process left.
func (e *Entry) interrupt(d *Dot) {
	if d == nil || d.Attempts < e.Attempts { // Save was interrupted after it had recorded the result
		return
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
}
