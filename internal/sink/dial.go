package sink

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Dial starts a sink for one connection over loopback, and returns the end of the
// client. Its Close waits until every mail that was accepted is stored.
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
			server := newSink(opt).server
			go server.Serve(&oneConn{l, &conn{Conn: c, reply: opt.Reply}})
			return newClientConn(client, server), nil
		}
		c.Close() // another process was faster
	}
}

// A clientConn is a connection to a sink of its own.
type clientConn struct {
	net.Conn
	close func() error
}

// endWait limits how long Close waits for the sink, which may have to flush a
// large mail to a slow disk.
const endWait = 30 * time.Second

func newClientConn(conn net.Conn, server *smtp.Server) *clientConn {
	return &clientConn{conn, sync.OnceValue(func() error {
		err := conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), endWait)
		defer cancel()
		server.Shutdown(ctx)
		return err
	})}
}

// Close closes the connection and waits until the sink has stored or removed the
// mail. A second call waits, too: the process may end after any of them.
func (c *clientConn) Close() error { return c.close() }

// A oneConn is a listener that accepts one connection.
type oneConn struct {
	net.Listener
	conn net.Conn // nil after it was accepted
}

func (l *oneConn) Accept() (net.Conn, error) {
	c := l.conn
	if c == nil {
		return nil, net.ErrClosed
	}
	l.conn = nil
	return c, nil
}
