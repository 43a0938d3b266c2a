package attempt

import (
	"cmp"
	"context"
	"time"

	"mailpipe/internal/repair"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

const defaultMailsPerConnection = 100

// A Session delivers the messages of a spool over the servers of a route, within
// the limits that hold for all processes. One goroutine may use it at a time.
type Session struct {
	spool    *spool.Spool
	route    Route
	session  *wire.Session
	release  func()
	onlyOpen bool // only over the connection that is open
	mails    int  // sent over the connection
	works    bool // an attempt showed that the server works

	converted *repair.Message // the message that was converted last; nil if there is none
}

// Open returns a session over the servers that this process may use now: those that
// are not down, unless evenDown is set, and that other processes do not use. It is
// nil if there are none. The caller must call Close.
func Open(s *spool.Spool, route Route, evenDown bool, now time.Time) (*Session, error) {
	usable, end := route, func() {}
	if !evenDown {
		var err error
		if usable, _, end, err = Available(s, route, now); err != nil {
			end()
			return nil, err
		}
	}
	connected, release, err := usable.connect(s)
	if err != nil || len(connected.Servers) == 0 {
		release()
		end()
		return nil, err
	}
	return &Session{
		spool: s, route: route, session: wire.NewSession(connected.Servers), release: func() { release(); end() },
	}, nil
}

// Continue returns a session over the open connection of a delivery that succeeded.
// It makes no other connection. It is nil if another process uses the servers. Close
// does not close the connection.
func Continue(s *spool.Spool, route Route, open *wire.Session) (*Session, error) {
	connected, release, err := route.connect(s)
	if err != nil || len(connected.Servers) < len(route.Servers) {
		release()
		return nil, err
	}
	return &Session{spool: s, route: route, session: open, release: release, onlyOpen: true, mails: 1}, nil
}

// Close ends the connection, if there is one, and lets other processes use the
// servers.
func (s *Session) Close() {
	if !s.onlyOpen {
		s.session.Close()
	}
	s.closeConverted()
	s.release()
}

// Mail returns what is sent of an entry to the recipients that are pending. next
// returns the mail that will be delivered after it, or nil. It is called if the
// connection may be used for that.
func (s *Session) Mail(e *spool.Entry, next func() *wire.Mail) *wire.Mail {
	to := e.Pending()
	return &wire.Mail{
		Content: e, Convert: s.convert(e),
		Envelope: wire.Envelope{
			From: e.From, To: to,
			Size: e.Size, EightBit: e.EightBit, EightBitKnown: true, UTF8: e.UTF8,
			DSN: wire.DSN(e.DSN), Notify: e.Notify(), MessageID: e.MessageID,
			AllOrNothing: e.AllOrNothing && len(to) == len(e.Recipients), // else some have it
			Chunking:     e.Chunking,
			BeforeDot:    e.Dot,
			AfterDot:     Progress(e),
		},
		Next: func() *wire.Mail {
			switch {
			case s.mails >= cmp.Or(s.route.MailsPerConnection, defaultMailsPerConnection):
				return nil
			case s.route.Every > 0:
				return &wire.Mail{} // keeps the connection; nothing goes out before its time
			}
			return next()
		},
	}
}

// Wait waits for the time that the rate of the account gives to the next message. It
// returns false if the context ends before that, if that time does not come before
// end, or if the session cannot be used. A zero end is no limit.
func (s *Session) Wait(ctx context.Context, now, end time.Time) (bool, error) {
	if s.route.Every > 0 {
		at, err := s.spool.Reserve(s.route.Keys[0], s.route.Every, now)
		if err != nil || !end.IsZero() && !at.Before(end) {
			return false, err
		}
		select {
		case <-ctx.Done():
			return false, nil
		case <-time.After(at.Sub(now)):
		}
	}
	return !s.onlyOpen || s.session.Open(), nil
}

// Deliver delivers a mail that Mail has returned.
func (s *Session) Deliver(ctx context.Context, m *wire.Mail) (wire.Receipt, error) {
	if !s.session.Open() {
		s.mails = 0
	}
	s.mails++
	r, err := s.session.Deliver(ctx, m)
	<-r.ContentDone
	return r, err
}

// NoteServers is the function NoteServers, except that it does not look up again that
// a server works.
func (s *Session) NoteServers(r wire.Receipt, err error, now time.Time) (recovered bool, cannotNote error) {
	failed, _ := ServerFailed(err)
	if failed || len(r.FailedServers) > 0 || !s.works {
		recovered, cannotNote = NoteServers(s.spool, s.route, r, err, now)
	}
	s.works = !failed
	return recovered, cannotNote
}
