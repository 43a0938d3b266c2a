package wire

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// Without a valid certificate, the client sends nothing more and does not ask
// for the password.
func TestCertificates(t *testing.T) {
	root := issue(nil, authority("Test Root"))
	stranger := issue(nil, authority("Stranger"))
	middle := issue(&root, authority("Middle"))
	oldMiddle := issue(&root, func(c *x509.Certificate) {
		authority("Old Middle")(c)
		c.NotBefore, c.NotAfter = time.Now().Add(-3*time.Hour), time.Now().Add(-2*time.Hour)
	})
	roots := x509.NewCertPool()
	roots.AddCert(root.Leaf)
	leaf := func(issuer *tls.Certificate, change func(*x509.Certificate), chain ...tls.Certificate) tls.Certificate {
		pair := issue(issuer, change)
		for _, c := range chain {
			pair.Certificate = append(pair.Certificate, c.Certificate[0])
		}
		return pair
	}
	named := func(names ...string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.DNSNames = names }
	}
	good := leaf(&root, nil)
	goodSum := sha256.Sum256(good.Certificate[0])
	selfSigned := leaf(nil, nil)
	selfSum := sha256.Sum256(selfSigned.Certificate[0])
	expired := leaf(&root, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Date(2020, 1, 2, 3, 4, 0, 0, time.UTC), time.Date(2021, 1, 2, 3, 4, 0, 0, time.UTC)
	})
	early := leaf(&root, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Date(2090, 1, 2, 3, 4, 0, 0, time.UTC), time.Date(2091, 1, 2, 3, 4, 0, 0, time.UTC)
	})
	expiredSum := sha256.Sum256(expired.Certificate[0])
	withIP := func(ip string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP(ip)} }
	}
	commonName := func(name string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, name }
	}
	onlyIP := func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, []net.IP{net.ParseIP("192.0.2.1")} }
	forClients := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	for _, test := range []struct {
		name   string
		cert   tls.Certificate
		host   string // empty: mail.example.org; "-": none
		pins   [][]byte
		reason CertificateReason
		words  string // empty: the certificate is accepted
	}{
		{"good", good, "", nil, 0, ""},
		{"with its root", leaf(&root, nil, root), "", nil, 0, ""},
		{"intermediate", leaf(&middle, nil, middle), "", nil, 0, ""},
		{"other case and a dot", good, "MAIL.example.org.", nil, 0, ""},
		{"wildcard", leaf(&root, named("*.example.org")), "", nil, 0, ""},
		{"IP address", leaf(&root, withIP("192.0.2.1")), "192.0.2.1", nil, 0, ""},
		{"IPv6 address", leaf(&root, withIP("fe80::1")), "fe80::1%lo", nil, 0, ""},
		{"A-label", leaf(&root, named("xn--bcher-kva.example")), "xn--bcher-kva.example", nil, 0, ""},
		{"pinned", good, "", [][]byte{goodSum[:]}, 0, ""},
		{"one of the pinned", good, "", [][]byte{selfSum[:], goodSum[:]}, 0, ""},
		{"pinned, wrong name", good, "other.example", [][]byte{goodSum[:]}, 0, ""},
		{"pinned, no name", good, "-", [][]byte{goodSum[:]}, 0, ""},
		{"pinned, self-signed", selfSigned, "", [][]byte{selfSum[:]}, 0, ""},
		{"pinned, expired", expired, "", [][]byte{expiredSum[:]}, 0, ""},

		{"not the pinned one", good, "", [][]byte{selfSum[:]}, CertWrongFingerprint,
			"the certificate does not match a pinned fingerprint; " +
				"certificate of mail.example.org, issued by Test Root, valid from "},
		{"expired", expired, "", nil, CertExpired,
			"the certificate expired on 2021-01-02 03:04 UTC; " +
				"certificate of mail.example.org, issued by Test Root, " +
				"valid from 2020-01-02 03:04 UTC to 2021-01-02 03:04 UTC, SHA-256 " + Fingerprint(expired.Leaf)},
		{"not yet valid", early, "", nil, CertNotYetValid,
			"the certificate is not valid before 2090-01-02 03:04 UTC (is the clock right?); " +
				"certificate of mail.example.org"},
		{"wrong name", leaf(&root, named("a.example", "b.example", "c.example", "d.example")), "", nil, CertWrongName,
			"the certificate is not for mail.example.org; " +
				"certificate of a.example, b.example, c.example and 1 more, issued by Test Root"},
		{"name only in the subject", leaf(&root, commonName("mail.example.org")), "", nil, CertWrongName,
			"the certificate is not for mail.example.org: x509: certificate relies on legacy Common Name field, " +
				"use SANs instead; certificate of mail.example.org"},
		{"no name at all", leaf(&root, commonName("other.example")), "", nil, CertWrongName,
			"the certificate is not for mail.example.org: x509: certificate is not valid for any names, " +
				"but wanted to match mail.example.org; certificate of other.example"},
		{"only an IP address", leaf(&root, onlyIP), "", nil, CertWrongName,
			"the certificate is not for mail.example.org: x509: certificate is not valid for any names"},
		{"wildcard for two labels", leaf(&root, named("*.example.org")), "a.mail.example.org", nil, CertWrongName,
			"not for a.mail.example.org"},
		{"wildcard for no label", leaf(&root, named("*.mail.example.org")), "", nil, CertWrongName,
			"not for mail.example.org"},
		{"IP address as a DNS name", leaf(&root, named("192.0.2.1")), "192.0.2.1", nil, CertWrongName,
			"not for 192.0.2.1: x509: cannot validate certificate for 192.0.2.1 because it doesn't contain any IP SANs"},
		{"other IP address", leaf(&root, withIP("192.0.2.2")), "192.0.2.1", nil, CertWrongName,
			"the certificate is not for 192.0.2.1; certificate of mail.example.org, 192.0.2.2, issued"},
		{"unknown authority", leaf(&stranger, nil), "", nil, CertUnknownAuthority,
			"the certificate's issuer is not trusted, or the server did not send an intermediate certificate; " +
				"certificate of mail.example.org, issued by Stranger"},
		{"missing intermediate", leaf(&middle, nil), "", nil, CertUnknownAuthority,
			"or the server did not send an intermediate certificate; " +
				"certificate of mail.example.org, issued by Middle"},
		{"wrong intermediate", leaf(&middle, nil, oldMiddle), "", nil, CertUnknownAuthority,
			"the certificate's issuer is not trusted; certificate"},
		{"expired intermediate", leaf(&oldMiddle, nil, oldMiddle), "", nil, CertExpired,
			"the certificate of the issuer Old Middle expired on "},
		{"self-signed", selfSigned, "", nil, CertSelfSigned,
			"the certificate is self-signed, not issued by a trusted authority; " +
				"certificate of mail.example.org, issued by mail"},
		{"for clients only", leaf(&root, forClients), "", nil, CertInvalid,
			"the certificate cannot be verified: x509: certificate specifies an incompatible key usage"},
		{"no name to compare", good, "-", nil, CertInvalid,
			"the certificate cannot be verified: missing server name to compare it with"},
		{"control characters in a name", leaf(&stranger, commonName("\x1b[2Jmail")), "", nil, CertWrongName,
			`certificate of \x1b[2Jmail, issued`},
	} {
		for _, implicit := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/implicit=%t", test.name, implicit), func(t *testing.T) {
				r := &relay{
					t: t, implicit: implicit,
					before: "250-STARTTLS\r\n250-AUTH PLAIN\r\n",
					after:  "250-AUTH PLAIN\r\n",
					config: &tls.Config{Certificates: []tls.Certificate{test.cert}},
				}
				host := test.host
				switch host {
				case "":
					host = "mail.example.org"
				case "-":
					host = ""
				}
				calls := 0
				c, err := Dial(t.Context(), Server{
					Name: "test", Hello: "me", Dial: r.dial, Implicit: implicit, Security: TLSRequired,
					TLS: &tls.Config{RootCAs: roots}, TLSName: host, Fingerprints: test.pins,
					Login: &Login{User: "bob", Secret: func() (string, error) { calls++; return "hunter2", nil }},
				})
				if test.words == "" {
					if err != nil {
						t.Fatal(err)
					}
					checkSecured(t, r, c, test.pins == nil)
					return
				}
				var e *Error
				var certificate *CertificateError
				if !errors.As(err, &e) || e.Kind != KindAuthOrTLS || e.Stage != StageHandshake || !errors.As(err, &certificate) {
					t.Fatalf("%v (%T)", err, err)
				}
				if certificate.Reason != test.reason {
					t.Errorf("%v, want %v", certificate.Reason, test.reason)
				}
				if !strings.HasPrefix(err.Error(), "test: TLS: ") || !strings.Contains(err.Error(), test.words) {
					t.Errorf("%v\nwant %s", err, test.words)
				}
				isSent := certificate.Cert != nil && bytes.Equal(certificate.Cert.Raw, test.cert.Certificate[0])
				if !isSent || certificate.Name != strings.TrimSuffix(host, ".") {
					t.Errorf("%+v", certificate)
				}
				if seen := r.leaked(); seen != "" || calls > 0 {
					t.Errorf("the server read %q, Secret was called %d times", seen, calls)
				}
			})
		}
	}
}

// checkSecured checks that TLS is verified and that the login was sent over it,
// then quits.
func checkSecured(t *testing.T, r *relay, c *Client, wantChains bool) {
	t.Helper()
	state, verified := c.TLS()
	if state == nil || state.Version != tls.VersionTLS13 || !verified {
		t.Errorf("%v, verified %t", state, verified)
	}
	if state != nil && (len(state.VerifiedChains) > 0) != wantChains {
		t.Errorf("%d verified chains", len(state.VerifiedChains))
	}
	c.Quit()
	<-r.done
	if strings.Contains(r.clear.String(), "AUTH") || !strings.Contains(r.secured.String(), "AUTH PLAIN") {
		t.Errorf("the server read %q without TLS, %q with it", r.clear.String(), r.secured.String())
	}
}

// The caller's VerifyConnection is called after the verification, and can
// reject the server.
func TestVerifyConnection(t *testing.T) {
	pair, roots := trusted(t)
	untrusted, _ := trusted(t)
	sum := sha256.Sum256(pair.Certificate[0])
	errCaller := errors.New("rejected by the caller")
	for _, test := range []struct {
		name     string
		cert     tls.Certificate
		security Security
		pins     [][]byte
		callback error
		called   bool
		chains   bool
		want     error // nil: the connection is good
		verified bool
	}{
		{"accepted", pair, TLSRequired, nil, nil, true, true, nil, true},
		{"rejected", pair, TLSRequired, nil, errCaller, true, true, errCaller, false},
		{"pinned", pair, TLSRequired, [][]byte{sum[:]}, nil, true, false, nil, true},
		{"pinned, rejected", pair, TLSRequired, [][]byte{sum[:]}, errCaller, true, false, errCaller, false},
		{"untrusted", untrusted, TLSRequired, nil, nil, false, false, new(CertificateError), false},
		{"not verified", untrusted, TLSOpportunistic, nil, nil, true, false, nil, false},
		{"not verified, rejected", untrusted, TLSOpportunistic, nil, errCaller, true, false, errCaller, false},
	} {
		for _, implicit := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/implicit=%t", test.name, implicit), func(t *testing.T) {
				r := &relay{t: t, implicit: implicit, before: "250-STARTTLS\r\n",
					config: &tls.Config{Certificates: []tls.Certificate{test.cert}}}
				called, chains := false, false
				config := &tls.Config{RootCAs: roots, VerifyConnection: func(state tls.ConnectionState) error {
					called, chains = true, len(state.VerifiedChains) > 0
					if state.ServerName != "mail.example.org" || len(state.PeerCertificates) == 0 {
						t.Errorf("%+v", state)
					}
					return test.callback
				}}
				c, err := Dial(t.Context(), Server{
					Hello: "me", Dial: r.dial, Implicit: implicit, Security: test.security,
					TLS: config, TLSName: "mail.example.org", Fingerprints: test.pins,
				})
				if called != test.called || chains != test.chains {
					t.Errorf("called %t, with chains %t", called, chains)
				}
				if test.want == nil {
					if err != nil {
						t.Fatal(err)
					}
					if _, verified := c.TLS(); verified != test.verified {
						t.Errorf("verified %t", verified)
					}
					c.Quit()
					return
				}
				var certificate *CertificateError
				if !errors.Is(err, test.want) && !(errors.As(test.want, &certificate) && errors.As(err, &certificate)) {
					t.Errorf("%v, want %v", err, test.want)
				}
				if seen := r.leaked(); seen != "" {
					t.Errorf("the server read %q", seen)
				}
			})
		}
	}
}

// Without TLSName, the name is that of the address.
func TestTLSNameOfAddress(t *testing.T) {
	for _, test := range []struct {
		server Server
		want   string
	}{
		{Server{Address: "mail.example.org:25"}, "mail.example.org"},
		{Server{Address: "[fe80::1%lo]:25"}, "fe80::1"},
		{Server{Address: "mail.example.org:25", TLSName: "other.example."}, "other.example"},
		{Server{Network: "unix", Address: "/run/mail:25"}, ""},
		{Server{Address: "mail:25", Dial: new(relay).dial}, ""},
	} {
		if got := (&Client{server: test.server}).tlsName(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.server, got, test.want)
		}
	}
}
