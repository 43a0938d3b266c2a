package sink

import (
	"context"
	"net"
	"time"
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
			return &clientConn{client, newSink(opt).start(c, 0)}, nil
		}
		c.Close() // another process was faster
	}
}

// A clientConn is a connection to a sink of its own.
type clientConn struct {
	net.Conn
	ended <-chan struct{}
}

// Close closes the connection and waits until the sink has stored or removed the
// mail. A second call waits, too: the process may end after any of them.
func (c *clientConn) Close() error {
	err := c.Conn.Close()
	select {
	case <-c.ended:
	case <-time.After(endWait):
	}
	return err
}
