//go:build linux

package testservers

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Full is an address whose box is full: Dovecot's LMTP takes the mail for the
// others and refuses this one after the dot.
const Full = "full@example.org"

// Token is what XOAUTH2 and OAUTHBEARER ask of User in place of a password.
const Token = "ya29.token-of-alice"

// StartDovecot starts a Dovecot that serves LMTP, and submission, which goes
// on to relay (host:port).
// Boxes exist for bob, carol, user0 to user999 and the full one.
func StartDovecot(t testing.TB, relay string) *Server {
	t.Helper()
	Need(t, "dovecot", "/usr/lib/dovecot/lmtp", "/usr/lib/dovecot/submission")
	j := newJail(t)
	lmtp, login, tls := FreePort(t), FreePort(t), FreePort(t)
	d := &Server{
		Certificate: NewCertificate(t, j.dir), Box: Box{t, j.path("mail")}, jail: j,
		LMTP: "127.0.0.1:" + lmtp, Socket: j.path("lmtp"),
		Login: "127.0.0.1:" + login, TLS: "127.0.0.1:" + tls,
	}
	relayHost, relayPort, _ := net.SplitHostPort(relay)
	j.dovecot(fmt.Sprintf(`
protocols = lmtp submission
ssl = yes
ssl_cert = <%[1]s
ssl_key = <%[2]s
mail_location = maildir:~/Maildir
mail_plugins = quota
plugin {
  quota = maildir:box
}
auth_username_format = %%Ln
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = %[3]s
  }
  unix_listener %[4]s {
    mode = 0666
  }
}
service submission-login {
  inet_listener submission {
    address = 127.0.0.1
    port = %[5]s
  }
  inet_listener submissions {
    address = 127.0.0.1
    port = %[6]s
    ssl = yes
  }
}
submission_relay_host = %[7]s
submission_relay_port = %[8]s
submission_max_mail_size = %[9]d
`, d.Cert, d.Key, lmtp, d.Socket, login, tls, relayHost, relayPort, SizeMax))
	j.greets(d.LMTP)
	j.greets(d.Login)
	return d
}

// startAuth starts a Dovecot that only checks logins, and returns its socket.
func startAuth(t testing.TB) string {
	t.Helper()
	j := newJail(t)
	socket := j.path("auth")
	j.dovecot(`
protocols =
ssl = no
service auth {
  unix_listener ` + socket + ` {
    mode = 0666
  }
}
`)
	wait(t, "socket of Dovecot's auth", func() bool {
		conn, err := j.dial("unix", socket)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return socket
}

// dovecot starts a Dovecot that knows the users and all mechanisms.
func (j *jail) dovecot(conf string) {
	j.t.Helper()
	j.mkdir("run", 0)
	j.mkdir("state", 0)
	var table strings.Builder
	entry := "%[1]s:{PLAIN}%[2]s:%[3]d:%[3]d::%[4]s/mail/%[1]s::%[5]s\n"
	fmt.Fprintf(&table, entry, User, Password, vmail, j.dir, "")
	fmt.Fprintf(&table, entry, "full", "x", vmail, j.dir, "userdb_quota_rule=*:bytes=1")
	for _, name := range append([]string{"bob", "carol"}, numbered(1000)...) {
		fmt.Fprintf(&table, entry, name, "x", vmail, j.dir, "")
	}
	j.write("users", table.String())
	j.write("oauth2", "introspection_mode = get\nintrospection_url = "+tokens(j.t)+"/?token=\nusername_attribute = user\n")
	path := j.write("dovecot.conf", fmt.Sprintf(`
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
info_log_path = %[1]s/log
auth_verbose = yes
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
first_valid_uid = 1
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer
passdb {
  driver = passwd-file
  args = %[1]s/users
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = %[1]s/oauth2
}
userdb {
  driver = passwd-file
  args = %[1]s/users
}
%[2]s`, j.dir, conf))
	j.start(find("dovecot") + " -F -c " + path + " &")
}

// numbered returns user0, user1, ...
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("user%d", i)
	}
	return names
}

// tokens serves the check of OAuth2 tokens that Dovecot asks for (RFC 7662).
func tokens(t testing.TB) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("token") == Token {
			fmt.Fprintf(w, `{"active": true, "user": %q}`, User)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"active": false}`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
