// Package sink is an SMTP server on loopback for trying things out. It keeps
// what it receives as a Maildir, as an mbox, or not at all, and can be told to
// answer otherwise at any stage of the dialogue.
package sink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// stages are what Options.Reply may name, in the order of the dialogue.
var stages = []string{"greeting", "ehlo", "mail", "rcpt", "data", "dot", "quit"}

// Options of a sink. The zero value accepts and discards.
type Options struct {
	Dir   string         // a Maildir, made when missing; empty: none
	Mbox  io.Writer      // without Dir: hears the mails in mbox format; nil: none
	Count int            // ends after so many mails; 0: never
	Reply map[string]int // stage → code in place of the usual one
}

// Check finds what is wrong with the options and makes the Maildir.
func (opt Options) Check() error {
	for stage, code := range opt.Reply {
		if !slices.Contains(stages, stage) {
			return fmt.Errorf("no stage %q: it is one of %s", stage, strings.Join(stages, ", "))
		}
		if code < 200 || code > 599 {
			return fmt.Errorf("no reply code %d for %s: it is one of 200 to 599", code, stage)
		}
	}
	if opt.Dir != "" {
		return makeMaildir(opt.Dir)
	}
	return nil
}

// Serve answers on l until ctx ends, or Count mails were kept and the clients
// had time to say QUIT. It closes l. An error is that of the options, of the
// Maildir's folders (an *fs.PathError), of the mbox's writer, or of l.
func Serve(ctx context.Context, l net.Listener, opt Options) error {
	defer l.Close()
	if err := opt.Check(); err != nil {
		return err
	}
	s := newSink(opt)
	server := s.server()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener{l, opt.Reply}) }()
	var failed error
	select {
	case err := <-ended:
		return err
	case <-ctx.Done(): // a mail may be at work: what becomes of it is not waited for
	case <-s.full:
		failed = s.err
		ctx, cancel := context.WithTimeout(ctx, goodbye)
		defer cancel()
		server.Shutdown(ctx)
	}
	server.Close()
	<-ended
	return failed
}

// goodbye is how long a client has for its QUIT after the last mail was kept.
const goodbye = 5 * time.Second

// Dial starts a sink for one connection over loopback and returns the
// client's end. Closing it ends the sink; what was accepted is kept by then.
func Dial(ctx context.Context, opt Options) (net.Conn, error) {
	if err := opt.Check(); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	var dialer net.Dialer
	client, err := dialer.DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			client.Close()
			return nil, err
		}
		if c.RemoteAddr().String() == client.LocalAddr().String() {
			server := newSink(opt).server()
			go server.Serve(&single{listener{l, opt.Reply}, c})
			return &clientEnd{client, server}, nil
		}
		c.Close() // a stranger was faster
	}
}

// clientEnd is a connection whose Close waits till its server has put away what it was at.
type clientEnd struct {
	net.Conn
	server *smtp.Server
}

func (c *clientEnd) Close() error {
	err := c.Conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	c.server.Shutdown(ctx)
	return err
}

// single is a listener with one client.
type single struct {
	listener
	client net.Conn
}

func (l *single) Accept() (net.Conn, error) {
	if l.client == nil {
		return nil, net.ErrClosed
	}
	c := &conn{Conn: l.client, reply: l.reply}
	l.client = nil
	return c, nil
}

// sink is what all sessions share.
type sink struct {
	opt  Options
	full chan struct{} // closed when no further mail is wanted

	mu   sync.Mutex
	kept int
	err  error // why it ended before its time, once full is closed
}

func newSink(opt Options) *sink { return &sink{opt: opt, full: make(chan struct{})} }

func (s *sink) server() *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{sink: s, conn: c.Conn().(*conn)}, nil
	}))
	server.Domain = "sink.localhost"
	server.EnableSMTPUTF8 = true
	server.EnableDSN = true
	server.ErrorLog = silent{}
	if s.opt.Dir == "" && s.opt.Mbox == nil {
		server.MaxLineLength = 0 // looking at each octet costs time that discarding need not take
	}
	return server
}

// commit keeps a mail, one at a time, unless the sink has all that it wants.
func (s *sink) commit(keep func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isFull() {
		return errFull
	}
	if err := keep(); err != nil {
		if errors.Is(err, errMbox) {
			s.err = err
			close(s.full)
		}
		return err
	}
	if s.kept++; s.kept == s.opt.Count {
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

// silent hears what go-smtp would log: connections that clients dropped.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
