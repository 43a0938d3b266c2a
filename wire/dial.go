package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// defaultConnectTimeout is for DNS and all addresses together.
const defaultConnectTimeout = 30 * time.Second

// Dial connects to a server and prepares it for mail: it reads the greeting,
// sends EHLO, starts TLS and logs in, as s says. The caller ends the Client with
// Quit or Close. The error is of type *Error; after it everything is closed.
//
// ctx is for Dial only, not for the Client afterwards.
func Dial(ctx context.Context, s Server) (*Client, error) {
	if err := s.check(); err != nil {
		return nil, s.argumentError(err)
	}
	s.Name = s.name()
	c := &Client{server: s, limit: defaultLimit, mark: time.Now()}
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	defer c.watch(ctx)()
	if err := c.prepare(ctx); err != nil {
		c.giveUp(err)
		return nil, err
	}
	return c, nil
}

// connect makes a connection, and does not read it.
func (c *Client) connect(ctx context.Context) error {
	conn, err := c.dial(ctx)
	c.addTime(StageConnect)
	if err != nil {
		return c.connectError(ctx, err)
	}
	c.raw, c.conn, c.open = conn, conn, true
	c.note(StageConnect, "connected to "+c.server.Name)
	return nil
}

var errNoConnection = errors.New("Server.Dial returned no connection")

func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	if err := ctx.Err(); err != nil { // Server.Dial could start a process
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.server.ConnectTimeout, defaultConnectTimeout))
	defer cancel()
	if c.server.Dial != nil {
		conn, err := c.server.Dial(ctx)
		if conn == nil && err == nil {
			err = errNoConnection
		}
		return conn, err
	}
	return new(net.Dialer).DialContext(ctx, cmp.Or(c.server.Network, "tcp"), c.server.Address)
}

// connectError returns the error for a connection that could not be made.
func (c *Client) connectError(ctx context.Context, err error) *Error {
	kind := KindTemporary
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case err == errNoConnection:
		kind = KindInvalidArgument
	case errors.As(err, &dns) && dns.IsNotFound:
		kind = KindNoHost
		err = plainError(err)
	case errors.As(err, &op) && op.Addr != nil: // a host may have several addresses
		err = fmt.Errorf("%s: %w", op.Addr, plainError(err))
	case op != nil:
		err = plainError(err)
	}
	c.note(StageConnect, "no connection: "+err.Error())
	return c.fail(StageConnect, kind, Reply{}, err)
}

// prepare takes the dialogue to the point at which mail can be sent.
func (c *Client) prepare(ctx context.Context) error {
	if c.server.Implicit {
		if err := c.handshake(ctx); err != nil {
			return err
		}
	} else {
		c.attach(c.raw)
	}
	if err := c.greet(ctx); err != nil {
		return err
	}
	if err := c.hello(ctx); err != nil {
		return err
	}
	if !c.server.Implicit && c.server.Security != TLSNone {
		if err := c.startTLS(ctx); err != nil {
			return err
		}
	}
	if c.server.Login != nil {
		return c.login(ctx)
	}
	return nil
}

// giveUp closes a connection that cannot be used: with QUIT if the server still
// follows the dialogue.
func (c *Client) giveUp(err error) {
	e := asError(err)
	if e != nil && e.Kind != KindProtocol && e.Reply.Code != 0 {
		c.Quit()
		return
	}
	c.drop()
}
