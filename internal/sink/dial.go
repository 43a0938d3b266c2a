package sink

import (
	"context"
	"net"

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
			return &clientConn{client, server}, nil
		}
		c.Close() // another process was faster
	}
}

// A clientConn is a connection to a sink of its own.
type clientConn struct {
	net.Conn
	server *smtp.Server
}

func (c *clientConn) Close() error {
	err := c.Conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), quitWait)
	defer cancel()
	c.server.Shutdown(ctx)
	return err
}

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
