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

// verifyConnection verifies the certificate according to Server.Security, then
// calls the caller's callback.
func (c *Client) verifyConnection(
	state tls.ConnectionState, config *tls.Config, callback func(tls.ConnectionState) error,
) error {
	optional := c.server.Security == TLSOpportunistic
	verified := false
	if !optional || len(c.server.Fingerprints) > 0 {
		chains, err := c.verify(state.PeerCertificates, config)
		if err != nil && !optional {
			return err
		}
		verified, state.VerifiedChains = err == nil, chains
	}
	if callback != nil {
		if err := callback(state); err != nil {
			return err
		}
	}
	c.verified, c.chains = verified, state.VerifiedChains
	return nil
}

// verify compares the server's certificate with the pinned fingerprints, or
// else verifies its name, chain and dates. The error is a *CertificateError.
// The chains are nil if fingerprints are pinned.
func (c *Client) verify(sent []*x509.Certificate, config *tls.Config) (chains [][]*x509.Certificate, err error) {
	e := &CertificateError{Chain: sent, Name: c.tlsName()}
	if len(sent) == 0 {
		e.Err = errors.New("the server sent none")
		return nil, e
	}
	e.Cert = sent[0]
	if len(c.server.Fingerprints) > 0 {
		sum := sha256.Sum256(e.Cert.Raw)
		isPinned := slices.ContainsFunc(c.server.Fingerprints, func(f []byte) bool { return bytes.Equal(f, sum[:]) })
		if isPinned {
			return nil, nil
		}
		e.Reason = CertWrongFingerprint
		return nil, e
	}
	if e.Name == "" {
		e.Err = errors.New("missing server name to compare it with")
		return nil, e
	}
	options := x509.VerifyOptions{Roots: config.RootCAs, DNSName: e.Name, Intermediates: x509.NewCertPool()}
	if config.Time != nil {
		options.CurrentTime = config.Time()
	}
	for _, cert := range sent[1:] {
		options.Intermediates.AddCert(cert)
	}
	chains, e.Err = e.Cert.Verify(options)
	if e.Err == nil {
		return chains, nil
	}
	e.Reason = reasonOf(e.Err, e.Cert, options.CurrentTime)
	return nil, e
}

// reasonOf returns the reason for an error of crypto/x509. A zero now is the
// current time.
func reasonOf(err error, cert *x509.Certificate, now time.Time) CertificateReason {
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return CertWrongName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if now.IsZero() {
			now = time.Now()
		}
		if invalid.Cert != nil && now.Before(invalid.Cert.NotBefore) {
			return CertNotYetValid
		}
		return CertExpired
	case errors.As(err, &unknown) && bytes.Equal(cert.RawIssuer, cert.RawSubject):
		return CertSelfSigned
	case errors.As(err, &unknown):
		return CertUnknownAuthority
	}
	return CertInvalid
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
