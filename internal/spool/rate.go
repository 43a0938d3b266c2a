package spool

import "time"

// A reservation is the record of when the next message may be sent to a server.
type reservation struct {
	Made time.Time `json:"made"` // the time of the last one
	Next time.Time `json:"next"`
}

// Reserve returns when the next message may be sent to a server, if all processes
// together send one in each interval. It is reserved for the caller.
func (s *Spool) Reserve(key string, every time.Duration, now time.Time) (time.Time, error) {
	at := now
	var r reservation
	err := s.store.ChangeRecord("rate-"+hashOf(key), &r, func() {
		if r.Next.After(now) && !now.Before(r.Made) {
			at = r.Next
		}
		r = reservation{Made: now, Next: at.Add(every)}
	})
	return at, err
}

// Flushed returns when the last flush ran; zero means never.
func (s *Spool) Flushed() (last time.Time, err error) {
	err = s.store.ReadRecord("flushed", &last)
	return last, err
}

// SetFlushed records that a flush ran.
func (s *Spool) SetFlushed(now time.Time) error {
	var last time.Time
	return s.store.ChangeRecord("flushed", &last, func() { last = now })
}
