package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// A server that supports only TLS 1.0 or 1.1 is refused, and the client sends
// nothing unencrypted.
func TestOldTLS(t *testing.T) {
	pair, roots := trusted(t)
	kinds := map[Security]Kind{TLSRequired: KindAuthOrTLS, TLSOpportunistic: KindTemporary}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		for security, kind := range kinds {
			for _, implicit := range []bool{false, true} {
				r := &relay{t: t, implicit: implicit, before: "250-STARTTLS\r\n", config: &tls.Config{
					Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10, MaxVersion: version,
				}}
				_, err := Dial(t.Context(), Server{
					Name: "test", Hello: "me", Dial: r.dial, Implicit: implicit, Security: security,
					TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10}, TLSName: "mail.example.org",
				})
				const words = "test: TLS: remote error: tls: protocol version not supported"
				var e *Error
				if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(err.Error(), words) {
					t.Errorf("%s, %v: %v", tls.VersionName(version), security, err)
				}
				if seen := r.leaked(); seen != "" {
					t.Errorf("%s, %v: the server read %q", tls.VersionName(version), security, seen)
				}
			}
		}
	}
	r := &relay{t: t, before: "250-STARTTLS\r\n", config: &tls.Config{
		Certificates: []tls.Certificate{pair}, MaxVersion: tls.VersionTLS12,
	}}
	c, err := Dial(t.Context(), Server{
		Hello: "me", Dial: r.dial, Security: TLSRequired, TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org",
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Quit()
}

// The extensions that the server offered before TLS do not count after it.
func TestForgetsAfterSTARTTLS(t *testing.T) {
	pair, roots := trusted(t)
	r := &relay{
		t:      t,
		before: "250-STARTTLS\r\n250-SIZE 10\r\n250-AUTH PLAIN\r\n250-LIMITS RCPTMAX=3\r\n",
		after:  "250-8BITMIME\r\n",
		config: &tls.Config{Certificates: []tls.Certificate{pair}},
	}
	var notes []string
	server := Server{
		Hello: "me", Dial: r.dial, Security: TLSRequired, TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org",
		Trace: func(e Event) {
			if e.Dir == DirNote && e.Stage == StageHandshake {
				notes = append(notes, e.Text)
			}
		},
	}
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
	server.Login = &Login{User: "bob", Password: "hunter2"}
	if _, err := Dial(t.Context(), server); !errors.Is(err, ErrNoLogin) {
		t.Errorf("a login that was offered before TLS: %v", err)
	}
}

func TestSecurity(t *testing.T) {
	pair, roots := trusted(t)
	untrusted, _ := trusted(t)
	const (
		offered  = "250-STARTTLS\r\n"
		injected = "220 go\r\n250 AUTH PLAIN\r\n"
	)
	for _, test := range []struct {
		name     string
		security Security
		offer    string
		starttls string // the reply; empty: 220 and a handshake
		cert     tls.Certificate
		secured  bool
		verified bool
		kind     Kind // 0: the connection is good
		words    string
	}{
		{"none", TLSNone, offered, "", pair, false, false, 0, ""},
		{"required", TLSRequired, offered, "", pair, true, true, 0, ""},
		{"required, in lower case", TLSRequired, "250-starttls\r\n", "", pair, true, true, 0, ""},
		{"required, stripped", TLSRequired, "", "", pair, false, false, KindAuthOrTLS,
			"test: STARTTLS: the server does not offer STARTTLS"},
		{"required, mangled", TLSRequired, "250-XXXXXXXA\r\n", "", pair, false, false, KindAuthOrTLS,
			"test: STARTTLS: the server does not offer STARTTLS"},
		{"required, 454", TLSRequired, offered, "454 4.7.0 not now\r\n", pair, false, false, KindAuthOrTLS,
			"test: STARTTLS: 454 4.7.0 not now"},
		{"required, 250", TLSRequired, offered, "250 ok\r\n", pair, false, false, KindProtocol,
			"test: STARTTLS: " + errUnexpected.why + ": 250 ok"},
		{"required, injected", TLSRequired, offered, injected, pair, false, false, KindAuthOrTLS,
			"test: STARTTLS: the server sent unencrypted data after its reply to STARTTLS"},
		{"required, injected octet", TLSRequired, offered, "220 go\r\n2", pair, false, false, KindAuthOrTLS,
			"test: STARTTLS: the server sent unencrypted data after its reply to STARTTLS"},
		{"opportunistic", TLSOpportunistic, offered, "", pair, true, false, 0, ""},
		{"opportunistic, untrusted", TLSOpportunistic, offered, "", untrusted, true, false, 0, ""},
		{"opportunistic, not offered", TLSOpportunistic, "", "", pair, false, false, 0, ""},
		{"opportunistic, 454", TLSOpportunistic, offered, "454 4.7.0 not now\r\n", pair, false, false, 0, ""},
		{"opportunistic, 502", TLSOpportunistic, offered, "502 what\r\n", pair, false, false, 0, ""},
		{"opportunistic, 421", TLSOpportunistic, offered, "421 going down\r\n", pair, false, false, KindTemporary,
			"test: STARTTLS: 421 going down"},
		{"opportunistic, 250", TLSOpportunistic, offered, "250 ok\r\n", pair, false, false, KindProtocol,
			"test: STARTTLS: " + errUnexpected.why + ": 250 ok"},
		{"opportunistic, injected", TLSOpportunistic, offered, injected, pair, false, false, KindAuthOrTLS,
			"test: STARTTLS: the server sent unencrypted data after its reply to STARTTLS"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &relay{t: t, before: test.offer, starttls: test.starttls,
				config: &tls.Config{Certificates: []tls.Certificate{test.cert}}}
			c, err := Dial(t.Context(), Server{
				Name: "test", Hello: "me", Dial: r.dial, Security: test.security,
				TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org",
			})
			if test.kind != 0 {
				var e *Error
				if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(err.Error(), test.words) {
					t.Errorf("%v\nwant kind %v, %s", err, test.kind, test.words)
				}
				if strings.Contains(test.name, "injected") != errors.Is(err, ErrPipelinedBeforeTLS) {
					t.Errorf("%v is ErrPipelinedBeforeTLS: %t", err, errors.Is(err, ErrPipelinedBeforeTLS))
				}
				<-r.done
				rest := strings.TrimPrefix(r.clear.String(), "EHLO me\r\n")
				rest = strings.TrimPrefix(rest, "STARTTLS\r\n")
				if rest != "" && rest != "QUIT\r\n" {
					t.Errorf("the server read %q", rest)
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
			if strings.Contains(r.secured.String(), "QUIT\r\n") != test.secured {
				t.Errorf("the server read without TLS: %q", r.clear.String())
			}
		})
	}
}

// If the server refuses STARTTLS and then closes the connection, the error has
// the refusal.
func TestClosedAfterSTARTTLS(t *testing.T) {
	const refused = `
		S: 220 hi
		C: EHLO me
		S: 250-test
		S: 250 STARTTLS
		C: STARTTLS`
	const closed = "the server closed the connection"
	for _, test := range []struct {
		name     string
		security Security
		dialogue string
		kind     Kind
		err      string
	}{
		{"454", TLSOpportunistic, refused + `
			S: 454 4.7.0 TLS not available
			close`, KindTemporary, "test: STARTTLS: " + closed + ": 454 4.7.0 TLS not available"},
		{"502", TLSOpportunistic, refused + `
			S: 502 5.5.1 not now
			close`, KindTemporary, "test: STARTTLS: " + closed + ": 502 5.5.1 not now"},
		{"454, closed after MAIL", TLSOpportunistic, refused + `
			S: 454 4.7.0 TLS not available
			C: MAIL FROM:<alice@example.org>
			close`, KindTemporary, "test: STARTTLS: " + closed + ": 454 4.7.0 TLS not available"},
		{"454, closed after the reply to MAIL", TLSOpportunistic, refused + `
			S: 454 4.7.0 TLS not available
			C: MAIL FROM:<alice@example.org>
			S: 250 ok
			C: RCPT TO:<bob@example.org>
			close`, KindTemporary, "test: RCPT: " + closed},
		{"454, TLS is required", TLSRequired, refused + `
			S: 454 4.7.0 TLS not available
			close`, KindAuthOrTLS, "test: STARTTLS: 454 4.7.0 TLS not available"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{t: t, script: test.dialogue}
				server := Server{Name: "test", Hello: "me", Security: test.security, Dial: s.dial}
				r, err := Deliver(t.Context(), []Server{server}, envelope("bob@example.org"), &text{s: "hi\r\n"})
				<-s.done
				if e := asError(err); e == nil || e.Kind != test.kind || e.Error() != test.err {
					t.Errorf("%v\nwant %v: %s", err, test.kind, test.err)
				}
				want := map[Kind]Outcome{KindTemporary: OutcomeDeferred, KindAuthOrTLS: OutcomeRefused}[test.kind]
				if got := r.Recipients[0].Outcome; got != want {
					t.Errorf("outcome %v, want %v", got, want)
				}
			})
		})
	}
}

// With implicit TLS, TLSNone does not switch off the verification.
func TestImplicitIsVerified(t *testing.T) {
	pair, _ := trusted(t)
	_, roots := trusted(t)
	for security, good := range map[Security]bool{TLSNone: false, TLSRequired: false, TLSOpportunistic: true} {
		r := &relay{t: t, implicit: true, config: &tls.Config{Certificates: []tls.Certificate{pair}}}
		c, err := Dial(t.Context(), Server{
			Hello: "me", Dial: r.dial, Implicit: true, Security: security,
			TLS: &tls.Config{RootCAs: roots}, TLSName: "mail.example.org",
		})
		if (err == nil) != good {
			t.Errorf("%v: %v", security, err)
		}
		if err == nil {
			c.Quit()
		}
	}
}

func TestClientCertificate(t *testing.T) {
	pair, roots := trusted(t)
	client := issue(nil, authority("Clients"))
	clients := x509.NewCertPool()
	clients.AddCert(client.Leaf)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, implicit := range []bool{false, true} {
			for _, certificates := range [][]tls.Certificate{{client}, nil} {
				r := &relay{t: t, implicit: implicit, before: "250-STARTTLS\r\n", config: &tls.Config{
					Certificates: []tls.Certificate{pair},
					ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: clients, MaxVersion: version,
				}}
				c, err := Dial(t.Context(), Server{
					Hello: "me", Dial: r.dial, Implicit: implicit, Security: TLSRequired, TLSName: "mail.example.org",
					TLS: &tls.Config{RootCAs: roots, Certificates: certificates},
				})
				if certificates != nil {
					if err != nil {
						t.Fatal(err)
					}
					c.Quit()
					continue
				}
				var e *Error
				if !errors.As(err, &e) || e.Kind != KindAuthOrTLS || !strings.Contains(err.Error(), "remote error: tls: ") {
					t.Errorf("%s, implicit %t: %v", tls.VersionName(version), implicit, err)
				}
				if seen := r.leaked(); seen != "" {
					t.Errorf("the server read %q", seen)
				}
			}
		}
	}
}
