package cli

import (
	"crypto/tls"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/safe"
	"mailpipe/wire"
)

// probe calls the servers in turn and prints what the first that answers
// offers. It sends nothing.
func (d *delivery) probe() error {
	servers, err := d.servers()
	if err != nil {
		return err
	}
	g := newGuard()
	defer g.stop()
	var failed error
	for _, server := range servers {
		var c *wire.Client
		if c, failed = wire.Dial(g.ctx, server); failed != nil {
			if exitCode(failed) != exitTemporary && exitCode(failed) != exitNoHost {
				break
			}
			continue
		}
		err := d.printServer(server.Name, c)
		c.Quit()
		d.drawChart(wire.Receipt{Server: server.Name})
		return err
	}
	g.after(failed)
	d.drawChart(wire.Receipt{})
	return &deliveryError{err: failed, hint: d.hint(failed, nil)}
}

// printServer prints a line for each thing: its name, a tab, its value.
func (d *delivery) printServer(name string, c *wire.Client) error {
	var b strings.Builder
	line := func(key, value string) { fmt.Fprintf(&b, "%s\t%s\n", key, safe.Line(value)) }
	line("server", name)
	extensions := c.Extensions()
	for _, keyword := range slices.Sorted(maps.Keys(extensions)) {
		line("offers", strings.TrimSpace(keyword+" "+extensions[keyword]))
	}
	state, verified := c.TLS()
	if state == nil {
		line("tls", "none")
	} else {
		line("tls", tls.VersionName(state.Version)+" "+tls.CipherSuiteName(state.CipherSuite))
		line("verified", map[bool]string{true: "yes", false: "no"}[verified])
		if len(state.PeerCertificates) > 0 {
			cert := state.PeerCertificates[0]
			line("subject", cert.Subject.String())
			line("issuer", cert.Issuer.String())
			for _, name := range cert.DNSNames {
				line("name", name)
			}
			for _, ip := range cert.IPAddresses {
				line("name", ip.String())
			}
			line("from", cert.NotBefore.UTC().Format(time.RFC3339))
			line("until", cert.NotAfter.UTC().Format(time.RFC3339))
			line("sha256", wire.Fingerprint(cert))
		}
	}
	_, err := d.out.Write([]byte(b.String()))
	return err
}
