package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// testIssuer is a certificate that signs others.
type testIssuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate; a nil issuer lets it sign itself.
func (i *testIssuer) issue(t testing.TB, change func(*x509.Certificate)) (tls.Certificate, *testIssuer) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "mail"},
		DNSNames:     []string{"mail.example.org"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if i != nil {
		parent, signer = i.cert, i.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert}, &testIssuer{cert, key}
}

func authority(name string) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.Subject.CommonName, c.DNSNames, c.ExtKeyUsage = name, nil, nil
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	}
}

// A relay is an SMTP server that keeps what came in clear and what came secured.
type relay struct {
	t        testing.TB
	config   *tls.Config
	implicit bool
	before   string // lines of EHLO in clear
	after    string // and secured
	starttls string // the reply to STARTTLS, with its line end; empty: 220

	mu      sync.Mutex
	clear   bytes.Buffer // octets as they came over the connection
	secured bytes.Buffer // those that TLS carried
	done    chan struct{}
}

// dial connects over loopback: on a pipe without buffers an alert could wait for a
// server that still writes.
func (r *relay) dial(ctx context.Context) (net.Conn, error) {
	client, server, err := loopback(ctx)
	if err != nil {
		return nil, err
	}
	r.done = make(chan struct{})
	go func() {
		defer close(r.done)
		defer server.Close()
		r.serve(server)
	}()
	return client, nil
}

// tap keeps what is read.
type tap struct {
	net.Conn
	mu   *sync.Mutex
	into *bytes.Buffer
}

func (c tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.into.Write(p[:n])
	return n, err
}

func (r *relay) serve(raw net.Conn) {
	conn := net.Conn(tap{raw, &r.mu, &r.clear})
	secure := func() bool {
		secured := tls.Server(conn, r.config)
		conn = tap{secured, &r.mu, &r.secured}
		return secured.Handshake() == nil
	}
	if r.implicit && !secure() {
		return
	}
	in := bufio.NewReader(conn)
	offers := r.before
	if r.implicit {
		offers = r.after
	}
	io.WriteString(conn, "220 hi\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "EHLO"):
			fmt.Fprintf(conn, "250-relay\r\n%s250 HELP\r\n", offers)
		case verb == "STARTTLS" && r.starttls != "":
			io.WriteString(conn, r.starttls)
			if !strings.HasPrefix(r.starttls, "220") {
				continue
			}
			io.Copy(io.Discard, conn)
			return
		case verb == "STARTTLS":
			io.WriteString(conn, "220 go\r\n")
			if !secure() {
				return
			}
			in, offers = bufio.NewReader(conn), r.after
		case strings.HasPrefix(verb, "AUTH"):
			io.WriteString(conn, "235 in\r\n")
		case verb == "QUIT":
			io.WriteString(conn, "221 bye\r\n")
			return
		default:
			io.WriteString(conn, "250 ok\r\n")
		}
	}
}

// leaked tells what the server saw that it should not: after a failed verification nothing
// secured, and in clear nothing but EHLO, STARTTLS and records of TLS.
func (r *relay) leaked() string {
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	rest := r.clear.Bytes()
	if !r.implicit {
		rest = bytes.TrimPrefix(rest, []byte("EHLO me\r\nSTARTTLS\r\n"))
	}
	for len(rest) >= 5 && rest[0] >= 20 && rest[0] <= 23 && rest[1] == 3 { // RFC 8446 §5.1
		rest = rest[min(len(rest), 5+int(rest[3])<<8+int(rest[4])):]
	}
	return string(rest) + r.secured.String()
}

func TestCertificates(t *testing.T) {
	rootPair, root := (*testIssuer)(nil).issue(t, authority("Test Root"))
	_, stranger := (*testIssuer)(nil).issue(t, authority("Stranger"))
	middlePair, middle := root.issue(t, authority("Middle"))
	oldPair, oldMiddle := root.issue(t, func(c *x509.Certificate) {
		authority("Old Middle")(c)
		c.NotBefore, c.NotAfter = time.Now().Add(-3*time.Hour), time.Now().Add(-2*time.Hour)
	})
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	leaf := func(i *testIssuer, change func(*x509.Certificate), chain ...tls.Certificate) tls.Certificate {
		pair, _ := i.issue(t, change)
		for _, c := range chain {
			pair.Certificate = append(pair.Certificate, c.Certificate[0])
		}
		return pair
	}
	named := func(names ...string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.DNSNames = names }
	}
	good := leaf(root, nil)
	goodSum := sha256.Sum256(good.Certificate[0])
	selfSigned := leaf(nil, nil)
	selfSum := sha256.Sum256(selfSigned.Certificate[0])
	expired := leaf(root, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Date(2020, 1, 2, 3, 4, 0, 0, time.UTC), time.Date(2021, 1, 2, 3, 4, 0, 0, time.UTC)
	})
	early := leaf(root, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Date(2090, 1, 2, 3, 4, 0, 0, time.UTC), time.Date(2091, 1, 2, 3, 4, 0, 0, time.UTC)
	})
	expiredSum := sha256.Sum256(expired.Certificate[0])
	const right = CertificateReason(-1)
	for _, test := range []struct {
		name   string
		cert   tls.Certificate
		host   string // empty: mail.example.org
		pins   [][]byte
		reason CertificateReason
		words  string
	}{
		{"good", good, "", nil, right, ""},
		{"with its root", leaf(root, nil, rootPair), "", nil, right, ""},
		{"intermediate", leaf(middle, nil, middlePair), "", nil, right, ""},
		{"other case and a dot", good, "MAIL.example.org.", nil, right, ""},
		{"wildcard", leaf(root, named("*.example.org")), "", nil, right, ""},
		{"IP address", leaf(root, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP("192.0.2.1")} }), "192.0.2.1", nil, right, ""},
		{"IPv6 address", leaf(root, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP("fe80::1")} }), "fe80::1%lo", nil, right, ""},
		{"A-label", leaf(root, named("xn--bcher-kva.example")), "xn--bcher-kva.example", nil, right, ""},
		{"pinned", good, "", [][]byte{goodSum[:]}, right, ""},
		{"one of the pinned", good, "", [][]byte{selfSum[:], goodSum[:]}, right, ""},
		{"pinned, for others", good, "other.example", [][]byte{goodSum[:]}, right, ""},
		{"pinned, no name", good, "-", [][]byte{goodSum[:]}, right, ""},
		{"pinned, self-signed", selfSigned, "", [][]byte{selfSum[:]}, right, ""},
		{"pinned, expired", expired, "", [][]byte{expiredSum[:]}, right, ""},

		{"not the pinned", good, "", [][]byte{selfSum[:]}, CertWrongFingerprint, "the certificate is not the pinned one; certificate of mail.example.org, issued by Test Root, valid from "},
		{"expired", expired, "", nil, CertExpired, "the certificate expired on 2021-01-02 03:04 UTC; certificate of mail.example.org, issued by Test Root, valid from 2020-01-02 03:04 UTC to 2021-01-02 03:04 UTC, SHA-256 " + Fingerprint(expired.Leaf)},
		{"not yet valid", early, "", nil, CertNotYetValid, "the certificate is not valid before 2090-01-02 03:04 UTC (is the clock right?); certificate of mail.example.org"},
		{"wrong name", leaf(root, named("a.example", "b.example", "c.example", "d.example")), "", nil, CertWrongName, "the certificate is not for mail.example.org; certificate of a.example, b.example, c.example and 1 more, issued by Test Root"},
		{"name only in the subject", leaf(root, func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, "mail.example.org" }), "", nil, CertWrongName, "the certificate is not for mail.example.org; certificate of mail.example.org"},
		{"wildcard over two labels", leaf(root, named("*.example.org")), "a.mail.example.org", nil, CertWrongName, "not for a.mail.example.org"},
		{"wildcard over none", leaf(root, named("*.mail.example.org")), "", nil, CertWrongName, "not for mail.example.org"},
		{"IP address as a name", leaf(root, named("192.0.2.1")), "192.0.2.1", nil, CertWrongName, "not for 192.0.2.1"},
		{"other IP address", leaf(root, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP("192.0.2.2")} }), "192.0.2.1", nil, CertWrongName, "not for 192.0.2.1"},
		{"unknown authority", leaf(stranger, nil), "", nil, CertUnknownAuthority, "the certificate's issuer is not trusted, or the server left out an intermediate certificate; certificate of mail.example.org, issued by Stranger"},
		{"missing intermediate", leaf(middle, nil), "", nil, CertUnknownAuthority, "or the server left out an intermediate certificate; certificate of mail.example.org, issued by Middle"},
		{"wrong intermediate", leaf(middle, nil, oldPair), "", nil, CertUnknownAuthority, "the certificate's issuer is not trusted; certificate"},
		{"expired intermediate", leaf(oldMiddle, nil, oldPair), "", nil, CertExpired, "the certificate of the issuer Old Middle expired on "},
		{"self-signed", selfSigned, "", nil, CertSelfSigned, "the certificate is self-signed: nobody trusted vouches for it; certificate of mail.example.org, issued by mail"},
		{"for clients only", leaf(root, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), "", nil, CertInvalid, "the certificate cannot be verified: x509: certificate specifies an incompatible key usage"},
		{"no name to compare", good, "-", nil, CertInvalid, "the certificate cannot be verified: no name is known that it should have"},
		{"controls in a name", leaf(stranger, func(c *x509.Certificate) { c.Subject.CommonName, c.DNSNames = "\x1b[2Jmail", nil }), "", nil, CertWrongName, `certificate of \x1b[2Jmail, issued`},
	} {
		for _, implicit := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/implicit=%t", test.name, implicit), func(t *testing.T) {
				r := &relay{t: t, implicit: implicit, before: "250-STARTTLS\r\n250-AUTH PLAIN\r\n", after: "250-AUTH PLAIN\r\n",
					config: &tls.Config{Certificates: []tls.Certificate{test.cert}}}
				host := test.host
				switch host {
				case "":
					host = "mail.example.org"
				case "-":
					host = ""
				}
				asked := 0
				c, err := Dial(t.Context(), Server{Name: "test", Hello: "me", Dial: r.dial, Implicit: implicit, Security: TLSRequired,
					TLS: &tls.Config{RootCAs: roots}, TLSName: host, Fingerprints: test.pins,
					Login: &Login{User: "bob", Secret: func() (string, error) { asked++; return "hunter2", nil }}})
				if test.reason == right {
					if err != nil {
						t.Fatal(err)
					}
					state, verified := c.TLS()
					if state == nil || state.Version != tls.VersionTLS13 || !verified {
						t.Errorf("%v, verified %t", state, verified)
					}
					c.Quit()
					if <-r.done; strings.Contains(r.clear.String(), "AUTH") || !strings.Contains(r.secured.String(), "AUTH PLAIN") {
						t.Error("login in clear, or none")
					}
					return
				}
				var e *Error
				var certificate *CertificateError
				if !errors.As(err, &e) || e.Kind != KindAuthOrTLS || e.Stage != StageHandshake || !errors.As(err, &certificate) {
					t.Fatalf("%v (%T)", err, err)
				}
				if certificate.Reason != test.reason || !strings.HasPrefix(err.Error(), "test: TLS: ") || !strings.Contains(err.Error(), test.words) {
					t.Errorf("reason %d, %v\nwant %d, %s", certificate.Reason, err, test.reason, test.words)
				}
				if certificate.Cert == nil || !bytes.Equal(certificate.Cert.Raw, test.cert.Certificate[0]) || certificate.Name != strings.TrimSuffix(host, ".") {
					t.Errorf("%+v", certificate)
				}
				if seen := r.leaked(); seen != "" || asked > 0 {
					t.Errorf("the server saw %q, the password was asked for %d times", seen, asked)
				}
			})
		}
	}
}

// The name is that of the address where none is given.
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

func trusted(t testing.TB) (tls.Certificate, *x509.CertPool) {
	_, root := (*testIssuer)(nil).issue(t, authority("Test Root"))
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	pair, _ := root.issue(t, nil)
	return pair, roots
}

// Servers that know old TLS only are refused, and nothing goes to them in clear.
func TestOldTLS(t *testing.T) {
	pair, roots := trusted(t)
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		for _, security := range []Security{TLSRequired, TLSOpportunistic} {
			for _, implicit := range []bool{false, true} {
				r := &relay{t: t, implicit: implicit, before: "250-STARTTLS\r\n",
					config: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10, MaxVersion: version}}
				_, err := Dial(t.Context(), Server{Name: "test", Hello: "me", Dial: r.dial, Implicit: implicit, Security: security,
					TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10}, TLSName: "mail.example.org"})
				want := map[Security]Kind{TLSRequired: KindAuthOrTLS, TLSOpportunistic: KindTemporary}[security]
				var e *Error
				if !errors.As(err, &e) || e.Kind != want || !strings.Contains(err.Error(), "test: TLS: remote error: tls: protocol version not supported") {
					t.Errorf("%s, %v: %v", tls.VersionName(version), security, err)
				}
				if seen := r.leaked(); seen != "" {
					t.Errorf("%s: the server saw %q", tls.VersionName(version), seen)
				}
			}
		}
	}
	r := &relay{t: t, before: "250-STARTTLS\r\n", config: &tls.Config{Certificates: []tls.Certificate{pair}, MaxVersion: tls.VersionTLS12}}
	c, err := Dial(t.Context(), Server{Hello: "me", Dial: r.dial, Security: TLSRequired, TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	c.Quit()
}

// What is learned in clear does not count any more after the handshake.
func TestForgetsAfterSTARTTLS(t *testing.T) {
	pair, roots := trusted(t)
	r := &relay{t: t, before: "250-STARTTLS\r\n250-SIZE 10\r\n250-AUTH PLAIN\r\n250-LIMITS RCPTMAX=3\r\n", after: "250-8BITMIME\r\n",
		config: &tls.Config{Certificates: []tls.Certificate{pair}}}
	var notes []string
	server := Server{Hello: "me", Dial: r.dial, Security: TLSRequired, TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org",
		Trace: func(e Event) {
			if e.Dir == DirNote && e.Stage == StageHandshake {
				notes = append(notes, e.Text)
			}
		}}
	c, err := Dial(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(c.Extensions()); got != "map[8BITMIME: HELP:]" || c.Limit() != 100 {
		t.Errorf("%s, limit %d", got, c.Limit())
	}
	c.Quit()
	if got := strings.Join(notes, "|"); got != "TLS 1.3, TLS_AES_128_GCM_SHA256, verified" {
		t.Error(got)
	}
	server.Login = &Login{User: "bob", Secret: func() (string, error) { return "hunter2", nil }}
	if _, err := Dial(t.Context(), server); !errors.Is(err, ErrNoLogin) {
		t.Errorf("a login that was offered in clear: %v", err)
	}
}

func TestSecurity(t *testing.T) {
	pair, roots := trusted(t)
	other, _ := trusted(t)
	for _, test := range []struct {
		name             string
		security         Security
		before, starttls string
		cert             tls.Certificate
		kind             Kind // 0: the connection is good
		words            string
		secured          bool
		verified         bool
	}{
		{"none", TLSNone, "250-STARTTLS\r\n", "", pair, 0, "", false, false},
		{"required", TLSRequired, "250-STARTTLS\r\n", "", pair, 0, "", true, true},
		{"required, in lower case", TLSRequired, "250-starttls\r\n", "", pair, 0, "", true, true},
		{"required, stripped", TLSRequired, "", "", pair, KindAuthOrTLS, "test: STARTTLS: the server does not offer STARTTLS", false, false},
		{"required, mangled", TLSRequired, "250-XXXXXXXA\r\n", "", pair, KindAuthOrTLS, "the server does not offer STARTTLS", false, false},
		{"required, 454", TLSRequired, "250-STARTTLS\r\n", "454 4.7.0 not now\r\n", pair, KindAuthOrTLS, "test: STARTTLS: 454 4.7.0 not now", false, false},
		{"required, 250", TLSRequired, "250-STARTTLS\r\n", "250 ok\r\n", pair, KindProtocol, "test: STARTTLS: an unexpected reply: 250 ok", false, false},
		{"required, injected", TLSRequired, "250-STARTTLS\r\n", "220 go\r\n250 AUTH PLAIN\r\n", pair, KindAuthOrTLS, "test: STARTTLS: the server sent more than its reply before the handshake", false, false},
		{"required, injected octet", TLSRequired, "250-STARTTLS\r\n", "220 go\r\n2", pair, KindAuthOrTLS, "the server sent more than its reply", false, false},
		{"opportunistic", TLSOpportunistic, "250-STARTTLS\r\n", "", pair, 0, "", true, false},
		{"opportunistic, stranger", TLSOpportunistic, "250-STARTTLS\r\n", "", other, 0, "", true, false},
		{"opportunistic, not offered", TLSOpportunistic, "", "", pair, 0, "", false, false},
		{"opportunistic, 454", TLSOpportunistic, "250-STARTTLS\r\n", "454 4.7.0 not now\r\n", pair, 0, "", false, false},
		{"opportunistic, 502", TLSOpportunistic, "250-STARTTLS\r\n", "502 what\r\n", pair, 0, "", false, false},
		{"opportunistic, 421", TLSOpportunistic, "250-STARTTLS\r\n", "421 going down\r\n", pair, KindTemporary, "test: STARTTLS: 421 going down", false, false},
		{"opportunistic, 250", TLSOpportunistic, "250-STARTTLS\r\n", "250 ok\r\n", pair, KindProtocol, "test: STARTTLS: an unexpected reply: 250 ok", false, false},
		{"opportunistic, injected", TLSOpportunistic, "250-STARTTLS\r\n", "220 go\r\n250 AUTH PLAIN\r\n", pair, KindAuthOrTLS, "the server sent more than its reply", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &relay{t: t, before: test.before, starttls: test.starttls, config: &tls.Config{Certificates: []tls.Certificate{test.cert}}}
			c, err := Dial(t.Context(), Server{Name: "test", Hello: "me", Dial: r.dial, Security: test.security,
				TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org"})
			if test.kind != 0 {
				var e *Error
				if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(err.Error(), test.words) {
					t.Errorf("%v\nwant kind %d, %s", err, test.kind, test.words)
				}
				if strings.Contains(test.name, "injected") != errors.Is(err, ErrPipelinedBeforeTLS) {
					t.Errorf("not ErrAhead: %v", err)
				}
				<-r.done
				rest, _ := strings.CutPrefix(r.clear.String(), "EHLO me\r\nSTARTTLS\r\n")
				if rest, _ = strings.CutPrefix(rest, "EHLO me\r\n"); rest != "" && rest != "QUIT\r\n" {
					t.Errorf("the server saw %q", rest)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if state, verified := c.TLS(); (state != nil) != test.secured || verified != test.verified {
				t.Errorf("secured %t, verified %t", state != nil, verified)
			}
			c.Quit()
			<-r.done
			if clear := !strings.Contains(r.secured.String(), "QUIT\r\n"); clear == test.secured {
				t.Errorf("in clear: %q", r.clear.String())
			}
		})
	}
}

// A zero Security with TLS from the first octet is no licence: it is verified.
func TestImplicitIsVerified(t *testing.T) {
	pair, _ := trusted(t)
	_, roots := trusted(t)
	for security, good := range map[Security]bool{TLSNone: false, TLSRequired: false, TLSOpportunistic: true} {
		r := &relay{t: t, implicit: true, config: &tls.Config{Certificates: []tls.Certificate{pair}}}
		c, err := Dial(t.Context(), Server{Hello: "me", Dial: r.dial, Implicit: true, Security: security,
			TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org"})
		if (err == nil) != good {
			t.Errorf("%d: %v", security, err)
		}
		if err == nil {
			c.Quit()
		}
	}
}

func TestClientCertificate(t *testing.T) {
	pair, roots := trusted(t)
	clientPair, client := (*testIssuer)(nil).issue(t, authority("Clients"))
	clients := x509.NewCertPool()
	clients.AddCert(client.cert)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, implicit := range []bool{false, true} {
			for _, test := range []struct {
				certificates []tls.Certificate
				words        string
			}{
				{[]tls.Certificate{clientPair}, ""},
				{nil, "remote error: tls: "},
			} {
				r := &relay{t: t, implicit: implicit, before: "250-STARTTLS\r\n", config: &tls.Config{Certificates: []tls.Certificate{pair},
					ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients, MaxVersion: version}}
				c, err := Dial(t.Context(), Server{Hello: "me", Dial: r.dial, Implicit: implicit, Security: TLSRequired, TLSName: "mail.example.org",
					TLS: &tls.Config{RootCAs: roots, Certificates: test.certificates}})
				if test.words == "" {
					if err != nil {
						t.Fatal(err)
					}
					c.Quit()
					continue
				}
				var e *Error
				if !errors.As(err, &e) || e.Kind != KindAuthOrTLS || !strings.Contains(err.Error(), test.words) {
					t.Errorf("%s, implicit %t: %v", tls.VersionName(version), implicit, err)
				}
				if seen := r.leaked(); seen != "" {
					t.Errorf("the server saw %q", seen)
				}
			}
		}
	}
}
