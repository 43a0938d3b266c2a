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
// one works. r and err are what wire.Session.Deliver returned. It must not be
// called for an attempt that a signal ended.
func NoteServers(s *spool.Spool, route Route, r wire.Receipt, err error, now time.Time) error {
	_, err = noteServers(s, route, r, err, now)
	return err
}

// noteServers is NoteServers. It reports whether a server works that had failed.
func noteServers(
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

// add adds the i-th server of all to the route.
func (r *Route) add(all Route, i int) {
	r.Servers = append(r.Servers, all.Servers[i])
	r.Keys = append(r.Keys, all.Keys[i])
}

// Available returns the route without the servers that are down. If none is left,
// down is the record of the one that is tried next.
//
// A server that failed is tried again when its time has come, by one process at a
// time: until release is called, others find it down. release is never nil.
func Available(
	s *spool.Spool, route Route, now time.Time,
) (available Route, down spool.Server, release func(), err error) {
	var ends releases
	available = route
	available.Servers, available.Keys = nil, nil
	for i, key := range route.Keys {
		record, err := s.Server(key)
		if err != nil {
			return available, record, ends.release, err
		}
		works := record.Failures == 0
		if !works && !record.Down(now) {
			end, ok := s.Probe(key)
			ends.add(end, ok)
			works = ok
		}
		if works {
			available.add(route, i)
		} else {
			down = sooner(down, record)
		}
	}
	return available, down, ends.release, nil
}

// connect returns the route with those of its servers to which this process may
// make a connection now. Others have all that the account allows.
func (p *pass) connect(route Route) (connected Route, release func(), err error) {
	var ends releases
	connected = route
	connected.Servers, connected.Keys = nil, nil
	for i, key := range route.Keys {
		end, err := p.Spool.Connect(key, max(route.Connections, 1))
		if err != nil && !errors.Is(err, spool.ErrInUse) {
			return connected, ends.release, err
		}
		if err == nil {
			ends.add(end, true)
			connected.add(route, i)
		}
	}
	return connected, ends.release, nil
}

// sooner returns the record of the server that is tried sooner.
func sooner(a, b spool.Server) spool.Server {
	if a.Failures == 0 || b.Next.Before(a.Next) {
		return b
	}
	return a
}

// releases are the functions that release locks.
type releases []func()

func (r *releases) add(end func(), ok bool) {
	if ok {
		*r = append(*r, end)
	}
}

func (r *releases) release() {
	for _, end := range *r {
		end()
	}
	*r = nil
}
