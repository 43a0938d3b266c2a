//go:build linux

package testservers

import (
	"bufio"
	"crypto/tls"
	"slices"
	"strings"
	"testing"
)

// loginServers are the servers that require a login, and the mechanisms that they
// offer.
var loginServers = []struct {
	name       string
	start      func(testing.TB) (server, mailboxes *server)
	mechanisms string
	anonymous  int // exit status without a login, which depends on what the server refuses, and how
}{
	{"Postfix", alone(startPostfix), "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER", 67},
	{"Exim", alone(startExim), "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256", 69},
	{"Dovecot submission", func(t testing.TB) (server, mailboxes *server) {
		relay := startPostfix(t)
		return startDovecot(t, relay.open), relay
	}, "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER", 77},
}

// alone is for a server that stores the mails itself.
func alone(start func(testing.TB) *server) func(testing.TB) (server, mailboxes *server) {
	return func(t testing.TB) (server, mailboxes *server) {
		s := start(t)
		return s, s
	}
}

// TestLogin tries each mechanism with the right and with a wrong password, over
// STARTTLS and implicit TLS.
func TestLogin(t *testing.T) {
	t.Parallel()
	for _, s := range loginServers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server, mailboxes := s.start(t)
			mechanisms := strings.Fields(s.mechanisms)
			offered := offeredMechanisms(t, server.tls)
			if !slices.Equal(offered, sorted(slices.Clone(mechanisms))) {
				t.Fatalf("the server offers %s; the table has %s", offered, s.mechanisms)
			}
			for _, url := range []string{"smtp://" + server.login, "smtps://" + server.tls} {
				for _, mechanism := range append(mechanisms, "") {
					t.Run(url[:5]+" "+mechanism, func(t *testing.T) { tryLogin(t, server, mailboxes, url, mechanism) })
				}
			}
			if mailboxes.count() != 0 {
				t.Error("a mail arrived without the right password")
			}
		})
	}
}

// tryLogin logs in with a mechanism. If it is empty, mailpipe chooses one.
func tryLogin(t *testing.T, server, mailboxes *server, url, mechanism string) {
	w := newWorkspace(t)
	secret := password
	if strings.Contains(mechanism, "OAUTH") {
		secret = token
	}
	w.write("right", secret+"\n")
	w.write("wrong", "Sesam\n")
	send := func(file string) result {
		args := []string{"deliver", "-S", url, "--tls-ca", server.ca, "--user", user, "--password-file", file, "--trace", bob}
		if mechanism != "" {
			args = append(args, "--auth", mechanism)
		}
		return w.mailpipe(strings.NewReader(small(w)), args...)
	}
	r := send("right")
	r.want(t, 0)
	r.hides(t, secret)
	checkMail(t, mailboxes.wait(t, 1)[0].data, small(w))
	r = send("wrong")
	r.want(t, 77, "535")
	r.hides(t, "Sesam")
}

// offeredMechanisms returns the mechanisms that a server offers, sorted.
func offeredMechanisms(t *testing.T, address string) []string {
	t.Helper()
	raw, err := dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	lines.Scan()
	if _, err := conn.Write([]byte("EHLO client.example.org\r\n")); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		words := strings.Fields(lines.Text()[4:])
		if len(words) > 1 && words[0] == "AUTH" {
			return sorted(words[1:])
		}
	}
	t.Fatal("the server does not offer AUTH")
	return nil
}

// TestExternal logs in with a client certificate.
func TestExternal(t *testing.T) {
	t.Parallel()
	server := startExim(t)
	w := newWorkspace(t)
	r := w.mailpipe(strings.NewReader(small(w)), "deliver", "-S", "smtps://"+server.tls, "--tls-ca", server.ca,
		"--tls-cert", server.clientCert, "--tls-key", server.clientKey, "--auth", "EXTERNAL", "--trace", bob)
	r.want(t, 0, "AUTH EXTERNAL")
	server.wait(t, 1)
	if !strings.Contains(server.log(), "A=EXTERNAL:"+user) {
		t.Errorf("the log does not mention a login with EXTERNAL")
	}
}

func TestNoLogin(t *testing.T) {
	t.Parallel()
	for _, s := range loginServers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server, mailboxes := s.start(t)
			w := newWorkspace(t)
			r := w.mailpipe(strings.NewReader(small(w)), "deliver", "-S", "smtp://"+server.login, bob)
			r.want(t, s.anonymous, "mailpipe: deliver: ")
			if mailboxes.count() != 0 {
				t.Error("a mail arrived")
			}
		})
	}
}
