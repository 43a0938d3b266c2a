package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"mailpipe/internal/oserror"
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
	if err := c.dial(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// dial connects to the first address of the server that accepts the connection. An
// address that is unavailable is passed over (RFC 5321 §5.1).
func (c *Client) dial(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, cmp.Or(c.server.ConnectTimeout, defaultConnectTimeout))
	defer cancel()
	var passed []string // addresses
	var unavailable *Error
	for {
		conn, err := c.connect(limited, passed)
		c.addTime(StageConnect)
		if err != nil && unavailable != nil && ctx.Err() == nil {
			return unavailable // and no other address can be reached
		}
		if err != nil {
			return c.connectError(ctx, err)
		}
		if len(passed) > 0 {
			c.decide(StageConnect, DecisionNextAddress)
		}
		if err = c.prepare(ctx, conn); err == nil {
			return nil
		}
		if !c.isUnavailable(err) {
			return err
		}
		address := conn.RemoteAddr().String()
		if slices.Contains(passed, address) { // in another spelling, such as that of an IPv6 zone
			return err
		}
		passed = append(passed, address)
		unavailable = asError(err)
		if address != c.server.Address {
			unavailable.Err = atAddress(address, unavailable.Err)
		}
	}
}

// isUnavailable reports whether err, of prepare, means that another address of
// the server may be better: the greeting was 421, or the connection was closed
// before it.
func (c *Client) isUnavailable(err error) bool {
	e := asError(err)
	switch {
	case c.server.Dial != nil, c.server.Network == "unix":
		return false
	case e.Stage == StageGreeting:
		return e.Reply.Code == 421 || isClosedByServer(e)
	case e.Stage == StageHandshake && c.server.Implicit:
		return isClosed(e) || oserror.Reset(e)
	}
	return false
}

// atAddress adds an address to the cause of an error, which may be nil.
func atAddress(address string, cause error) error {
	if cause == nil {
		return errors.New(address)
	}
	return fmt.Errorf("%s: %w", address, cause)
}

var (
	errNoConnection = errors.New("Server.Dial returned no connection")
	errPassed       = errors.New("the address was passed over")
)

// connect makes a connection to an address that is not in passed.
func (c *Client) connect(ctx context.Context, passed []string) (net.Conn, error) {
	if err := ctx.Err(); err != nil { // Server.Dial could start a process
		return nil, err
	}
	if c.server.Dial != nil {
		conn, err := c.server.Dial(ctx)
		if conn == nil && err == nil {
			err = errNoConnection
		}
		return conn, err
	}
	var tried atomic.Int32
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		if slices.Contains(passed, address) {
			return errPassed // the Dialer goes on to the next address
		}
		tried.Add(1)
		return nil
	}}
	conn, err := dialer.DialContext(ctx, cmp.Or(c.server.Network, "tcp"), c.server.Address)
	if op, ok := errors.AsType[*net.OpError](err); ok && tried.Load() == 1 {
		op.Addr = nil // the only address says no more than the name of the server
	}
	return conn, err
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
		err = atAddress(op.Addr.String(), plainError(err))
	case op != nil:
		err = plainError(err)
	}
	c.note(StageConnect, "no connection: "+err.Error())
	return c.fail(StageConnect, kind, Reply{}, err)
}

// prepare runs the dialogue on conn up to the point at which mail can be sent. If
// that is not possible, it closes conn.
func (c *Client) prepare(ctx context.Context, conn net.Conn) error {
	c.raw, c.conn, c.open = conn, conn, true
	c.note(StageConnect, "connected to "+c.server.Name)
	defer c.watch(ctx)()
	err := c.converse(ctx)
	if err != nil {
		c.giveUp(err)
	}
	return err
}

// converse runs the dialogue up to the login.
func (c *Client) converse(ctx context.Context) error {
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
