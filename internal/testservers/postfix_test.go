//go:build linux

package testservers

import (
	"fmt"
	"os"
	osuser "os/user"
	"strconv"
	"strings"
	"testing"
)

// startPostfix starts a Postfix that asks Dovecot to check logins.
func startPostfix(t testing.TB) *server {
	t.Helper()
	Need(t, "postfix", "/usr/lib/postfix/sbin/master", "dovecot")
	s := newSandbox(t)
	auth := startAuth(t)
	p := &server{sandbox: s, certificates: s.makeCertificates(), maildirs: maildirs{s.path("mail")}}
	for _, address := range []*string{&p.open, &p.slow, &p.login, &p.tls} {
		*address = "127.0.0.1:" + FreePort(t)
	}
	services := s.expand(postfixServices, "open", p.open, "slow", p.slow, "login", p.login, "tls", p.tls)
	s.startPostfix(p.cert, p.key, "smtpd_sasl_type = dovecot\nsmtpd_sasl_path = "+auth+"\n", services)
	s.waitForGreeting(p.open)
	return p
}

const postfixServices = `
@open@ inet n - n - - smtpd
@slow@ inet n - n - - smtpd
  -o { smtpd_end_of_data_restrictions = sleep 60 }
@login@ inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=yes -o smtpd_tls_security_level=may
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_recipient_restrictions=
@tls@ inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_recipient_restrictions=
`

// startDefaultPostfix starts a Postfix on port 25 of IPv4 and IPv6, in a network of
// its own. Its certificate is the self-signed one that Debian makes for the host.
// The returned words, put before a command, run it in that network.
func startDefaultPostfix(t testing.TB) (p *server, enter []string) {
	t.Helper()
	const cert, key = "/etc/ssl/certs/ssl-cert-snakeoil.pem", "/etc/ssl/private/ssl-cert-snakeoil.key"
	Need(t, "postfix", "nsenter", "ip")
	if _, err := os.Stat(cert); err != nil {
		skip(t, "the certificate of Debian's ssl-cert is missing")
	}
	s := newSandbox(t)
	s.net = true
	s.startPostfix(cert, key, "inet_interfaces = 127.0.0.1, ::1\ninet_protocols = all\n",
		"127.0.0.1:25 inet n - n - - smtpd\n[::1]:25 inet n - n - - smtpd\n")
	wait(t, "listener on port 25", func() bool {
		// The test is in another network and cannot connect.
		ipv4, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", s.pid))
		ipv6, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp6", s.pid))
		return strings.Contains(string(ipv4), ":0019 00000000:0000 0A") &&
			strings.Contains(string(ipv6), ":0019 "+strings.Repeat("0", 32)+":0000 0A")
	})
	enter = []string{"nsenter", "-t", strconv.Itoa(s.pid), "-n", "--"}
	return &server{sandbox: s, maildirs: maildirs{s.path("mail")}}, enter
}

// startPostfix starts a Postfix with more settings for main.cf, and services for
// master.cf.
func (s *sandbox) startPostfix(cert, key, settings, services string) {
	s.t.Helper()
	owner, err := osuser.Lookup("postfix")
	if err != nil {
		s.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	s.mkdir("conf", 0)
	s.mkdir("spool", 0)
	for _, name := range strings.Fields("active bounce corrupt defer deferred flush hold incoming maildrop pid private " +
		"public saved trace") {
		s.mkdir("spool/"+name, uid)
	}
	s.mkdir("data", uid)
	s.write("conf/main.cf", s.expand(postfixMain, "cert", cert, "key", key)+settings)
	s.write("conf/header_checks", s.expand("/^From:.*@lateSender@/ REJECT not a mail for us\n"))
	s.write("conf/master.cf", services+postfixMaster)
	s.startMaster()
}

// startMaster starts the first process of Postfix. The command postfix would make
// the directories of the queue before, and take seconds.
func (s *sandbox) startMaster() {
	s.t.Helper()
	s.start("/usr/lib/postfix/sbin/master -d -c " + s.path("conf") + " &")
}

const postfixMain = `
compatibility_level = 3.6
queue_directory = @dir@/spool
data_directory = @dir@/data
maillog_file = @dir@/log
maillog_file_prefixes = @dir@
myhostname = mx.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
smtp_host_lookup = native
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
smtputf8_enable = yes
message_size_limit = @maxSize@
virtual_mailbox_limit = 0
virtual_mailbox_domains = @domain@
virtual_mailbox_base = @dir@/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:@vmail@
virtual_gid_maps = static:@vmail@
smtpd_tls_cert_file = @cert@
smtpd_tls_key_file = @key@
smtpd_tls_security_level = may
smtpd_recipient_limit = 2000
smtpd_sender_restrictions = check_sender_access inline:{{@badSender@ = 550 5.7.1 not from you}}
smtpd_relay_restrictions = check_recipient_access inline:{
  {@unknownUser@ = 550 5.1.1 no such user} {@busyUser@ = 450 4.2.1 come back later}} reject_unauth_destination
header_checks = regexp:@dir@/conf/header_checks
debug_peer_list = 127.0.0.1
debug_peer_level = 1
`

const postfixMaster = PostfixServices + `
tlsmgr unix - - n 1000? 1 tlsmgr
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
`
