package report

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// Server writes what a server offers and its certificate: lines of a keyword, a
// tab and a value. name is the server as the user wrote it.
func Server(w io.Writer, name string, c *wire.Client) error {
	var l lines
	l.add("server", name)
	extensions := c.Extensions()
	for _, keyword := range slices.Sorted(maps.Keys(extensions)) {
		l.add("offers", strings.TrimSpace(keyword+" "+extensions[keyword]))
	}
	state, verified := c.TLS()
	if state == nil {
		l.add("tls", "none")
	} else {
		l.add("tls", tls.VersionName(state.Version)+" "+tls.CipherSuiteName(state.CipherSuite))
		l.addCertificate(state.PeerCertificates[0], verified)
	}
	_, err := w.Write(l)
	return err
}

// UntrustedServer writes the certificate that keeps mailpipe from using a server.
func UntrustedServer(w io.Writer, name string, cert *x509.Certificate) error {
	var l lines
	l.add("server", name)
	l.addCertificate(cert, false)
	_, err := w.Write(l)
	return err
}

type lines []byte

func (l *lines) add(keyword, value string) {
	*l = fmt.Appendf(*l, "%s\t%s\n", keyword, termtext.Line(value))
}

func (l *lines) addCertificate(cert *x509.Certificate, verified bool) {
	if verified {
		l.add("verified", "yes")
	} else {
		l.add("verified", "no")
	}
	l.add("subject", cert.Subject.String())
	l.add("issuer", cert.Issuer.String())
	for _, name := range cert.DNSNames {
		l.add("name", name)
	}
	for _, ip := range cert.IPAddresses {
		l.add("name", ip.String())
	}
	l.add("from", cert.NotBefore.UTC().Format(time.RFC3339))
	l.add("until", cert.NotAfter.UTC().Format(time.RFC3339))
	l.add("sha256", wire.Fingerprint(cert))
}
