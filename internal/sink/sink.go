// Package sink is an SMTP server for trying things out. It stores what it receives
// as a Maildir, as files or in mbox format, and can be set to answer any stage of the
// dialogue with another reply.
package sink

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"mailpipe/internal/submit"
	"mailpipe/wire"
)

// host is the name of the server.
const host = "sink.localhost"

// Options are the options of a sink. The zero value accepts and discards.
type Options struct {
	Dir   string       // a Maildir, or eml:DIR for files; created if it is missing; empty means none
	Mbox  io.Writer    // without Dir: gets the mails in mbox format; nil discards them
	Count int          // the number of mails after which the sink ends; 0 means no limit
	Reply []Rule       // the first one that matches replaces a reply
	Note  func(string) // gets what the user of the client should know; may be nil

	TLS        *tls.Config   // offers STARTTLS; nil means none
	Implicit   bool          // TLS begins before the greeting
	RequireTLS bool          // mail without TLS is refused
	Login      *submit.Login // who may send; nil means everyone

	// Judge decides about a mail that has arrived, with LF line endings. A reply that is
	// not the zero Reply refuses it. It may be nil.
	Judge func(from string, to []string, mail io.Reader) submit.Reply

	// Kept is called after each mail that was stored, with "kept" or "kept as" and the name
	// of its file. It may be nil.
	Kept func(from string, to []string, kept string)

	// Observe is called with the number of each session, from 1, and returns what gets the
	// dialogue. It may be nil.
	Observe func(number int) Observer
}

// An Observer gets the dialogue of a session.
type Observer struct {
	Trace        wire.Trace
	TraceContent io.Writer // as that of submit.Session; may be nil
	End          func()    // is called after the dialogue
}

// Check checks the options and creates the directory. An *fs.PathError means that
// it cannot be created.
func (opt Options) Check() error {
	if opt.Dir == "" {
		return nil
	}
	return opt.directory().create()
}

// quitWait is how long clients have to send QUIT after the last mail was stored.
// endWait is how long Serve waits for the sessions, which may have to write a large
// mail to a slow disk; mboxWait for those that write to a pipe, which may be full.
const (
	quitWait = 5 * time.Second
	endWait  = 30 * time.Second
	mboxWait = time.Second
)

// Serve serves clients on l until ctx ends or Count mails were stored, and closes
// l. A mail that is being received when ctx ends is not stored. It returns an error of
// the options, of the mbox, or of l.
func Serve(ctx context.Context, l net.Listener, opt Options) error {
	defer l.Close()
	if err := opt.Check(); err != nil {
		return err
	}
	s := newSink(opt)
	accepts := make(chan error, 1)
	go func() { accepts <- s.accept(l) }()
	select {
	case err := <-accepts:
		return err
	case <-ctx.Done():
	case <-s.full:
	}
	l.Close()
	<-accepts
	if s.isFull() {
		s.await(ctx, quitWait)
	}
	s.closeAll()
	if opt.Dir == "" {
		s.await(context.Background(), mboxWait)
		return s.failure()
	}
	s.await(context.Background(), endWait)
	return nil
}

// A sink is what the sessions of a server share.
type sink struct {
	opt      Options
	session  submit.Session
	full     chan struct{} // closed when the sink accepts no more mail
	sessions sync.WaitGroup

	mu    sync.Mutex
	began int               // sessions
	conns map[net.Conn]bool // open ones
	used  []int             // how often each rule was used

	committing sync.Mutex // may wait for the disk or the reader of the mbox
	stored     int
	err        error // of the mbox; does not change after full is closed
}

func newSink(opt Options) *sink {
	if opt.Mbox == nil {
		opt.Mbox = io.Discard
	}
	s := &sink{
		opt:   opt,
		full:  make(chan struct{}),
		conns: map[net.Conn]bool{},
		used:  make([]int, len(opt.Reply)),
	}
	s.session = submit.Session{
		Host:       host,
		Strict:     true,
		Chunking:   true,
		Reply:      s.reply,
		Deliver:    s.deliver,
		TLS:        opt.TLS,
		Implicit:   opt.Implicit,
		RequireTLS: opt.RequireTLS,
		Login:      opt.Login,
		Note:       opt.Note,
	}
	return s
}

// accept serves each connection of l.
func (s *sink) accept(l net.Listener) error {
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
			time.Sleep(50 * time.Millisecond) // until a session has ended
			continue
		case err != nil:
			return err
		}
		s.start(c, submit.Idle)
	}
}

// start starts a session over c, which ends if the client is idle. The channel is closed
// when the session has ended.
func (s *sink) start(c net.Conn, idle time.Duration) (ended <-chan struct{}) {
	s.mu.Lock()
	s.conns[c] = true
	s.began++
	number := s.began
	s.mu.Unlock()
	done := make(chan struct{})
	s.sessions.Go(func() {
		defer close(done)
		session := s.session
		if s.opt.Observe != nil {
			o := s.opt.Observe(number)
			session.Trace, session.TraceContent = o.Trace, o.TraceContent
			defer o.End()
		}
		_ = session.ServeConn(c, idle) // its error is that of the client
		c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	})
	return done
}

func (s *sink) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

// await waits until all sessions have ended.
func (s *sink) await(ctx context.Context, limit time.Duration) {
	ended := make(chan struct{})
	go func() {
		s.sessions.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	case <-time.After(limit):
	}
}

// failure returns the error of the mbox, if there is one by now.
func (s *sink) failure() error {
	if s.isFull() {
		return s.err
	}
	return nil
}

func (s *sink) isFull() bool {
	select {
	case <-s.full:
		return true
	default:
		return false
	}
}
