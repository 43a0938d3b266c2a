package postgres

import (
	"strconv"
	"sync"
	"time"
)

// A clock is that of the database.
type clock struct {
	mu   sync.Mutex
	read time.Time // when it was read, by the clock of this machine; zero means never
	time time.Time // that it showed
}

// set records what the clock has shown just now.
func (c *clock) set(shown time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read, c.time = time.Now(), shown
}

// now returns the time, and whether it is known.
func (c *clock) now() (now time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read.IsZero() {
		return time.Now(), false
	}
	return c.time.Add(time.Since(c.read)), true
}

// Now returns the time of the database, or that of this machine if the database cannot be
// reached.
func (s *store) Now() time.Time {
	now, known := s.clock.now()
	if !known {
		s.doOnce(func(*conn) error { return nil }) // to connect is enough
		now, _ = s.clock.now()
	}
	return now
}

// micros returns SQL for a time as timeOf reads it, whatever the settings of the session. It is
// NULL for a time that a host made up, such as infinity.
func micros(expression string) string {
	return "CASE WHEN " + expression + " BETWEEN '0001-01-01 00:00Z' AND '9999-12-31 00:00Z'" +
		" THEN (extract(epoch FROM " + expression + ") * 1000000)::bigint END"
}

// timeOf returns the time of a value of micros. It is zero if the value is NULL.
func timeOf(value []byte) time.Time {
	if value == nil {
		return time.Time{}
	}
	n, _ := strconv.ParseInt(string(value), 10, 64)
	return time.UnixMicro(n)
}
