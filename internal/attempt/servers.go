package queue

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// ServerFailed reports whether err is a failure of the server and not of the
// message: at a stage from connect to AUTH, or 421. notAllowed means that it
// refused the login or TLS.
func ServerFailed(err error) (failed, notAllowed bool) {
	e := asWire(err)
	if e == nil || e.Uncertain {
		return false, false
	}
	switch e.Stage {
	case wire.StageConnect, wire.StageGreeting, wire.StageHello, wire.StageLHLO,
		wire.StageTLS, wire.StageHandshake, wire.StageAuth:
		return true, e.Kind == wire.KindAuthOrTLS
	}
	return e.Reply.Code == 421, false
}

// NoteServers records which servers of the route failed in an attempt, and which
// one works. r and err are what wire.Session.Deliver returned. It reports whether
// a server works that had failed. It must not be called for an attempt that a
// signal ended.
func NoteServers(
	s *spool.Spool, route Route, r wire.Receipt, err error, now time.Time,
) (recovered bool, cannotNote error) {
	var errs []error
	for _, failure := range r.FailedServers {
		_, err := noteServer(s, route, asWire(failure).Server, failure, now)
		errs = append(errs, err)
	}
	recovered, err = noteServer(s, route, r.Server, err, now)
	return recovered, errors.Join(append(errs, err)...)
}

// noteServer records how the server of that name answered.
func noteServer(s *spool.Spool, route Route, name string, err error, now time.Time) (recovered bool, _ error) {
	i := slices.IndexFunc(route.Servers, func(s wire.Server) bool { return serverName(s) == name })
	if i < 0 {
		return false, nil
	}
	key := route.Keys[i]
	if failed, notAllowed := ServerFailed(err); failed {
		return false, s.ServerFailed(key, reason(err), notAllowed, now)
	}
	record, err := s.Server(key)
	if err != nil || record.Failures == 0 {
		return false, err
	}
	return true, s.ServerWorks(key)
}

// reason returns the words of err without the name of the server.
func reason(err error) string {
	e := asWire(err)
	return strings.TrimPrefix(err.Error(), e.Server+": ")
}

func serverName(s wire.Server) string { return cmp.Or(s.Name, s.Address) }

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

// connect returns the route with those of its servers to which this process may
// make a connection now. Others have all that the account allows.
func (p *pass) connect(route Route) (connected Route, release func(), err error) {
	return route.limit(func(key string) (func(), error) { return p.Spool.Connect(key, route.Connections) })
}

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
