// Package sink is an SMTP server for trying things out. It stores what it receives
// as a Maildir or in mbox format, and can be set to answer any stage of the
// dialogue with another reply.
package sink

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// stages are the keys of Options.Reply, in the order of the dialogue.
var stages = []string{"greeting", "ehlo", "mail", "rcpt", "data", "dot", "quit"}

// Options are the options of a sink. The zero value accepts and discards.
type Options struct {
	Dir   string         // a Maildir, created if it is missing; empty means none
	Mbox  io.Writer      // without Dir: gets the mails in mbox format; nil discards them
	Count int            // the number of mails after which the sink ends; 0 means no limit
	Reply map[string]int // stage → code that replaces the usual one
}

// Check checks the options and creates the Maildir. An *fs.PathError means that
// the Maildir cannot be created.
func (opt Options) Check() error {
	for stage, code := range opt.Reply {
		if !slices.Contains(stages, stage) {
			return fmt.Errorf("unknown stage %q: must be one of %s", stage, strings.Join(stages, ", "))
		}
		if code < 200 || code > 599 {
			return fmt.Errorf("invalid reply code %d for %s: must be 200 to 599", code, stage)
		}
	}
	if opt.Dir != "" {
		return makeMaildir(opt.Dir)
	}
	return nil
}

// quitWait is how long clients have to send QUIT after the last mail was stored.
const quitWait = 5 * time.Second

// Serve serves clients on l until ctx ends or Count mails were stored, and closes
// l. It does not wait for a mail that is being received when ctx ends. It returns
// an error of the options, of the mbox, or of l.
func Serve(ctx context.Context, l net.Listener, opt Options) error {
	defer l.Close()
	if err := opt.Check(); err != nil {
		return err
	}
	s := newSink(opt)
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(listener{l, opt.Reply}) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		s.server.Close()
		<-served
		return nil
	case <-s.full:
		ctx, cancel := context.WithTimeout(ctx, quitWait)
		defer cancel()
		s.server.Shutdown(ctx)
		<-served
		return s.err
	}
}

// A sink is what the sessions of a server share.
type sink struct {
	opt    Options
	server *smtp.Server
	full   chan struct{} // closed when the sink accepts no more mail

	mu     sync.Mutex
	stored int
	err    error // of the mbox; does not change after full is closed
}

func newSink(opt Options) *sink {
	if opt.Mbox == nil {
		opt.Mbox = io.Discard
	}
	s := &sink{opt: opt, full: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{sink: s, conn: c.Conn().(*conn)}, nil
	}))
	s.server.Domain = "sink.localhost"
	s.server.EnableSMTPUTF8 = true
	s.server.EnableDSN = true
	s.server.ErrorLog = log.New(io.Discard, "", 0) // it logs only that clients went away
	return s
}

// commit commits a mail, unless the sink is full. An error of the mbox ends the
// sink, because part of the mail may have been written.
func (s *sink) commit(m mail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isFull() {
		return errFull
	}
	if err := m.commit(); err != nil {
		if s.opt.Dir == "" {
			s.err = fmt.Errorf("cannot write the mbox: %w", err)
			close(s.full)
		}
		return err
	}
	s.stored++
	if s.stored == s.opt.Count {
		close(s.full)
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
