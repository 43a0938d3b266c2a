//go:build linux

package testservers

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// StartPostfix starts a Postfix whose logins are checked by a Dovecot.
func StartPostfix(t testing.TB) *Server {
	t.Helper()
	Need(t, "postfix", "dovecot")
	j := newJail(t)
	auth := startAuth(t)
	open, slow, login, tls := FreePort(t), FreePort(t), FreePort(t), FreePort(t)
	p := &Server{
		Certificate: NewCertificate(t, j.dir), Box: Box{t, j.path("mail")}, jail: j,
		Open: "127.0.0.1:" + open, Slow: "127.0.0.1:" + slow, Login: "127.0.0.1:" + login, TLS: "127.0.0.1:" + tls,
	}
	j.postfix(p.Cert, p.Key, "smtpd_sasl_type = dovecot\nsmtpd_sasl_path = "+auth+"\n", fmt.Sprintf(`
127.0.0.1:%s inet n - n - - smtpd
127.0.0.1:%s inet n - n - - smtpd
  -o { smtpd_end_of_data_restrictions = sleep 60 }
127.0.0.1:%s inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=yes -o smtpd_tls_security_level=may
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_recipient_restrictions=
127.0.0.1:%s inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_recipient_restrictions=
`, open, slow, login, tls))
	j.greets(p.Open)
	return p
}

// StartStockPostfix starts a Postfix on port 25 of a network of its own, with
// the certificate that signed itself that Debian makes for the host, on IPv4
// and IPv6. Enter gives the words that run a command in that network.
func StartStockPostfix(t testing.TB) (s *Server, enter []string) {
	t.Helper()
	const cert, key = "/etc/ssl/certs/ssl-cert-snakeoil.pem", "/etc/ssl/private/ssl-cert-snakeoil.key"
	Need(t, "postfix", "nsenter", "ip")
	if _, err := os.Stat(cert); err != nil {
		skip(t, "Debian's ssl-cert has made no certificate")
	}
	j := newJail(t)
	j.net = true
	j.postfix(cert, key, "inet_interfaces = 127.0.0.1, ::1\ninet_protocols = all\n",
		"127.0.0.1:25 inet n - n - - smtpd\n[::1]:25 inet n - n - - smtpd\n")
	wait(t, "listener on port 25", func() bool {
		// The test is in another network and cannot dial.
		four, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", j.pid))
		six, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp6", j.pid))
		return strings.Contains(string(four), ":0019 00000000:0000 0A") && strings.Contains(string(six), ":0019 "+strings.Repeat("0", 32)+":0000 0A")
	})
	return &Server{Box: Box{t, j.path("mail")}, jail: j}, []string{"nsenter", "-t", strconv.Itoa(j.pid), "-n", "--"}
}

// postfix configures and starts a Postfix with these doors.
func (j *jail) postfix(cert, key, more, doors string) {
	j.t.Helper()
	owner, err := user.Lookup("postfix")
	if err != nil {
		j.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	j.mkdir("conf", 0)
	j.mkdir("spool", 0)
	j.mkdir("data", uid)
	j.write("conf/main.cf", fmt.Sprintf(`
compatibility_level = 3.6
queue_directory = %[1]s/spool
data_directory = %[1]s/data
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
myhostname = mx.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
smtp_host_lookup = native
smtputf8_enable = yes
message_size_limit = %[2]d
virtual_mailbox_limit = 0
virtual_mailbox_domains = %[3]s
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:%[4]d
virtual_gid_maps = static:%[4]d
smtpd_tls_cert_file = %[5]s
smtpd_tls_key_file = %[6]s
smtpd_tls_security_level = may
smtpd_recipient_limit = 2000
smtpd_sender_restrictions = check_sender_access inline:{{%[7]s = 550 5.7.1 not from you}}
smtpd_relay_restrictions = check_recipient_access inline:{{%[8]s = 550 5.1.1 no such user} {%[9]s = 450 4.2.1 come back later}} reject_unauth_destination
header_checks = regexp:%[1]s/conf/header_checks
debug_peer_list = 127.0.0.1
debug_peer_level = 1
%[10]s`, j.dir, SizeMax, Domain, vmail, cert, key, BadSender, Gone, Busy, more))
	j.write("conf/header_checks", "/^From:.*"+LateSender+"/ REJECT not a mail for us\n")
	j.write("conf/master.cf", doors+`
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`)
	j.start(filepath.Clean(find("postfix")) + " -c " + j.path("conf") + " start-fg &")
}
