package cli

import (
	"context"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/locate"
	"mailpipe/internal/provider"
	"mailpipe/internal/spelling"
)

// printAccountFor prints an account for an address or a service. Its name is not that of
// an account in the configuration, to which the user may append it.
func (c *call) printAccountFor(owner string) error {
	if err := c.onlyWith("for", "no-dns", "config"); err != nil {
		return err
	}
	all, err := c.loadConfig()
	if err != nil {
		return err
	}
	var resolver *net.Resolver
	if !c.flags.Bool("no-dns") {
		resolver = &net.Resolver{PreferGo: true} // that of Windows ignores time limits
	}
	a, err := suggestAccount(owner, resolver)
	if err != nil {
		return err
	}
	base := a.name
	for i := 2; slices.Contains(all.Accounts(), a.name); i++ {
		a.name = base + strconv.Itoa(i)
	}
	file := config.UserFile(c.Getenv)
	if a.server.URL == "" {
		return a.noServer(file)
	}
	_, err = io.WriteString(c.out, a.toml(file))
	return err
}

// suggestAccount returns an account for an address or a service. It has no server if
// none was found. Without a resolver, DNS is not asked.
func suggestAccount(owner string, resolver *net.Resolver) (*suggestedAccount, error) {
	if !strings.Contains(owner, "@") {
		p := provider.FindService(owner)
		if p == nil {
			return nil, unknownService(owner)
		}
		server := locate.Server{URL: p.Server, Provider: p, Source: "the table of providers"}
		return &suggestedAccount{name: p.Account, server: server}, nil
	}
	from, err := addressOf("--for", owner, address.Parse)
	if err != nil {
		return nil, err
	}
	_, notIP := netip.ParseAddr(from.Domain)
	if notIP == nil || strings.HasPrefix(from.Domain, "[") {
		return nil, usage("--for: invalid address %q: must have a mail domain, not an IP address", owner)
	}
	finder := locate.Finder{Resolver: resolver}
	a := &suggestedAccount{from: from, server: finder.Find(context.Background(), from.Domain)}
	a.name, _, _ = strings.Cut(from.Domain, ".")
	if a.server.Provider != nil {
		a.name = a.server.Provider.Account
	}
	if resolver == nil && a.server.URL == "" {
		a.server.Notes = append(a.server.Notes, "DNS was not asked: --no-dns")
	}
	return a, nil
}

// unknownService returns the error for what is neither an address nor a service.
func unknownService(name string) error {
	known := provider.Services()
	err := usage("--for: unknown service %q: must be an address, or one of %s", name, strings.Join(known, ", "))
	near := spelling.Closest(strings.ToLower(name), known)
	service, _, _ := strings.Cut(strings.ToLower(name), ":")
	switch {
	case service == "ses":
		return err.withHint("write the region of the service, such as ses:eu-west-1")
	case near != "":
		return err.withHint("did you mean " + near + "?")
	case strings.Contains(name, "."):
		return err.withHint("write an address, such as alice@" + name)
	}
	return err
}

// noServer returns the error if no server was found. It says how to write the account by
// hand.
func (a *suggestedAccount) noServer(file string) error {
	var d config.Draft
	d.Account(a.name)
	d.Set("server", "smtps://SERVER")
	a.identity(&d)
	err := fail(exitData, "--for: no server found for %s", a.from.Domain)
	err.details = append(a.server.Notes, "Ask the provider for its server, and write the account to "+file+":")
	for line := range strings.Lines(d.String()) {
		err.details = append(err.details, "    "+strings.TrimSuffix(line, "\n"))
	}
	return err.withHint("for a server with STARTTLS at port 587, write submission://SERVER; see mailpipe-config(5)")
}
