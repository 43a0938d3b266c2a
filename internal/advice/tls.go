package advice

import (
	"errors"

	"mailpipe/wire"
)

// tls returns the hint for TLS that was refused or failed.
func (d Delivery) tls(e *wire.Error) string {
	if cert, ok := errors.AsType[*wire.CertificateError](e); ok {
		return certificate(cert)
	}
	switch {
	case errors.Is(e, wire.ErrNoSTARTTLS) && d.LogsIn:
		return "use a port for users: -S submission://HOST is 587, -S smtps://HOST is 465"
	case errors.Is(e, wire.ErrNoSTARTTLS):
		return "a middlebox may be stripping STARTTLS; if you trust the network, --tls opportunistic sends unencrypted"
	case errors.Is(e, wire.ErrPipelinedBeforeTLS):
		return "someone may be tampering with the connection: try another network, or tell the server's administrator"
	case d.Scheme == "smtps" && (d.Port == 25 || d.Port == 587) && e.Reply.Code == 0:
		return "only port 465 begins with TLS: use -S submission://HOST"
	case errors.Is(e, wire.ErrNotTLS):
		return "if the port begins without TLS, use -S submission://HOST:PORT"
	case e.Kind != wire.KindAuthOrTLS:
		return ""
	case e.Reply.Code != 0:
		return "tell the server's administrator that its TLS does not work, or try -S smtps://HOST"
	}
	return "the server must support TLS 1.2; if it requires a certificate, use --tls-cert FILE and --tls-key FILE"
}

// certificate returns the hint for a certificate that is not trusted. It never
// proposes to do without TLS.
func certificate(e *wire.CertificateError) string {
	if e.Cert == nil {
		return ""
	}
	pin := "--tls-fingerprint " + wire.Fingerprint(e.Cert)
	switch e.Reason {
	case wire.CertWrongName:
		return "use the name in the certificate, or --tls-name NAME; " + pin + " trusts this certificate"
	case wire.CertExpired:
		return "check the clock; until the certificate is renewed, " + pin + " trusts it"
	case wire.CertNotYetValid:
		return "check the clock; until the certificate is valid, " + pin + " trusts it"
	case wire.CertNoRoots:
		return "put certificates into /etc/ssl/certs, as the package ca-certificates does, or use --tls-ca FILE; " +
			pin + " trusts this certificate"
	case wire.CertWrongFingerprint:
		return "if the server's administrator confirms the new certificate: " + pin
	}
	return "if you know that the certificate is the server's: " + pin + ", or --tls-ca FILE with that of its issuer"
}
