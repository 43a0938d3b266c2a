//go:build linux

package testservers

import (
	"slices"
	"strings"
	"testing"
)

// TestTrust asserts which certificates are trusted, and that a login is never
// written before the certificate was verified.
func TestTrust(t *testing.T) {
	t.Parallel()
	server := startPostfix(t)
	const wrong = "0000000000000000000000000000000000000000000000000000000000000000"
	colons := withColons(server.fingerprint)
	starttls, implicit, open := "smtp://"+server.login, "smtps://"+server.tls, "smtp://"+server.open
	for _, test := range []struct {
		name  string
		login bool
		args  []string
		code  int
		words []string
	}{
		{"required, known CA", true, []string{"-S", starttls, "--tls", "required", "--tls-ca", server.ca}, 0, nil},
		{"smtps, known CA", true, []string{"-S", implicit, "--tls-ca", server.ca}, 0, nil},
		{"required, unknown CA", true, []string{"-S", starttls, "--tls", "required"}, 77, []string{colons}},
		{"login requires TLS", true, []string{"-S", starttls}, 77, []string{colons}},
		{"smtps, unknown CA", true, []string{"-S", implicit}, 77, []string{colons}},
		{"fingerprint", true, []string{"-S", starttls, "--tls-fingerprint", server.fingerprint}, 0, nil},
		{"second of two fingerprints, with colons", true,
			[]string{"-S", implicit, "--tls-fingerprint", wrong, "--tls-fingerprint", colons}, 0, nil},
		{"wrong fingerprint", true, []string{"-S", implicit, "--tls-fingerprint", wrong}, 77, []string{colons}},
		{"wrong name", true, []string{"-S", implicit, "--tls-ca", server.ca, "--tls-name", "mail.example.com"}, 77,
			[]string{"mail.example.com"}},
		{"right name", true, []string{"-S", implicit, "--tls-ca", server.ca, "--tls-name", "localhost"}, 0, nil},
		{"opportunistic, any certificate", false, []string{"-S", open}, 0, []string{"STARTTLS"}},
		{"no TLS", false, []string{"-S", open, "--tls", "none"}, 0, nil},
		{"login, opportunistic", true, []string{"-S", starttls, "--tls", "opportunistic"}, 77,
			[]string{"only over verified TLS"}},
		{"login, no TLS", true, []string{"-S", starttls, "--tls", "none"}, 77, []string{"only over verified TLS"}},
		{"smtps, no TLS", false, []string{"-S", implicit, "--tls", "none"}, 64, []string{"--tls none"}},
		{"smtps to a port without TLS", true, []string{"-S", "smtps://" + server.open, "--tls-ca", server.ca}, 77,
			[]string{"TLS"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorkspace(t)
			args := append([]string{"deliver", "--trace", bob}, test.args...)
			if test.login {
				args = append(args, "--user", user, "--password-file", w.write("password", password+"\n"))
			}
			r := w.mailpipe(strings.NewReader(small(w)), args...)
			r.want(t, test.code, test.words...)
			r.hides(t, password)
			if test.code == 0 {
				server.wait(t, 1)
			} else if strings.Contains(r.err, "C: AUTH") {
				t.Errorf("AUTH was written:\n%s", r.err)
			}
			if slices.Contains(args, "none") && strings.Contains(r.err, "C: STARTTLS") {
				t.Errorf("TLS was started:\n%s", r.err)
			}
		})
	}
}

// withColons returns a fingerprint as openssl prints it.
func withColons(fingerprint string) string {
	var pairs []string
	for pair := range slices.Chunk([]byte(strings.ToUpper(fingerprint)), 2) {
		pairs = append(pairs, string(pair))
	}
	return strings.Join(pairs, ":")
}
