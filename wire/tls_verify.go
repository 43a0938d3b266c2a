package wire

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"strings"
	"time"
)

// tlsConfig returns the caller's configuration, changed so that crypto/tls
// verifies name, chain and dates of the certificate, unless Server.Security or
// Server.Fingerprints demand something else.
func (c *Client) tlsConfig() *tls.Config {
	config := new(tls.Config)
	if c.server.TLS != nil {
		config = c.server.TLS.Clone()
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	config.ServerName = c.tlsName()
	isOptional := c.server.Security == TLSOpportunistic
	config.InsecureSkipVerify = isOptional || len(c.server.Fingerprints) > 0 || config.ServerName == ""
	callback := config.VerifyConnection
	config.VerifyConnection = func(state tls.ConnectionState) error {
		err := c.verifyConnection(state)
		if err == nil && callback != nil {
			err = callback(state)
		}
		return err
	}
	return config
}

// tlsName returns the name that the certificate must have, or "" if it is
// unknown.
func (c *Client) tlsName() string {
	name := c.server.TLSName
	if name == "" && c.server.Dial == nil && c.server.Network != "unix" {
		name, _, _ = net.SplitHostPort(c.server.Address)
	}
	name, _, _ = strings.Cut(name, "%") // the zone of an IPv6 address means nothing to the server
	return strings.TrimSuffix(name, ".")
}

// verifyConnection returns an error if the certificate must be verified and is
// not. It does what crypto/tls does not do: it compares fingerprints.
func (c *Client) verifyConnection(state tls.ConnectionState) error {
	c.verified = len(state.VerifiedChains) > 0 // by crypto/tls
	rejected := c.certificateError(state.PeerCertificates, errors.New("missing server name to compare it with"))
	if pins := c.server.Fingerprints; len(pins) > 0 {
		sum := sha256.Sum256(rejected.Cert.Raw)
		c.verified = slices.ContainsFunc(pins, func(pin []byte) bool { return bytes.Equal(pin, sum[:]) })
		rejected.Reason, rejected.Err = CertWrongFingerprint, nil
	}
	if !c.verified && c.server.Security != TLSOpportunistic {
		return rejected
	}
	return nil
}

// certificateError returns the error for a certificate that was rejected because
// of err.
func (c *Client) certificateError(sent []*x509.Certificate, err error) *CertificateError {
	e := &CertificateError{Cert: sent[0], Chain: sent, Name: c.tlsName(), Err: err}
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var noRoots x509.SystemRootsError
	isExpired := errors.As(err, &invalid) && invalid.Reason == x509.Expired // or not yet valid
	switch {
	case errors.As(err, &name):
		e.Reason = CertWrongName
	case errors.As(err, &noRoots), errors.As(err, &unknown) && c.lacksRoots():
		e.Reason = CertNoRoots
	case errors.As(err, &unknown) && bytes.Equal(e.Cert.RawIssuer, e.Cert.RawSubject):
		e.Reason = CertSelfSigned
	case errors.As(err, &unknown):
		e.Reason = CertUnknownAuthority
	case isExpired && c.now().Before(invalid.Cert.NotBefore):
		e.Reason = CertNotYetValid
	case isExpired:
		e.Reason = CertExpired
	}
	return e
}

// lacksRoots reports whether certificates are verified with those of the system, and it
// has none. Then crypto/x509 calls every authority unknown.
func (c *Client) lacksRoots() bool {
	if c.server.TLS != nil && c.server.TLS.RootCAs != nil {
		return false
	}
	roots, err := x509.SystemCertPool()
	return err != nil || roots.Equal(x509.NewCertPool())
}

// now returns the time at which the certificate must be valid.
func (c *Client) now() time.Time {
	if c.server.TLS != nil && c.server.TLS.Time != nil {
		return c.server.TLS.Time()
	}
	return time.Now()
}
