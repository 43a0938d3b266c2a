package directory

import (
	"errors"
	"runtime"
	"sync"

	"mailpipe/internal/spool"
)

// Look reads the entries with all processors.
func (s *store) Look(ids []string) []spool.Seen {
	list := make([]spool.Seen, len(ids))
	readers := runtime.GOMAXPROCS(0)
	var reading sync.WaitGroup
	for first := range readers {
		reading.Go(func() {
			for i := first; i < len(ids); i += readers {
				list[i] = s.see(ids[i])
			}
		})
	}
	reading.Wait()
	return list
}

// see reads an entry. It locks it for a moment, so that it finds damage, and a
// transaction with an unknown outcome.
func (s *store) see(id string) spool.Seen {
	c, e, dot, err := s.Claim(id)
	if errors.Is(err, spool.ErrInUse) {
		e, err := s.Read(id)
		return spool.Seen{Envelope: e, InUse: true, Err: err}
	}
	if err != nil {
		return spool.Seen{Err: err}
	}
	defer c.Close()
	return spool.Saw(e, dot)
}
