package wire

import (
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/termtext"
)

// A CertificateReason is the reason for rejecting a certificate.
type CertificateReason int

const (
	CertInvalid          CertificateReason = iota // another reason, see CertificateError.Err
	CertExpired                                   // the certificate, or one of an issuer, has expired
	CertNotYetValid                               // the certificate, or one of an issuer, is not valid yet
	CertWrongName                                 // issued for a different name
	CertUnknownAuthority                          // no trusted issuer, or an intermediate certificate is missing
	CertSelfSigned                                // issued by itself
	CertWrongFingerprint                          // does not match any of Server.Fingerprints
	CertNoRoots                                   // the system has no certificates of authorities
)

// String returns the reason in words, such as "wrong name".
func (r CertificateReason) String() string {
	return enumWord(int(r), "invalid", "expired", "not yet valid", "wrong name", "unknown authority", "self-signed",
		"wrong fingerprint", "no roots")
}

// A CertificateError is the error of a certificate that is rejected.
type CertificateError struct {
	Cert   *x509.Certificate   // the server's
	Chain  []*x509.Certificate // all that the server sent, its own first
	Name   string              // the name that the certificate should have; empty if it is unknown
	Reason CertificateReason
	Err    error // mostly of crypto/x509; nil for CertWrongFingerprint
}

// Error returns the reason and a description of the certificate, on one line.
func (e *CertificateError) Error() string {
	if e.Cert == nil {
		return e.unverified()
	}
	return fmt.Sprintf("%s; certificate of %s, issued by %s, valid from %s to %s, SHA-256 %s", e.why(),
		termtext.Escape(subject(e.Cert)), termtext.Escape(commonName(e.Cert.Issuer)),
		formatTime(e.Cert.NotBefore), formatTime(e.Cert.NotAfter), Fingerprint(e.Cert))
}

// Unwrap returns Err.
func (e *CertificateError) Unwrap() error { return e.Err }

func (e *CertificateError) why() string {
	switch e.Reason {
	case CertExpired:
		if c := e.invalidCert(); c != e.Cert {
			issuer := termtext.Escape(subject(c))
			return fmt.Sprintf("the certificate of the issuer %s expired on %s", issuer, formatTime(c.NotAfter))
		}
		return "the certificate expired on " + formatTime(e.Cert.NotAfter)
	case CertNotYetValid:
		return "the certificate is not valid before " + formatTime(e.invalidCert().NotBefore) + " (is the clock right?)"
	case CertWrongName:
		why := "the certificate is not for " + termtext.Escape(e.Name)
		if !hasNameLike(e.Cert, e.Name) { // the names of the certificate do not explain it, but crypto/x509 does
			why += ": " + e.cause()
		}
		return why
	case CertSelfSigned:
		return "the certificate is self-signed, not issued by a trusted authority"
	case CertUnknownAuthority:
		if len(e.Chain) == 1 {
			return "the certificate's issuer is not trusted, or the server did not send an intermediate certificate"
		}
		return "the certificate's issuer is not trusted"
	case CertWrongFingerprint:
		return "the certificate does not match a pinned fingerprint"
	case CertNoRoots:
		return "the certificate cannot be verified: this machine has no certificates of authorities"
	}
	return e.unverified()
}

func (e *CertificateError) unverified() string {
	return "the certificate cannot be verified: " + e.cause()
}

func (e *CertificateError) cause() string { return termtext.Escape(fmt.Sprint(e.Err)) }

// hasNameLike reports whether a certificate has names of the same kind in its
// subjectAltName: IP addresses or DNS names.
func hasNameLike(cert *x509.Certificate, name string) bool {
	if net.ParseIP(name) != nil {
		return len(cert.IPAddresses) > 0
	}
	return len(cert.DNSNames) > 0
}

// invalidCert returns the certificate that is not valid at this time: the
// server's or one of an issuer.
func (e *CertificateError) invalidCert() *x509.Certificate {
	var invalid x509.CertificateInvalidError
	if errors.As(e.Err, &invalid) && invalid.Cert != nil {
		return invalid.Cert
	}
	return e.Cert
}

// Fingerprint returns the SHA-256 of a certificate as hexadecimal digits with
// colons.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}

// subject returns the names that a certificate was issued for, or its subject
// if it has none.
func subject(cert *x509.Certificate) string {
	names := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	const limit = 3
	switch {
	case len(names) == 0:
		return commonName(cert.Subject)
	case len(names) > limit:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
	}
	return strings.Join(names, ", ")
}

// commonName returns the common name, or the whole distinguished name if it has
// none.
func commonName(name pkix.Name) string {
	return cmp.Or(name.CommonName, name.String(), "(no name)")
}

func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }
