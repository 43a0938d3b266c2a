package wire

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/termtext"
)

// CertificateReason says why a certificate was not accepted.
type CertificateReason int

// Of whatever is not one of the others, Err says more.
const (
	CertInvalid          CertificateReason = iota // anything else, see Err
	CertExpired                                   // its date, or that of one above it, is over
	CertNotYetValid                               // its date, or that of one above it, has not come
	CertWrongName                                 // it is for others
	CertUnknownAuthority                          // nobody trusted has signed it, or the chain has a gap
	CertSelfSigned                                // it has signed itself
	CertWrongFingerprint                          // it is none of those that were pinned
)

// String returns the reason in words, such as "wrong name".
func (r CertificateReason) String() string {
	return enumWord(int(r), "invalid", "expired", "not yet valid", "wrong name", "unknown authority", "self-signed",
		"wrong fingerprint")
}

// CertificateError says which certificate was not accepted, and why.
type CertificateError struct {
	Cert   *x509.Certificate   // the server's own; nil: it sent none
	Chain  []*x509.Certificate // what it sent, its own first
	Name   string              // the name it should have; empty: none is known
	Reason CertificateReason
	Err    error // what crypto/x509 says; nil for WrongFingerprint
}

// Error tells the reason and then the facts of the certificate, on one line.
func (e *CertificateError) Error() string {
	if e.Cert == nil {
		return e.why()
	}
	return fmt.Sprintf("%s; certificate of %s, issued by %s, valid from %s to %s, SHA-256 %s",
		e.why(), termtext.Escape(subject(e.Cert)), termtext.Escape(issuer(e.Cert)), day(e.Cert.NotBefore), day(e.Cert.NotAfter), Fingerprint(e.Cert))
}

// Unwrap gives what crypto/x509 says.
func (e *CertificateError) Unwrap() error { return e.Err }

func (e *CertificateError) why() string {
	switch e.Reason {
	case CertExpired:
		if c := e.outOfDate(); c != e.Cert {
			return fmt.Sprintf("the certificate of the issuer %s expired on %s", termtext.Escape(subject(c)), day(c.NotAfter))
		}
		return "the certificate expired on " + day(e.Cert.NotAfter)
	case CertNotYetValid:
		return "the certificate is not valid before " + day(e.Cert.NotBefore) + " (is the clock right?)"
	case CertWrongName:
		return "the certificate is not for " + termtext.Escape(e.Name)
	case CertSelfSigned:
		return "the certificate is self-signed: nobody trusted vouches for it"
	case CertUnknownAuthority:
		if len(e.Chain) == 1 {
			return "the certificate's issuer is not trusted, or the server left out an intermediate certificate"
		}
		return "the certificate's issuer is not trusted"
	case CertWrongFingerprint:
		return "the certificate is not the pinned one"
	}
	return "the certificate cannot be verified: " + termtext.Escape(e.Err.Error())
}

// outOfDate is the certificate that crypto/x509 complains of.
func (e *CertificateError) outOfDate() *x509.Certificate {
	var invalid x509.CertificateInvalidError
	if errors.As(e.Err, &invalid) && invalid.Cert != nil {
		return invalid.Cert
	}
	return e.Cert
}

// Fingerprint is the SHA-256 of a certificate in hexadecimal digits with colons.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}

// verify wants a pinned fingerprint, or the right name, chain and date.
func (c *Client) verify(chain []*x509.Certificate, config *tls.Config) error {
	e := &CertificateError{Chain: chain, Name: c.tlsName()}
	if len(chain) == 0 {
		e.Err = errors.New("the server sent none")
		return e
	}
	e.Cert = chain[0]
	if len(c.server.Fingerprints) > 0 {
		sum := sha256.Sum256(e.Cert.Raw)
		if slices.ContainsFunc(c.server.Fingerprints, func(f []byte) bool { return bytes.Equal(f, sum[:]) }) {
			return nil
		}
		e.Reason = CertWrongFingerprint
		return e
	}
	if c.server.Security == TLSOpportunistic {
		return nil // nobody asks: the roots need not be read
	}
	if e.Name == "" {
		e.Err = errors.New("no name is known that it should have")
		return e
	}
	options := x509.VerifyOptions{Roots: config.RootCAs, DNSName: e.Name, Intermediates: x509.NewCertPool()}
	if config.Time != nil {
		options.CurrentTime = config.Time()
	}
	for _, cert := range chain[1:] {
		options.Intermediates.AddCert(cert)
	}
	if _, e.Err = e.Cert.Verify(options); e.Err == nil {
		return nil
	}
	e.Reason = reasonOf(e.Err, e.Cert, options.CurrentTime)
	return e
}

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
	case errors.As(err, &unknown):
		if bytes.Equal(cert.RawIssuer, cert.RawSubject) {
			return CertSelfSigned
		}
		return CertUnknownAuthority
	}
	return CertInvalid
}

// tlsName is the name that the certificate must have.
func (c *Client) tlsName() string {
	name := c.server.TLSName
	if name == "" && c.server.Dial == nil && c.server.Network != "unix" {
		name, _, _ = net.SplitHostPort(c.server.Address)
	}
	name, _, _ = strings.Cut(name, "%") // the zone of an IPv6 address is ours alone
	return strings.TrimSuffix(name, ".")
}

// subject is whom a certificate is for: its names, or what it is called where it has none.
func subject(cert *x509.Certificate) string {
	names := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	const shown = 3
	switch {
	case len(names) == 0:
		return nameOf(cert.Subject.CommonName, cert.Subject.String())
	case len(names) > shown:
		return strings.Join(names[:shown], ", ") + fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return strings.Join(names, ", ")
}

func issuer(cert *x509.Certificate) string {
	return nameOf(cert.Issuer.CommonName, cert.Issuer.String())
}

func nameOf(common, whole string) string {
	switch {
	case common != "":
		return common
	case whole != "":
		return whole
	}
	return "nobody"
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }
