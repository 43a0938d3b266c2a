package attempt

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A Route is how a message reaches its servers, and the limits for that.
type Route struct {
	Servers []wire.Server
	Keys    []string // of each server and login, for spool.Server

	Connections        int           // of all processes to one server; 0 means 1. A flush uses one of them.
	MailsPerConnection int           // 0 means 100
	Every              time.Duration // the time from one message to the next; 0 means no limit
}

// Available returns the route without the servers that are down. If none is left,
// down is the record of the one that is tried next.
//
// A server that failed is tried again when its time has come, by one process at a
// time: until release is called, others find it down. release is never nil.
func Available(
	s *spool.Spool, route Route, now time.Time,
) (available Route, down spool.Server, release func(), err error) {
	available, release, err = route.limit(func(key string) (func(), error) {
		record, err := s.Server(key)
		if err != nil || record.Failures == 0 {
			return func() {}, err
		}
		end, err := func() {}, spool.ErrInUse
		if !record.Down(now) {
			end, err = s.Probe(key)
		}
		if errors.Is(err, spool.ErrInUse) && (down.Failures == 0 || record.Next.Before(down.Next)) {
			down = record
		}
		return end, err
	})
	return available, down, release, err
}

// Down returns the record of the server that is tried next, if all servers of the
// route are down.
func (r Route) Down(s *spool.Spool, now time.Time) spool.Server {
	available, down, release, err := Available(s, r, now)
	release()
	if err != nil || len(available.Servers) > 0 {
		return spool.Server{}
	}
	return down
}

// connect returns the route with those of its servers to which this process may
// make a connection until it calls release. Other processes have all connections to
// the others that the account allows. release is never nil.
func (r Route) connect(s *spool.Spool) (connected Route, release func(), err error) {
	return r.limit(func(key string) (func(), error) { return s.Connect(key, r.Connections) })
}

// ServerName returns the name of the server with that key.
func (r Route) ServerName(key string) string {
	i := slices.Index(r.Keys, key)
	if i < 0 {
		return key
	}
	return nameOf(r.Servers[i])
}

func nameOf(s wire.Server) string { return cmp.Or(s.Name, s.Address) }

// limit returns the route with the servers for which lock returns no error. It
// leaves out those for which the error is ErrInUse. release ends what lock began,
// once, and is never nil.
func (r Route) limit(lock func(key string) (end func(), err error)) (limited Route, release func(), err error) {
	var ends []func()
	release = func() {
		for _, end := range ends {
			end()
		}
		ends = nil
	}
	limited = r
	limited.Servers, limited.Keys = nil, nil
	for i, key := range r.Keys {
		end, err := lock(key)
		switch {
		case err == nil:
			ends = append(ends, end)
			limited.Servers = append(limited.Servers, r.Servers[i])
			limited.Keys = append(limited.Keys, key)
		case !errors.Is(err, spool.ErrInUse):
			return limited, release, err
		}
	}
	return limited, release, nil
}
