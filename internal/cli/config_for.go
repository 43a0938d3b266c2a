package cli

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/locate"
	"mailpipe/internal/provider"
	"mailpipe/internal/spelling"
)

// printAccountFor prints an account for an address, or for a service by name.
func (c *call) printAccountFor(name string) error {
	if err := c.onlyWith("for", "no-dns"); err != nil {
		return err
	}
	a, err := c.suggestAccount(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.out, a.toml(config.UserFile(c.Getenv)))
	return err
}

// suggestAccount finds the server of an address or of a service.
func (c *call) suggestAccount(name string) (*suggestedAccount, error) {
	if !strings.Contains(name, "@") {
		p := provider.FindService(name)
		if p == nil {
			return nil, unknownService(name)
		}
		server := locate.Server{URL: p.Server, Provider: p, Source: "the table of providers"}
		return &suggestedAccount{server: server}, nil
	}
	from, err := addressOf("--for", name, address.Parse)
	if err != nil {
		return nil, err
	}
	_, notIP := netip.ParseAddr(from.Domain)
	if notIP == nil || strings.HasPrefix(from.Domain, "[") {
		return nil, usage("--for: invalid address %q: must have a mail domain, not an IP address", name)
	}
	var finder locate.Finder
	if !c.flags.Bool("no-dns") {
		finder.Resolver = &net.Resolver{PreferGo: true} // that of Windows ignores the limit
	}
	server := finder.Find(context.Background(), from.Domain)
	if server.URL == "" {
		if finder.Resolver == nil {
			server.Notes = append(server.Notes, "DNS was not asked: --no-dns")
		}
		return nil, c.noServer(from, server.Notes)
	}
	return &suggestedAccount{from: from, server: server}, nil
}

// unknownService returns the error for what is neither an address nor a service.
func unknownService(name string) error {
	known := provider.Services()
	err := usage("--for: unknown service %q: must be an address, or one of %s", name, strings.Join(known, ", "))
	near := spelling.Closest(strings.ToLower(name), known)
	switch {
	case near != "":
		return err.withHint("did you mean " + near + "?")
	case strings.Contains(name, "."):
		return err.withHint("write an address, such as alice@" + name)
	}
	return err
}

// noServer returns the error if no server was found. It says how to write the account by
// hand.
func (c *call) noServer(from address.Address, notes []string) error {
	var d config.Draft
	d.Account(accountName(from.Domain))
	d.Set("server", "smtps://SERVER")
	d.Set("from", from.Mailbox())
	d.Set("user", from.Mailbox())
	err := fail(exitData, "--for: no server found for %s", from.Domain)
	err.details = append(err.details, notes...)
	err.details = append(err.details, "Ask the provider for its server, and write the account to "+
		config.UserFile(c.Getenv)+":")
	for line := range strings.Lines(d.String()) {
		err.details = append(err.details, "    "+strings.TrimSuffix(line, "\n"))
	}
	return err.withHint("for a server with STARTTLS at port 587, write submission://SERVER; see mailpipe-config(5)")
}

// accountName returns a name for the account of a mail domain.
func accountName(domain string) string {
	name, _, _ := strings.Cut(domain, ".")
	return name
}
