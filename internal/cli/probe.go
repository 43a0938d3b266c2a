package cli

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/signals"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// probe calls the servers in turn and prints what the first that answers
// offers. It sends nothing.
func (d *deliveryRequest) probe() error {
	servers, err := d.servers()
	if err != nil {
		return err
	}
	h := signals.New(nil)
	defer h.Stop()
	var failed error
	var passed []error
	for _, server := range servers {
		var c *wire.Client
		if c, failed = wire.Dial(h.Context(), server); failed != nil {
			if !dialogueError(failed).TryNext() {
				break
			}
			passed = append(passed, failed)
			continue
		}
		if d.flags.Bool("verbose") {
			d.notePassed(passed)
		}
		err := d.printServer(server.Name, c)
		c.Quit()
		d.drawChart(wire.Receipt{Server: server.Name})
		return err
	}
	d.drawChart(wire.Receipt{})
	var refused *wire.CertificateError
	if errors.As(failed, &refused) && refused.Cert != nil { // to be looked at, and pinned
		var l lines
		l.add("server", dialogueError(failed).Server)
		l.add("verified", "no")
		l.addCertificate(refused.Cert)
		if _, err := d.out.Write(l.text); err != nil {
			return err
		}
	}
	return &deliveryError{err: failed, details: alsoTried(passed, failed), hint: d.hint(failed, nil)}
}

// lines are what is printed: a name, a tab, its value.
type lines struct{ text []byte }

func (l *lines) add(key, value string) {
	l.text = fmt.Appendf(l.text, "%s\t%s\n", key, termtext.Line(value))
}

func (l *lines) addCertificate(cert *x509.Certificate) {
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

// printServer prints what a server is and offers.
func (d *deliveryRequest) printServer(name string, c *wire.Client) error {
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
		l.add("verified", map[bool]string{true: "yes", false: "no"}[verified])
		if len(state.PeerCertificates) > 0 {
			l.addCertificate(state.PeerCertificates[0])
		}
	}
	_, err := d.out.Write(l.text)
	return err
}
