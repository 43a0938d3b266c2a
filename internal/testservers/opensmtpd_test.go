//go:build linux

package testservers

import (
	"fmt"
	"path/filepath"
	"testing"
)

// StartOpenSMTPD starts an OpenSMTPD with one door, in clear: Debian 12's
// fails TLS handshakes under OpenSSL 3. The paths that are compiled into it are mounted
// where it looks for them.
func StartOpenSMTPD(t testing.TB) *Server {
	t.Helper()
	Need(t, "smtpd", filepath.Join(unpacked(), "usr/libexec/opensmtpd/mail.maildir"))
	j := newJail(t)
	open := FreePort(t)
	s := &Server{Box: Box{t, j.path("mail")}, Open: "127.0.0.1:" + open, jail: j}
	j.mkdir("queue", 0)
	j.write("everybody", "@"+Domain+" vmail\n")
	conf := j.write("smtpd.conf", fmt.Sprintf(`
smtp max-message-size %[2]d
table everybody file:%[1]s/everybody
filter sender phase mail-from match mail-from { "%[4]s" } reject "550 5.7.1 not from you"
filter gone phase rcpt-to match rcpt-to { "%[5]s" } reject "550 5.1.1 no such user"
filter busy phase rcpt-to match rcpt-to { "%[6]s" } reject "450 4.2.1 come back later"
filter late phase commit match mail-from { "%[8]s" } reject "550 5.7.1 not a mail for us"
filter all chain { sender, gone, busy, late }
listen on 127.0.0.1 port %[3]s hostname mx.example.org filter all
action box maildir "%[1]s/mail/all" virtual <everybody>
match from any for domain "%[7]s" action box
`, j.dir, SizeMax, open, BadSender, Gone, Busy, Domain, LateSender))
	root := unpacked()
	j.start(fmt.Sprintf(`
mount --bind %[1]s/usr/libexec /usr/libexec
mount -t tmpfs tmpfs /var/spool
mkdir -m 711 /var/spool/smtpd
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib
mkdir -p -m 711 /var/lib/opensmtpd/empty
%[1]s/usr/sbin/smtpd -d -v -T smtp -f %[2]s -P mta &`, root, conf))
	j.greets(s.Open)
	return s
}
