//go:build linux

package testservers

import (
	"fmt"
	"testing"
)

// StartExim starts an Exim. It never has root, for it does not trust a
// configuration of ours; all boxes are its own. SCRAM is Dovecot's; EXTERNAL
// is offered to who shows the certificate of User.
func StartExim(t testing.TB) *Server {
	t.Helper()
	Need(t, "exim4", "dovecot")
	auth := startAuth(t)
	j := newJail(t)
	open, login, tls := FreePort(t), FreePort(t), FreePort(t)
	e := &Server{
		Certificate: NewCertificate(t, j.dir), Box: Box{t, j.path("mail")}, jail: j, logs: []string{"spool/mainlog"},
		Open: "127.0.0.1:" + open, Login: "127.0.0.1:" + login, TLS: "127.0.0.1:" + tls,
	}
	uid := j.uid("Debian-exim")
	j.mkdir("spool", uid)
	j.mkdir("mail", uid)
	exim := find("exim4")
	conf := j.write("exim.conf", fmt.Sprintf(`
exim_path = %[1]s
exim_user = Debian-exim
exim_group = Debian-exim
deliver_drop_privilege = true
spool_directory = %[2]s/spool
log_file_path = %[2]s/spool/%%slog
log_selector = +all
pid_file_path = %[2]s/spool/pid
primary_hostname = mx.example.org
local_interfaces = 127.0.0.1
disable_ipv6 = true
daemon_smtp_ports = %[3]s : %[4]s : %[5]s
tls_on_connect_ports = %[5]s
tls_advertise_hosts = *
tls_certificate = %[6]s
tls_privatekey = %[7]s
tls_try_verify_hosts = *
tls_verify_certificates = %[17]s
chunking_advertise_hosts = *
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
message_size_limit = %[8]d
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
       senders = %[9]s
  deny message = log in first
       condition = ${if !eq{$received_port}{%[3]s}}
       !authenticated = *
  accept
recipient:
  warn logwrite = $smtp_command
  deny message = no such user
       recipients = %[10]s
  defer message = come back later
       recipients = %[11]s
  accept domains = %[12]s
  accept authenticated = *
  deny message = relay not permitted
content:
  deny message = not a mail for us
       senders = %[13]s
  accept

begin routers
all:
  driver = accept
  domains = %[12]s
  transport = box

begin transports
box:
  driver = appendfile
  maildir_format
  directory = %[2]s/mail/all
  envelope_to_add
  return_path_add
  user = Debian-exim

begin authenticators
PLAIN:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = ${if def:tls_in_cipher}
  server_condition = ${if and{{eq{$auth2}{%[14]s}}{eq{$auth3}{%[15]s}}}}
  server_set_id = $auth2
LOGIN:
  driver = plaintext
  public_name = LOGIN
  server_advertise_condition = ${if def:tls_in_cipher}
  server_prompts = Username:: : Password::
  server_condition = ${if and{{eq{$auth1}{%[14]s}}{eq{$auth2}{%[15]s}}}}
  server_set_id = $auth1
CRAM:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{%[14]s}{%[15]s}fail}
  server_set_id = $auth1
SCRAM1:
  driver = dovecot
  public_name = SCRAM-SHA-1
  server_socket = %[16]s
  server_set_id = $auth1
SCRAM256:
  driver = dovecot
  public_name = SCRAM-SHA-256
  server_socket = %[16]s
  server_set_id = $auth1
EXTERNAL:
  driver = external
  public_name = EXTERNAL
  server_advertise_condition = $tls_in_certificate_verified
  server_param2 = ${certextract{subject,CN}{$tls_in_peercert}}
  server_condition = ${if eq{$auth2}{%[14]s}}
  server_set_id = $auth2
`, exim, j.dir, open, login, tls, e.Cert, e.Key, SizeMax, BadSender, Gone, Busy, Domain, LateSender, User, Password, auth, e.CA))
	j.start(exim + " -C " + conf + " -bd -q5s -oP " + j.path("spool/pid") + " &")
	j.greets(e.Open)
	return e
}
