// Package locate finds the server to which the users of a mail domain submit mail: by
// SRV records (RFC 6186, RFC 8314), by the table of providers, and by MX records. DNS
// records are usually not signed, so they are validated and marked.
package locate

import (
	"context"
	"fmt"
	"net"
	"time"

	"mailpipe/internal/provider"
)

// A Finder looks up domains.
type Finder struct {
	Resolver *net.Resolver // nil: no DNS
	Limit    time.Duration // for all queries together; 0 means 10 seconds
}

// A Server is where the users of a domain submit mail.
type Server struct {
	URL      string             // empty if nothing was found
	Provider *provider.Provider // who runs it; nil if unknown
	Source   string             // what names the server, in words
	DNS      bool               // Source is a DNS record
	Outside  bool               // only DNS says that the domain uses this server, whose name is in another domain
	Notes    []string           // sentences about what was found, and what could not be asked
}

// Find returns the server for a domain in A-labels. The sources are, in this order: SRV
// records for implicit TLS, SRV records for STARTTLS, the table of providers, and the
// same table by MX record.
func (f *Finder) Find(ctx context.Context, domain string) Server {
	known := provider.Find(domain)
	a := f.ask(ctx, domain)
	s := a.bySRV(domain, known)
	if s.URL == "" && known != nil {
		s = Server{URL: known.Server, Provider: known, Source: "the table of providers, which has " + domain}
	}
	if s.URL == "" {
		s = a.byMX(domain)
	}
	s.Notes = append(a.notes, s.Notes...)
	return s
}

// bySRV returns the server that SRV records name. It returns none if the table of
// providers has the same host, because the table cannot be changed on the way.
func (a *answers) bySRV(domain string, known *provider.Provider) Server {
	for i, service := range services {
		t := a.submission[i]
		switch {
		case t == nil:
			continue
		case known != nil && known.Host() == t.host:
			return Server{}
		}
		s := Server{
			URL:      service.url(t),
			Provider: provider.FindServer(t.host),
			Source:   "the SRV record " + service.name + "." + domain,
			DNS:      true,
			Outside:  !provider.Within(t.host, domain),
		}
		if known != nil {
			s.Notes = []string{fmt.Sprintf("The table of providers has another server: %s.", known.Server)}
		}
		return s
	}
	return Server{}
}

// byMX returns the server of the provider that receives the mail of the domain.
func (a *answers) byMX(domain string) Server {
	for _, host := range a.exchangers {
		if p := provider.FindMX(host); p != nil {
			return Server{
				URL: p.Server, Provider: p, DNS: true, Outside: p.Secret != provider.Bridge,
				Source: fmt.Sprintf("the table of providers, which has the MX host of %s, %s", domain, host),
			}
		}
	}
	return Server{}
}
