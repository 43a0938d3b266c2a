//go:build linux

package testservers

import (
	"path/filepath"
	"testing"
)

// startOpenSMTPD starts an OpenSMTPD without TLS: that of Debian 12 fails
// handshakes with OpenSSL 3.
func startOpenSMTPD(t testing.TB) *server {
	t.Helper()
	Need(t, "smtpd", filepath.Join(unpacked(), "usr/libexec/opensmtpd/mail.maildir"))
	s := newSandbox(t)
	port := FreePort(t)
	s.mkdir("queue", 0)
	s.write("everyone", s.expand("@@domain@ vmail\n"))
	conf := s.write("smtpd.conf", s.expand(openSMTPDConf, "port", port))
	s.start(s.expand(openSMTPDScript, "unpacked", unpacked(), "conf", conf))
	o := &server{sandbox: s, maildirs: maildirs{s.path("mail")}, open: "127.0.0.1:" + port}
	s.waitForGreeting(o.open)
	return o
}

const openSMTPDConf = `
smtp max-message-size @maxSize@
table everyone file:@dir@/everyone
filter sender phase mail-from match mail-from { "@badSender@" } reject "550 5.7.1 not from you"
filter gone phase rcpt-to match rcpt-to { "@unknownUser@" } reject "550 5.1.1 no such user"
filter busy phase rcpt-to match rcpt-to { "@busyUser@" } reject "450 4.2.1 come back later"
filter late phase commit match mail-from { "@lateSender@" } reject "550 5.7.1 not a mail for us"
filter all chain { sender, gone, busy, late }
listen on 127.0.0.1 port @port@ hostname mx.example.org filter all
action store maildir "@dir@/mail/all" virtual <everyone>
match from any for domain "@domain@" action store
`

// openSMTPDScript mounts the paths that are compiled into OpenSMTPD, and starts it.
const openSMTPDScript = `
mount --bind @unpacked@/usr/libexec /usr/libexec
mount -t tmpfs tmpfs /var/spool
mkdir -m 711 /var/spool/smtpd
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib
mkdir -p -m 711 /var/lib/opensmtpd/empty
@unpacked@/usr/sbin/smtpd -d -v -T smtp -f @conf@ -P mta &`
