package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"mailpipe/internal/oserror"
)

// ErrNoSTARTTLS means that TLS is required and the server does not offer
// STARTTLS.
var ErrNoSTARTTLS = errors.New("the server does not offer STARTTLS")

// ErrNotTLS means that the server answered the TLS handshake with an SMTP
// reply.
var ErrNotTLS = errors.New("the server answered the TLS handshake in plain text")

// ErrPipelinedBeforeTLS means that the server sent unencrypted data that would
// have been read as encrypted (CVE-2011-0411).
var ErrPipelinedBeforeTLS = errors.New("the server sent unencrypted data after its reply to STARTTLS")

// startTLS starts TLS on a connection that began without it (RFC 3207).
func (c *Client) startTLS(ctx context.Context) error {
	optional := c.server.Security == TLSOpportunistic
	if !c.offers("STARTTLS") {
		if optional {
			c.decide(StageTLS, DecisionUnencrypted)
			return nil
		}
		c.decide(StageTLS, DecisionNoTLS)
		return c.fail(StageTLS, KindAuthOrTLS, Reply{}, c.missing(ErrNoSTARTTLS))
	}
	reply, err := c.command(ctx, StageTLS, "STARTTLS")
	if err != nil {
		return err
	}
	refused := reply.class() == 4 || reply.class() == 5
	switch {
	case reply.Code == 220:
	case refused && optional && reply.Code != 421: // after 421 the server closes the connection
		c.note(StageTLS, "continuing unencrypted")
		c.refusal = c.fail(StageTLS, KindTemporary, reply, nil)
		return nil
	case refused && !optional:
		return c.fail(StageTLS, KindAuthOrTLS, reply, nil)
	default:
		return c.refused(StageTLS, reply)
	}
	pipelined := c.in.halt(c.conn) // it came in the clear, and would count as secured
	if len(pipelined) > 0 {
		return c.fail(StageTLS, KindAuthOrTLS, Reply{}, ErrPipelinedBeforeTLS)
	}
	if err := c.handshake(ctx); err != nil {
		return err
	}
	return c.hello(ctx) // what the server said before TLS no longer counts (RFC 3207 §4.2)
}

// handshake starts TLS on a connection that no goroutine reads, then starts to
// read it. After an error, nothing may be sent on the connection.
func (c *Client) handshake(ctx context.Context) error {
	timeout := c.timeout(StageTLS)
	conn := tls.Client(c.conn, c.tlsConfig())
	c.raw.SetDeadline(time.Now().Add(timeout))
	err := conn.Handshake()
	c.addTime(StageHandshake)
	if err != nil {
		return c.handshakeError(ctx, timeout, err)
	}
	c.raw.SetDeadline(time.Time{})
	state := conn.ConnectionState()
	c.tls = &state
	c.attach(conn)
	c.note(StageHandshake, c.describeTLS())
	return nil
}

func (c *Client) describeTLS() string {
	verified := "not verified"
	if c.verified {
		verified = "verified"
	}
	return fmt.Sprintf("%s, %s, %s", tls.VersionName(c.tls.Version), tls.CipherSuiteName(c.tls.CipherSuite), verified)
}

// handshakeError returns the error of a failed handshake. It is temporary if
// the connection was lost, because the handshake may succeed at another time.
func (c *Client) handshakeError(ctx context.Context, timeout time.Duration, err error) *Error {
	kind := KindAuthOrTLS
	var unverified *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case ctx.Err() != nil:
		kind, err = KindTemporary, context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		kind, err = KindTemporary, fmt.Errorf("no TLS handshake within %v", timeout)
	case isClosed(err) || oserror.Reset(err):
		kind, err = KindTemporary, fmt.Errorf("the connection was closed during the TLS handshake: %w", err)
	case errors.As(err, &record) && digits(record.RecordHeader[:3]): // a reply
		err = ErrNotTLS
	case errors.As(err, &unverified):
		err = c.certificateError(unverified.UnverifiedCertificates, unverified.Err)
	}
	if c.server.Security == TLSOpportunistic { // TLS is not required, so another attempt may succeed
		kind = KindTemporary
	}
	c.note(StageTLS, err.Error())
	return c.fail(StageHandshake, kind, Reply{}, err)
}

// isAlert reports whether the server sent a TLS alert. In TLS 1.3 the server
// rejects a client certificate only after the client has finished its handshake
// (RFC 8446 §4.4.2.4).
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
