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

// fullUser is an address whose mailbox is full. Dovecot's LMTP refuses it after the
// dot, and accepts the mail for the others.
const fullUser = "full@example.org"

// token is what user has for XOAUTH2 and OAUTHBEARER in place of a password.
const token = "ya29.token-of-alice"

// startDovecot starts a Dovecot that serves LMTP, and submission, which relays to
// a server at a host:port. Mailboxes exist for bob, carol, full, and user0 to
// user999.
func startDovecot(t testing.TB, relay string) *server {
	t.Helper()
	Need(t, "dovecot", "/usr/lib/dovecot/lmtp", "/usr/lib/dovecot/submission")
	s := newSandbox(t)
	lmtp, login, tls := FreePort(t), FreePort(t), FreePort(t)
	d := &server{
		sandbox: s, certificates: s.makeCertificates(), maildirs: maildirs{s.path("mail")},
		lmtp: "127.0.0.1:" + lmtp, socket: s.path("lmtp"),
		login: "127.0.0.1:" + login, tls: "127.0.0.1:" + tls,
	}
	relayHost, relayPort, _ := net.SplitHostPort(relay)
	s.startDovecot(s.expand(dovecotConf, "cert", d.cert, "key", d.key, "lmtp", lmtp, "socket", d.socket, "login", login,
		"tls", tls, "relayHost", relayHost, "relayPort", relayPort))
	s.waitForGreeting(d.lmtp)
	s.waitForGreeting(d.login)
	return d
}

const dovecotConf = `
protocols = lmtp submission
ssl = yes
ssl_cert = <@cert@
ssl_key = <@key@
mail_location = maildir:~/Maildir
mail_plugins = quota
plugin {
  quota = maildir:box
}
auth_username_format = %Ln
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = @lmtp@
  }
  unix_listener @socket@ {
    mode = 0666
  }
}
service submission-login {
  inet_listener submission {
    address = 127.0.0.1
    port = @login@
  }
  inet_listener submissions {
    address = 127.0.0.1
    port = @tls@
    ssl = yes
  }
}
submission_relay_host = @relayHost@
submission_relay_port = @relayPort@
submission_max_mail_size = @maxSize@
`

// startAuth starts a Dovecot that only checks logins, and returns the path of its
// socket.
func startAuth(t testing.TB) string {
	t.Helper()
	s := newSandbox(t)
	socket := s.path("auth")
	s.startDovecot(`
protocols =
ssl = no
service auth {
  unix_listener ` + socket + ` {
    mode = 0666
  }
}
`)
	wait(t, "socket of Dovecot's auth", func() bool {
		conn, err := dial("unix", socket)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return socket
}

// startDovecot starts a Dovecot with the users and all mechanisms, and more
// settings.
func (s *sandbox) startDovecot(conf string) {
	s.t.Helper()
	s.mkdir("run", 0)
	s.mkdir("state", 0)
	var users strings.Builder
	add := func(name, password, more string) {
		fmt.Fprintf(&users, "%[1]s:{PLAIN}%[2]s:%[3]d:%[3]d::%[4]s/mail/%[1]s::%[5]s\n", name, password, vmail, s.dir, more)
	}
	add(user, password, "")
	add("full", "x", "userdb_quota_rule=*:bytes=1")
	for _, name := range append([]string{"bob", "carol"}, numbered(1000)...) {
		add(name, "x", "")
	}
	s.write("users", users.String())
	s.write("oauth2", "introspection_mode = get\n"+
		"introspection_url = "+startTokenServer(s.t)+"/?token=\n"+
		"username_attribute = user\n")
	path := s.write("dovecot.conf", s.expand(dovecotCommonConf)+conf)
	s.start(find("dovecot") + " -F -c " + path + " &")
}

const dovecotCommonConf = `
base_dir = @dir@/run
state_dir = @dir@/state
log_path = @dir@/log
info_log_path = @dir@/log
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
  args = @dir@/users
  default_fields = nodelay=yes
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = @dir@/oauth2
  default_fields = nodelay=yes
}
userdb {
  driver = passwd-file
  args = @dir@/users
}
`

// numbered returns user0, user1, ...
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("user%d", i)
	}
	return names
}

// startTokenServer starts a server that checks OAuth2 tokens for Dovecot (RFC
// 7662), and returns its URL.
func startTokenServer(t testing.TB) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("token") == token {
			fmt.Fprintf(w, `{"active": true, "user": %q}`, user)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"active": false}`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
