//go:build linux

package testservers

import "testing"

// startExim starts an Exim. It does not run as root, because then it would not use
// this configuration; so it owns all mailboxes. For SCRAM it asks Dovecot. It
// offers EXTERNAL to a client with the certificate of user.
func startExim(t testing.TB) *server {
	t.Helper()
	Need(t, "exim4", "dovecot")
	auth := startAuth(t)
	s := newSandbox(t)
	open, login, tls := FreePort(t), FreePort(t), FreePort(t)
	e := &server{
		sandbox: s, certificates: s.makeCertificates(), maildirs: maildirs{s.path("mail")}, logs: []string{"spool/mainlog"},
		open: "127.0.0.1:" + open, login: "127.0.0.1:" + login, tls: "127.0.0.1:" + tls,
	}
	uid := s.uid("Debian-exim")
	s.mkdir("spool", uid)
	s.mkdir("mail", uid)
	exim := find("exim4")
	conf := s.write("exim.conf", s.expand(eximConf, "exim", exim, "auth", auth, "open", open, "login", login, "tls", tls,
		"cert", e.cert, "key", e.key, "ca", e.ca))
	s.start(exim + " -C " + conf + " -bd -q5s -oP " + s.path("spool/pid") + " &")
	s.waitForGreeting(e.open)
	return e
}

const eximConf = `
exim_path = @exim@
exim_user = Debian-exim
exim_group = Debian-exim
deliver_drop_privilege = true
spool_directory = @dir@/spool
log_file_path = @dir@/spool/%slog
log_selector = +all
pid_file_path = @dir@/spool/pid
primary_hostname = mx.example.org
local_interfaces = 127.0.0.1
disable_ipv6 = true
daemon_smtp_ports = @open@ : @login@ : @tls@
tls_on_connect_ports = @tls@
tls_advertise_hosts = *
tls_certificate = @cert@
tls_privatekey = @key@
tls_try_verify_hosts = *
tls_verify_certificates = @ca@
chunking_advertise_hosts = *
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
message_size_limit = @maxSize@
recipients_max = 2000
smtp_accept_max = 100
smtp_accept_max_nonmail = 1000
queue_run_in_order = true
rfc1413_query_timeout = 0s
host_lookup =
keep_environment =
acl_smtp_mail = sender
acl_smtp_rcpt = recipient
acl_smtp_data = content

begin acl
sender:
  warn logwrite = $smtp_command
  deny message = not from you
       senders = @badSender@
  deny message = log in first
       condition = ${if !eq{$received_port}{@open@}}
       !authenticated = *
  accept
recipient:
  warn logwrite = $smtp_command
  deny message = no such user
       recipients = @unknownUser@
  defer message = come back later
       recipients = @busyUser@
  accept domains = @domain@
  accept authenticated = *
  deny message = relay not permitted
content:
  deny message = not a mail for us
       senders = @lateSender@
  accept

begin routers
all:
  driver = accept
  domains = @domain@
  transport = box

begin transports
box:
  driver = appendfile
  maildir_format
  directory = @dir@/mail/all
  envelope_to_add
  return_path_add
  user = Debian-exim

begin authenticators
PLAIN:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = ${if def:tls_in_cipher}
  server_condition = ${if and{{eq{$auth2}{@user@}}{eq{$auth3}{@password@}}}}
  server_set_id = $auth2
LOGIN:
  driver = plaintext
  public_name = LOGIN
  server_advertise_condition = ${if def:tls_in_cipher}
  server_prompts = Username:: : Password::
  server_condition = ${if and{{eq{$auth1}{@user@}}{eq{$auth2}{@password@}}}}
  server_set_id = $auth1
CRAM:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{@user@}{@password@}fail}
  server_set_id = $auth1
SCRAM1:
  driver = dovecot
  public_name = SCRAM-SHA-1
  server_socket = @auth@
  server_set_id = $auth1
SCRAM256:
  driver = dovecot
  public_name = SCRAM-SHA-256
  server_socket = @auth@
  server_set_id = $auth1
EXTERNAL:
  driver = external
  public_name = EXTERNAL
  server_advertise_condition = $tls_in_certificate_verified
  server_param2 = ${certextract{subject,CN}{$tls_in_peercert}}
  server_condition = ${if eq{$auth2}{@user@}}
  server_set_id = $auth2
`
