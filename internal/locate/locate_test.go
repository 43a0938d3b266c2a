package locate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/dnstest"
	"mailpipe/internal/provider"
)

type (
	zone   = dnstest.Zone
	record = dnstest.Record
)

var srv, mx, cname = dnstest.SRV, dnstest.MX, dnstest.CNAME

const (
	implicit = "_submissions._tcp.example.org."
	starttls = "_submission._tcp.example.org."
)

// find returns the server of example.org, or of another domain.
func find(t *testing.T, z zone, domain string) Server {
	t.Helper()
	f := Finder{Resolver: z.Serve(t)}
	return f.Find(t.Context(), domain)
}

func TestSRV(t *testing.T) {
	for _, test := range []struct {
		what    string
		zone    zone
		url     string
		outside bool
		note    string
	}{
		{"implicit TLS", zone{implicit: {srv(0, 1, 465, "mail.example.org.")}}, "smtps://mail.example.org", false, ""},
		{"STARTTLS", zone{starttls: {srv(0, 1, 587, "mail.example.org.")}}, "submission://mail.example.org", false, ""},
		{
			"implicit TLS is preferred", zone{
				implicit: {srv(9, 0, 465, "tls.example.org.")}, starttls: {srv(0, 9, 587, "mail.example.org.")},
			}, "smtps://tls.example.org", false, "",
		},
		{"another port", zone{implicit: {srv(0, 1, 4650, "example.org.")}}, "smtps://example.org:4650", false, ""},
		{
			"lowest priority, then highest weight", zone{implicit: {
				srv(20, 99, 465, "d.example.org."), srv(10, 1, 465, "c.example.org."),
				srv(10, 5, 465, "b.example.org."), srv(10, 5, 465, "e.example.org."),
			}}, "smtps://b.example.org", false, "",
		},
		{"the domain itself", zone{implicit: {srv(0, 1, 465, "example.org.")}}, "smtps://example.org", false, ""},
		{"another domain", zone{implicit: {srv(0, 1, 465, "mail.example.net.")}}, "smtps://mail.example.net", true, ""},
		{
			"a name that ends like the domain", zone{implicit: {srv(0, 1, 465, "notexample.org.")}},
			"smtps://notexample.org", true, "",
		},
		{"capitals", zone{implicit: {srv(0, 1, 465, "MAIL.Example.ORG.")}}, "smtps://mail.example.org", false, ""},
		{
			"no such service", zone{implicit: {srv(0, 0, 0, ".")}, starttls: {srv(0, 1, 587, "mail.example.org.")}},
			"submission://mail.example.org", false,
			`The domain does not have this service: the target of _submissions._tcp.example.org is ".".`,
		},
		{
			"neither service", zone{implicit: {srv(0, 0, 0, ".")}, starttls: {srv(0, 0, 0, ".")}}, "", false,
			`The domain does not have this service: the target of _submission._tcp.example.org is ".".`,
		},
		{"no record", zone{}, "", false, ""},
		{"a name without records", zone{implicit: {}}, "", false, ""},
		{
			"port 0", zone{implicit: {srv(0, 1, 0, "mail.example.org.")}}, "", false,
			"Ignored as invalid: 1 of the SRV records of _submissions._tcp.example.org.",
		},
		{
			"an alias", zone{implicit: {
				cname("alias.example.net."), dnstest.Of("alias.example.net.", srv(0, 1, 465, "mail.example.org.")),
			}}, "smtps://mail.example.org", false, "",
		},
	} {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			s := find(t, test.zone, "example.org")
			if s.URL != test.url || s.Outside != test.outside || s.DNS != (test.url != "") {
				t.Errorf("%+v", s)
			}
			notes := strings.Join(s.Notes, "\n")
			if !strings.Contains(notes, test.note) || test.note == "" && notes != "" {
				t.Errorf("notes: %q", notes)
			}
			if s.URL != "" && !strings.HasPrefix(s.Source, "the SRV record _submission") {
				t.Errorf("source: %q", s.Source)
			}
		})
	}
}

// Nothing that DNS says may get into the account unless it is a host name.
func TestHostile(t *testing.T) {
	const mail = "mail.example.org."
	flood := func(n int) (records []record) {
		for i := range n {
			records = append(records, dnstest.Of(".", srv(uint16(n-i), 0, 465, fmt.Sprintf("h%d.", i))))
		}
		return append(records, srv(0, 0, 465, mail))
	}
	for _, test := range []struct {
		what    string
		records []record
		url     string
		note    string // in the notes
	}{
		{"a line ending", one("evil\n[accounts.x].example.org."), "", "invalid"},
		{"an escape sequence", one("\x1b[2Jmail.example.org."), "", "invalid"},
		{"NUL", one("mail\x00.example.org."), "", "invalid"},
		{"a quote", one(`mail".example.org.`), "", "invalid"},
		{"a space", one("mail .example.org."), "", "invalid"},
		{"a user", one("smtp.gmail.com@evil.example.org."), "", "invalid"},
		{"a path", one("mail.example.org/x."), "", "invalid"},
		{"not in A-labels", one("müll.example.org."), "", "invalid"},
		{"not UTF-8", one("\xff\xfe.example.org."), "", "invalid"},
		{"in A-labels", one("xn--mll-hoa.example.org."), "smtps://xn--mll-hoa.example.org", ""},
		{"an IP address", one("127.0.0.1."), "", "invalid"},
		{"this host", one("localhost."), "", "invalid"},
		{"an underscore", one("_mail.example.org."), "", "invalid"},
		{"a hyphen at the start", one("-oProxyCommand.example.org."), "", "invalid"},
		{"a long name", one(strings.Repeat("a.", 126)), "smtps://" + strings.Repeat("a.", 125) + "a", ""},
		{
			"one valid among others", []record{
				srv(0, 0, 465, "\x07.example.org."), srv(5, 0, 465, mail), srv(1, 0, 465, "localhost."),
			}, "smtps://mail.example.org", "invalid",
		},
		{"an alias of itself", []record{cname(implicit)}, "", ""},
		{
			"aliases in a circle", []record{
				cname("a.example."), dnstest.Of("a.example.", cname("b.example.")),
				dnstest.Of("b.example.", cname("a.example.")),
			}, "", "",
		},
		// A DNS message has at most 65,535 octets, which is not enough for 10,000 records.
		{"many records", flood(2500), "smtps://mail.example.org", "Ignored as invalid: 2500 of the SRV records"},
		{"10,000 records that are not there", append(one(mail), dnstest.Overstated), "", "DNS error"},
	} {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			s := find(t, zone{implicit: test.records}, "example.org")
			notes := strings.Join(s.Notes, "\n")
			if s.URL != test.url || !strings.Contains(notes, test.note) {
				t.Errorf("%+v", s)
			}
			if strings.ContainsFunc(notes, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7F }) {
				t.Errorf("notes: %q", notes)
			}
		})
	}
}

func one(target string) []record { return []record{srv(0, 0, 465, target)} }

// The table is found by the domain, and by the MX hosts of other domains.
func TestTable(t *testing.T) {
	const own = "example.org"
	host := func(name string) zone { return zone{"example.org.": {mx(1, name)}} }
	for _, test := range []struct {
		what, domain string
		zone         zone
		url          string
		dns, outside bool
		note         string
	}{
		{"by domain", "gmail.com", zone{}, "smtps://smtp.gmail.com", false, false, ""},
		{"by MX", own, host("aspmx.l.google.com."), "smtps://smtp.gmail.com", true, true, ""},
		{
			"by the preferred MX", own, zone{"example.org.": {
				mx(30, "mx01.mail.icloud.com."), mx(20, "in1-smtp.messagingengine.com."), mx(10, "mx.example.org."),
			}}, "smtps://smtp.fastmail.com", true, true, "",
		},
		{"by an MX in capitals", own, host("MX.ZOHO.EU."), "smtps://smtppro.zoho.eu", true, true, ""},
		{"a bridge", own, host("mail.protonmail.ch."), "smtp://127.0.0.1:1025", true, false, ""},
		{"an unknown MX", own, host("mx.example.org."), "", false, false, ""},
		{"an MX that looks like a known one", own, host("notmigadu.com."), "", false, false, ""},
		{"no mail (RFC 7505)", own, host("."), "", false, false, ""},
		{
			"an MX with a control character", own,
			zone{"example.org.": {mx(1, "a\x1b.migadu.com."), mx(2, "b_c.migadu.com.")}},
			"", false, false, "MX records of example.org",
		},
		{
			"SRV before MX", own, zone{
				starttls: {srv(0, 0, 587, "mail.example.org.")}, "example.org.": {mx(1, "aspmx.l.google.com.")},
			}, "submission://mail.example.org", true, false, "",
		},
		{
			"MX if SRV says that there is no service", own, zone{
				implicit: {srv(0, 0, 0, ".")}, starttls: {srv(0, 0, 0, ".")},
				"example.org.": {mx(1, "aspmx.l.google.com.")},
			}, "smtps://smtp.gmail.com", true, true, `is "."`,
		},
		{
			"SRV names a server of the table", own, zone{implicit: one("smtp.fastmail.com.")},
			"smtps://smtp.fastmail.com", true, true, "",
		},
		{
			"SRV agrees with the table", "gmail.com",
			zone{"_submission._tcp.gmail.com.": {srv(5, 0, 587, "smtp.gmail.com.")}},
			"smtps://smtp.gmail.com", false, false, "",
		},
		{
			"SRV differs from the table", "gmail.com",
			zone{"_submissions._tcp.gmail.com.": one("mail.evil.example.")}, "smtps://mail.evil.example", true, true,
			"The table of providers has another server: smtps://smtp.gmail.com.",
		},
	} {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			s := find(t, test.zone, test.domain)
			if s.URL != test.url || s.DNS != test.dns || s.Outside != test.outside {
				t.Errorf("%+v", s)
			}
			if notes := strings.Join(s.Notes, "\n"); !strings.Contains(notes, test.note) {
				t.Errorf("notes: %q", notes)
			}
			if test.url == "smtps://smtp.fastmail.com" && (s.Provider == nil || s.Provider.Name != "Fastmail") {
				t.Errorf("provider: %+v", s.Provider)
			}
		})
	}
}

// A domain of the table is found even if DNS is silent, when the time is over.
func TestTimeout(t *testing.T) {
	z := zone{}
	for _, domain := range []string{"gmail.com", "example.org"} {
		z[domain+"."] = []record{dnstest.Silent}
		z["_submissions._tcp."+domain+"."] = []record{dnstest.Silent}
		z["_submission._tcp."+domain+"."] = []record{dnstest.Silent}
	}
	f := Finder{Resolver: z.Serve(t), Limit: 20 * time.Millisecond}
	for domain, url := range map[string]string{"gmail.com": "smtps://smtp.gmail.com", "example.org": ""} {
		start := time.Now()
		s := f.Find(t.Context(), domain)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: it took %v", domain, took)
		}
		want := []string{
			"DNS did not answer in time about the SRV records of _submissions._tcp." + domain + ".",
			"DNS did not answer in time about the SRV records of _submission._tcp." + domain + ".",
			"DNS did not answer in time about the MX records of " + domain + ".",
		}
		if s.URL != url || !slices.Equal(s.Notes, want) {
			t.Errorf("%s: %+v", domain, s)
		}
	}
	if defaultLimit != 10*time.Second {
		t.Error("the limit is not 10 seconds")
	}
}

// Of the three queries, the one that is silent does not hide the others.
func TestOneSilentQuery(t *testing.T) {
	t.Parallel()
	z := zone{implicit: {dnstest.Silent}, starttls: {srv(0, 0, 587, "mail.example.org.")}}
	f := Finder{Resolver: z.Serve(t), Limit: time.Second}
	s := f.Find(t.Context(), "example.org")
	if s.URL != "submission://mail.example.org" || len(s.Notes) != 1 {
		t.Errorf("%+v", s)
	}
}

// Without a resolver, only the table is used.
func TestWithoutDNS(t *testing.T) {
	for domain, url := range map[string]string{"web.de": "smtps://smtp.web.de", "example.org": ""} {
		if s := new(Finder).Find(t.Context(), domain); s.URL != url || s.DNS || s.Notes != nil {
			t.Errorf("%s: %+v", domain, s)
		}
	}
}

// Each row is found by each of its domains and MX hosts, through DNS.
func TestEachRow(t *testing.T) {
	z := zone{}
	for i, p := range provider.All() {
		for j, suffix := range strings.Fields(p.MX) {
			z[fmt.Sprintf("row%d-%d.example.", i, j)] = []record{mx(10, "mx1."+suffix+".")}
		}
	}
	f := Finder{Resolver: z.Serve(t)}
	for i, p := range provider.All() {
		for _, domain := range strings.Fields(p.Domains) {
			if s := f.Find(t.Context(), domain); s.Provider == nil || *s.Provider != p || s.URL != p.Server {
				t.Errorf("%s: %+v, want %+v", domain, s, p)
			}
		}
		for j, suffix := range strings.Fields(p.MX) {
			s := f.Find(t.Context(), fmt.Sprintf("row%d-%d.example", i, j))
			if s.Provider == nil || *s.Provider != p || s.URL != p.Server || !s.DNS {
				t.Errorf("%s: %+v, want %+v", suffix, s, p)
			}
		}
	}
}
