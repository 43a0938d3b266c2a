package report

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"mailpipe/wire"
)

// A server is the JSON object of a server.
type server struct {
	Server      string            `json:"server"`
	Offers      map[string]string `json:"offers"` // parameters by keyword; null if the certificate was refused
	TLS         *connection       `json:"tls"`    // null without TLS
	Certificate *certificate      `json:"certificate"`
}

type certificate struct {
	Subject string   `json:"subject"`
	Issuer  string   `json:"issuer"`
	Names   []string `json:"names"`
	From    string   `json:"from"`
	Until   string   `json:"until"`
	SHA256  string   `json:"sha256"`
}

// Server writes what a server offers and its certificate. name is the server as
// the user wrote it.
func Server(w io.Writer, format, name string, c *wire.Client) error {
	s := server{Server: name, Offers: c.Extensions()}
	if state, verified := c.TLS(); state != nil {
		s.TLS = &connection{tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite), verified}
		s.Certificate = newCertificate(state.PeerCertificates[0])
	}
	return s.write(w, format)
}

// UntrustedServer writes the certificate that keeps mailpipe from using a server.
func UntrustedServer(w io.Writer, format, name string, cert *x509.Certificate) error {
	s := server{Server: name, TLS: &connection{}, Certificate: newCertificate(cert)}
	return s.write(w, format)
}

func newCertificate(cert *x509.Certificate) *certificate {
	names := append([]string{}, cert.DNSNames...) // not null in JSON
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	return &certificate{
		Subject: cert.Subject.String(),
		Issuer:  cert.Issuer.String(),
		Names:   names,
		From:    cert.NotBefore.UTC().Format(time.RFC3339),
		Until:   cert.NotAfter.UTC().Format(time.RFC3339),
		SHA256:  wire.Fingerprint(cert),
	}
}

func (s *server) write(w io.Writer, format string) error {
	var text lines
	text.add("server", s.Server)
	for _, keyword := range slices.Sorted(maps.Keys(s.Offers)) {
		text.add("offers", strings.TrimSpace(keyword+" "+s.Offers[keyword]))
	}
	switch {
	case s.TLS == nil:
		text.add("tls", "none")
		return write(w, format, text, s)
	case s.TLS.Version != "":
		text.add("tls", s.TLS.Version+" "+s.TLS.Cipher)
	}
	verified := "no"
	if s.TLS.Verified {
		verified = "yes"
	}
	text.add("verified", verified)
	text.add("subject", s.Certificate.Subject)
	text.add("issuer", s.Certificate.Issuer)
	for _, name := range s.Certificate.Names {
		text.add("name", name)
	}
	text.add("from", s.Certificate.From)
	text.add("until", s.Certificate.Until)
	text.add("sha256", s.Certificate.SHA256)
	return write(w, format, text, s)
}
