package attempt

import (
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
	i := slices.IndexFunc(route.Servers, func(s wire.Server) bool { return nameOf(s) == name })
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
