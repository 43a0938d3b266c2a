package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// ErrNoSTARTTLS is in the error of a server that must be secured and does not offer it.
var ErrNoSTARTTLS = errors.New("the server does not offer STARTTLS")

// ErrNotTLS is in the error of a server that is called by TLS and knows nothing of it.
var ErrNotTLS = errors.New("the server speaks in clear where TLS should begin")

// ErrAhead is in the error of a server that says in clear what would count as secured.
var ErrPipelinedBeforeTLS = errors.New("the server sent more than its reply before the handshake")

// startTLS secures a connection that began in clear (RFC 3207).
func (c *Client) startTLS(ctx context.Context) error {
	optional := c.server.Security == TLSOpportunistic
	if !c.offers("STARTTLS") {
		if optional {
			return nil
		}
		return c.fail(StageTLS, KindAuthOrTLS, Reply{}, ErrNoSTARTTLS)
	}
	reply, err := c.command(ctx, StageTLS, "STARTTLS")
	if err != nil {
		return err
	}
	refusal := reply.class() == 4 || reply.class() == 5
	switch {
	case reply.Code == 220:
	case refusal && optional && reply.Code != 421: // after 421 nobody listens
		c.note(StageTLS, "going on in clear")
		return nil
	case refusal && !optional:
		return c.fail(StageTLS, KindAuthOrTLS, reply, nil)
	default:
		return c.refused(StageTLS, reply)
	}
	if err := c.detach(); err != nil {
		return c.fail(StageTLS, KindAuthOrTLS, Reply{}, err)
	}
	if err := c.secure(ctx); err != nil {
		return err
	}
	return c.hello(ctx) // nothing of what was learned in clear holds (RFC 3207 §4.2)
}

// secure makes the handshake on a connection that nobody reads, and reads it
// from then on. A handshake that breaks off may work later, any other failure is
// not to be overcome by trying; in neither case is anything said in clear.
func (c *Client) secure(ctx context.Context) error {
	wait := c.wait(StageTLS)
	conn := tls.Client(c.conn, c.tlsConfig())
	c.raw.SetDeadline(time.Now().Add(wait))
	err := conn.Handshake()
	c.addTime(StageHandshake)
	if err != nil {
		return c.handshakeError(ctx, wait, err)
	}
	c.raw.SetDeadline(time.Time{})
	state := conn.ConnectionState()
	c.tls = &state
	c.attach(conn)
	c.note(StageHandshake, c.describeTLS())
	return nil
}

// tlsConfig leaves the verification to verify, whose errors say more.
func (c *Client) tlsConfig() *tls.Config {
	config := new(tls.Config)
	if c.server.TLS != nil {
		config = c.server.TLS.Clone()
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	config.ServerName = c.tlsName()
	config.InsecureSkipVerify = true
	config.VerifyConnection = func(state tls.ConnectionState) error {
		err := c.verify(state.PeerCertificates, config)
		c.verified = err == nil && (c.server.Security != TLSOpportunistic || len(c.server.Fingerprints) > 0)
		if c.server.Security == TLSOpportunistic {
			return nil
		}
		return err
	}
	return config
}

func (c *Client) describeTLS() string {
	verified := "not verified"
	if c.verified {
		verified = "verified"
	}
	return fmt.Sprintf("%s, %s, %s", tls.VersionName(c.tls.Version), tls.CipherSuiteName(c.tls.CipherSuite), verified)
}

func (c *Client) handshakeError(ctx context.Context, wait time.Duration, err error) *Error {
	kind := KindAuthOrTLS
	var record tls.RecordHeaderError
	switch {
	case ctx.Err() != nil:
		kind, err = KindTemporary, context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		kind, err = KindTemporary, fmt.Errorf("no TLS handshake within %v", wait)
	case brokenOff(err):
		kind, err = KindTemporary, fmt.Errorf("the connection was closed in the TLS handshake: %w", err)
	case errors.As(err, &record) && clearText(record.RecordHeader[:]):
		err = ErrNotTLS
	default:
		var certificate *CertificateError
		if errors.As(err, &certificate) {
			err = certificate // without what crypto/tls says around it
		}
	}
	if c.server.Security == TLSOpportunistic { // nobody forbids the mail: another time it may work
		kind = KindTemporary
	}
	c.note(StageTLS, err.Error())
	return c.fail(StageHandshake, kind, Reply{}, err)
}

// brokenOff tells whether the other side, or the network, ended the connection.
func brokenOff(err error) bool { return isClosed(err) || errors.Is(err, syscall.ECONNRESET) }

// clearText tells whether the head of a record is the beginning of a reply.
func clearText(head []byte) bool { return len(head) >= 3 && digits(head[:3]) }

// isAlert tells whether the server refused the handshake after it seemed over: with TLS 1.3
// it judges the client's certificate only then (RFC 8446 §4.4.2.4).
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
