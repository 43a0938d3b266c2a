package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// defaultConnectTimeout is for DNS and all addresses together.
const defaultConnectTimeout = 30 * time.Second

// Dial connects, greets, secures and logs in. The caller ends the Client with
// Quit or Close. An error is an *Error, and everything is closed.
func Dial(ctx context.Context, s Server) (*Client, error) {
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

func (s Server) name() string {
	if s.Name != "" {
		return s.Name
	}
	return s.Address
}

// connect gives a connection that nobody reads yet.
func (c *Client) connect(ctx context.Context) error {
	wait := c.server.ConnectTimeout
	if wait <= 0 {
		wait = defaultConnectTimeout
	}
	dialing, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := ctx.Err()
	switch {
	case err != nil: // nobody is to be called any more, no child started
	case c.server.Dial != nil:
		c.raw, err = c.server.Dial(dialing)
	default:
		network := c.server.Network
		if network == "" {
			network = "tcp"
		}
		c.raw, err = new(net.Dialer).DialContext(dialing, network, c.server.Address)
	}
	c.addTime(StageConnect)
	if err == nil {
		c.conn = c.raw
		c.note(StageConnect, "connected to "+c.server.Name)
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	kind := KindTemporary
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		kind = KindNoHost
	}
	err = unreached(err)
	c.note(StageConnect, "no connection: "+err.Error())
	return c.fail(StageConnect, kind, Reply{}, err)
}

// unreached keeps the address, since a name may have several, and the reason.
func unreached(err error) error {
	var op *net.OpError
	switch {
	case !errors.As(err, &op):
		return err
	case op.Addr == nil:
		return bare(err)
	}
	return fmt.Errorf("%s: %w", op.Addr, bare(err))
}

// prepare takes the dialogue to where mail can be sent.
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

// giveUp takes leave of a server that cannot be used: with QUIT where it is
// still in step.
func (c *Client) giveUp(err error) {
	if e := asError(err); e != nil && e.Kind != KindProtocol && e.Reply.Code != 0 && c.in != nil {
		c.Quit()
		return
	}
	c.drop()
}
