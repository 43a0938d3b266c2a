package postgres

import (
	"sync"
	"time"

	"mailpipe/internal/spool"
)

// The times of retries. All hosts start their jobs at the same minute, so a server may
// have no connection left for a moment. A failover takes about as long.
const (
	limit      = 10 * time.Second // for the answer of the server
	shortLimit = 2 * time.Second
	retryTime  = 10 * time.Second
	firstPause = 50 * time.Millisecond
	maxPause   = time.Second
)

// do calls f with a connection. If the server cannot be reached, or can do nothing at
// the moment, it calls f again, for retryTime. So whatever f does must have the effect
// of once. An error of the server is of type *spool.Error.
func (s *store) do(f func(c *conn) error) error {
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		began, err := s.try(limit, f)
		if !spool.IsUnreachable(err) {
			s.outage.end()
			return err
		}
		wait := spool.Jitter(pause)
		if s.outage.goesOn(began, err)+wait > retryTime {
			return err
		}
		time.Sleep(wait)
	}
}

// doOnce is do for what is not worth a wait: f is called once, and not at all if
// the server could not be reached a moment ago.
func (s *store) doOnce(f func(c *conn) error) error {
	if err := s.outage.recent(); err != nil {
		return err
	}
	_, err := s.try(shortLimit, f)
	if spool.IsUnreachable(err) {
		s.outage.failed(err)
		return err
	}
	s.outage.end()
	return err
}

// try calls f with a connection, and returns when its last round trip began. Each may
// take as long as limit.
func (s *store) try(limit time.Duration, f func(c *conn) error) (began time.Time, err error) {
	c := s.idle.take()
	if c == nil {
		c, err = s.connect(limit)
	}
	c.limit = limit
	if err == nil {
		err = f(c)
	}
	began = c.began
	if spool.IsUnreachable(err) { // or read only: another host may be the primary now
		c.close()
	}
	s.idle.put(c)
	return began, err
}

// An outage is the time in which the server could not be reached. All calls that wait for its
// end share it, so that a process with several things to do waits once.
type outage struct {
	mu     sync.Mutex
	since  time.Time // when the first attempt began of a call that waits
	waited time.Time // when the last such attempt failed
	last   time.Time // when the last attempt failed
	err    error     // why
}

// goesOn records that an attempt that began then has failed. It returns for how long calls have
// waited.
func (o *outage) goesOn(began time.Time, err error) time.Duration {
	o.failed(err)
	o.mu.Lock()
	defer o.mu.Unlock()
	if time.Since(o.waited) > retryTime {
		o.since = began
	}
	o.waited = time.Now()
	return o.waited.Sub(o.since)
}

// failed records that an attempt has failed.
func (o *outage) failed(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last, o.err = time.Now(), err
}

// recent returns why the server could not be reached a moment ago, or nil.
func (o *outage) recent() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if time.Since(o.last) > retryTime {
		return nil
	}
	return o.err
}

// end records that an attempt succeeded.
func (o *outage) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since, o.waited, o.last, o.err = time.Time{}, time.Time{}, time.Time{}, nil
}
