package locate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mailpipe/internal/address"
)

// defaultLimit is the time for all queries together.
const defaultLimit = 10 * time.Second

// A service is a kind of submission that SRV records announce.
type service struct {
	name   string
	scheme string // of the URL
	port   uint16 // of the scheme
}

// services are in the order of preference (RFC 8314 §3.3).
var services = [...]service{
	{"_submissions._tcp", "smtps", 465},
	{"_submission._tcp", "submission", 587},
}

// A target is the valid content of an SRV record.
type target struct {
	host string
	port uint16
}

func (s *service) url(t *target) string {
	if t.port == s.port {
		return s.scheme + "://" + t.host
	}
	return s.scheme + "://" + net.JoinHostPort(t.host, strconv.Itoa(int(t.port)))
}

// answers are what DNS says about a domain.
type answers struct {
	submission [len(services)]*target // nil: none
	exchangers []string               // the MX hosts in the order of their preference
	notes      []string
}

// ask sends all queries at the same time and waits for the answers.
func (f *Finder) ask(ctx context.Context, domain string) *answers {
	a := &answers{}
	if f.Resolver == nil {
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(f.Limit, defaultLimit))
	defer cancel()
	var notes [len(services) + 1][]string
	var wg sync.WaitGroup
	for i := range services {
		wg.Go(func() { a.submission[i], notes[i] = f.srv(ctx, services[i].name+"."+domain) })
	}
	wg.Go(func() { a.exchangers, notes[len(services)] = f.mx(ctx, domain) })
	wg.Wait()
	a.notes = slices.Concat(notes[:]...)
	return a
}

// srv returns the target of the lowest priority and, among those, of the highest
// weight. RFC 2782 would choose at random by weight, but the account is written once.
func (f *Finder) srv(ctx context.Context, name string) (best *target, notes []string) {
	_, records, err := f.Resolver.LookupSRV(ctx, "", "", name+".")
	slices.SortFunc(records, func(x, y *net.SRV) int {
		return cmp.Or(cmp.Compare(x.Priority, y.Priority), cmp.Compare(y.Weight, x.Weight),
			strings.Compare(x.Target, y.Target), cmp.Compare(x.Port, y.Port))
	})
	none, invalid := false, 0
	for _, r := range records {
		host, ok := hostName(r.Target)
		switch {
		case r.Target == ".":
			none = true
		case !ok || r.Port == 0:
			invalid++
		case best == nil:
			best = &target{host, r.Port}
		}
	}
	if none && best == nil {
		notes = append(notes, fmt.Sprintf(`The domain does not have this service: the target of %s is ".".`, name))
	}
	return best, append(notes, problems("SRV records of "+name, invalid, err)...)
}

// mx returns the valid MX hosts in the order of their preference.
func (f *Finder) mx(ctx context.Context, domain string) (hosts, notes []string) {
	records, err := f.Resolver.LookupMX(ctx, domain+".")
	slices.SortFunc(records, func(x, y *net.MX) int {
		return cmp.Or(cmp.Compare(x.Pref, y.Pref), strings.Compare(x.Host, y.Host))
	})
	invalid := 0
	for _, r := range records {
		host, ok := hostName(r.Host)
		switch {
		case r.Host == ".": // no mail is accepted (RFC 7505)
		case !ok:
			invalid++
		default:
			hosts = append(hosts, host)
		}
	}
	return hosts, problems("MX records of "+domain, invalid, err)
}

// problems returns sentences about records that are invalid and about the error of a
// query. That there is no record is not a problem.
func problems(what string, invalid int, err error) (notes []string) {
	if invalid > 0 {
		notes = append(notes, fmt.Sprintf("Ignored as invalid: %d of the %s.", invalid, what))
	}
	e, ok := errors.AsType[*net.DNSError](err)
	switch {
	case err == nil, ok && e.IsNotFound:
		return notes
	case errors.Is(err, context.DeadlineExceeded), ok && e.IsTimeout:
		return append(notes, "DNS did not answer in time about the "+what+".")
	case ok:
		return append(notes, "DNS error about the "+what+": "+e.Err+".")
	}
	return append(notes, "DNS error about the "+what+": "+err.Error()+".")
}

// hostName returns a name of a DNS record in lower case. It must be a host name of
// several labels, and not an IP address.
func hostName(name string) (host string, ok bool) {
	name = strings.TrimSuffix(name, ".")
	_, notIP := netip.ParseAddr(name)
	if notIP == nil || !strings.Contains(name, ".") || strings.ContainsAny(name, "_[") {
		return "", false
	}
	host, err := address.ParseDomain(name)
	return host, err == nil
}
