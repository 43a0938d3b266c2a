package cli

import (
	"cmp"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"

	"mailpipe/internal/message"
	"mailpipe/wire"
)

// hint returns what to do about an error of a delivery: only here is known what was asked for.
func (d *deliveryRequest) hint(err error, m *message.Message) string {
	e := dialogueError(err)
	if e == nil {
		return hint(err)
	}
	var cert *wire.CertificateError
	if errors.As(err, &cert) {
		return certificateHint(cert)
	}
	return cmp.Or(d.secureHint(err), d.reachHint(e), d.replyHint(e), d.slowHint(e, m), tlsHint(e), hint(e))
}

// secureHint is about a server that does not offer TLS or a login.
func (d *deliveryRequest) secureHint(err error) string {
	switch {
	case errors.Is(err, wire.ErrNoSTARTTLS) && d.logsIn():
		return "logins are mostly taken at another port: 587, which is -S submission://HOST, or 465, which is -S smtps://HOST"
	case errors.Is(err, wire.ErrNoSTARTTLS):
		return "somebody between may hide it; on a network that you trust --tls opportunistic sends in clear"
	case errors.Is(err, wire.ErrInsecureAuth):
		return "a password wants verified TLS: --tls required, with --tls-ca or --tls-fingerprint for a certificate of your own"
	case errors.Is(err, wire.ErrNoLogin):
		return "many servers offer a login at port 587 only: -S submission://HOST; --auth names another mechanism"
	}
	return ""
}

// reachHint is about a server that is not there, or speaks otherwise than it is spoken to.
func (d *deliveryRequest) reachHint(e *wire.Error) string {
	switch {
	case e.Stage == wire.StageConnect && !d.settings.Chosen && d.line.exec != nil:
		return "no server was named, so localhost was tried: " + execLast
	case e.Stage == wire.StageConnect && !d.settings.Chosen:
		return "no server was named, so localhost was tried: -S smtp://HOST, $MAILPIPE_SERVER or an account names one; -S sink:DIR tries it out without any"
	case e.Kind == wire.KindNoHost:
		return "DNS knows no host of that name: is it typed right in " + d.origin("server") + "?"
	case errors.Is(e, syscall.ECONNREFUSED) && (d.speaks(e, "smtp+unix", 0) || d.speaks(e, "lmtp+unix", 0)):
		return "nothing listens at that socket: is the server up?"
	case errors.Is(e, syscall.ECONNREFUSED):
		return "nothing listens there: is the server up, and is the port right? 25 is smtp, 587 submission, 465 smtps"
	case e.Stage == wire.StageConnect && errors.Is(e, syscall.ENOENT) && (d.speaks(e, "smtp+unix", 0) || d.speaks(e, "lmtp+unix", 0)):
		return "there is no socket of that name: is the server up, and is the path right?"
	case e.Stage == wire.StageConnect && timedOut(e):
		return "nobody answers there: is a firewall between? Many networks keep port 25 to themselves: 587 is -S submission://HOST"
	case e.Stage == wire.StageGreeting && e.Kind == wire.KindTemporary && e.Reply.Code == 0 && d.speaks(e, "pipe", 0):
		return "the command of pipe: ended, or said nothing, before a server spoke: it must speak SMTP; run it alone to see why it does not"
	case e.Reply.Code == 0 && e.Kind == wire.KindTemporary && d.speaks(e, "smtp", 465):
		return "port 465 begins with TLS: -S smtps://HOST"
	case (e.Kind == wire.KindAuthOrTLS || e.Kind == wire.KindProtocol || e.Kind == wire.KindTemporary) && e.Reply.Code == 0 &&
		(d.speaks(e, "smtps", 25) || d.speaks(e, "smtps", 587)):
		return "only port 465 begins with TLS: -S submission://HOST"
	case errors.Is(e, wire.ErrNotTLS):
		return "not every port begins with TLS: -S submission://HOST:PORT begins in clear, and asks for it by STARTTLS"
	}
	return ""
}

// replyHint is about what a server refuses.
func (d *deliveryRequest) replyHint(e *wire.Error) string {
	reply := strings.ToLower(strings.Join(e.Reply.Lines, " "))
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(reply, word) })
	}
	switch {
	case e.Stage == wire.StageAuth && e.Kind == wire.KindAuthOrTLS && e.Reply.Code != 0:
		return loginHint(e)
	case e.Kind == wire.KindAuthOrTLS && e.Reply.Code != 0 && e.Stage != wire.StageTLS && !d.logsIn(),
		e.Reply.Enhanced == "5.7.1" && says("relay"), says("relay access denied", "relaying denied", "relay not permitted", "not permitted to relay"):
		return "the server carries mail to others only for those it knows: log in with --user, or name the server of your provider"
	case e.Reply.Code/100 == 4 && says("greylist", "graylist", "grey list"):
		return "this is greylisting: the server takes the same mail when it is sent again some minutes later"
	case e.Reply.Code == 552 && e.Reply.Enhanced == "" && e.Stage == wire.StageRcpt: // RFC 5321 §4.2.2, RFC 1870 §6
		return "the mailbox is full, or the mail too big for it"
	case e.Reply.Code == 552 && e.Reply.Enhanced != "5.2.2" || e.Reply.Enhanced == "5.3.4", errors.Is(e, wire.ErrTooBig):
		return "the mail is too big for this server: compress the files, or send a link to them"
	case errors.Is(e, wire.ErrEightBit):
		return "whatever writes the mail can encode it, as mailpipe compose and send do (quoted-printable, base64); most servers take it as it is"
	}
	return ""
}

// slowHint is about a server that gave up while the message came in.
func (d *deliveryRequest) slowHint(e *wire.Error, m *message.Message) string {
	serverIsSlow := errors.Is(e, os.ErrDeadlineExceeded)
	if e.Kind != wire.KindTemporary || e.Stage != wire.StageContent || serverIsSlow || d.flags.Bool("hold") {
		return ""
	}
	if _, whole := m.EightBit(); whole {
		return ""
	}
	return "when the producer of the mail is slow the server gives up: --hold reads all of it before the call"
}

// loginHint is about a user, password or token that the server does not take.
func loginHint(e *wire.Error) string {
	switch {
	case errors.Is(e, wire.ErrToken):
		return "a token is good for a while only: does the password command print a fresh one, for this user and for mail?"
	case e.Reply.Code == 501: // it is our side that gave up (RFC 4954 §4): whoever answers may not be the server
		return ""
	}
	return "many providers want an app password in place of the usual one; mailpipe config shows which user is in force"
}

// tlsHint is about TLS that cannot be had, where no certificate of the server is in the way.
// What the other side says in the handshake is one of a few alerts (RFC 8446 §6).
func tlsHint(e *wire.Error) string {
	said := func(words string) bool { return e.Err != nil && strings.Contains(e.Err.Error(), words) }
	switch {
	case said("tls: certificate required"), said("tls: bad certificate"):
		return "the server wants to know who calls: --tls-cert FILE and --tls-key FILE"
	case said("tls: handshake failure"):
		return "its TLS is too old (1.2 with strong ciphers is the least that is spoken here), or it wants a certificate: --tls-cert FILE"
	case said("protocol version"), said("tls: insufficient security"):
		return "its TLS is too old: 1.2 with strong ciphers is the least that is spoken here; its owner must update it"
	case e.Stage == wire.StageTLS && e.Kind == wire.KindAuthOrTLS && e.Reply.Code != 0:
		return "its TLS is out of order: tell its owner; -S smtps://HOST may be another door"
	case errors.Is(e, wire.ErrPipelinedBeforeTLS):
		return "somebody between may have put it there; nothing of the mail was sent: try another network, or tell the server's owner"
	}
	return ""
}

// timedOut reports whether a host kept silent, not DNS.
func timedOut(err error) bool {
	var silence net.Error
	var dns *net.DNSError
	return errors.As(err, &silence) && silence.Timeout() && !errors.As(err, &dns)
}

// certificateHint is about a certificate that cannot be trusted. It never
// proposes to do without TLS.
func certificateHint(e *wire.CertificateError) string {
	if e.Cert == nil {
		return ""
	}
	pin := "--tls-fingerprint " + wire.Fingerprint(e.Cert)
	switch e.Reason {
	case wire.CertWrongName:
		return "name the server as its certificate does, or say --tls-name NAME where another name is right; " + pin + " trusts this very certificate"
	case wire.CertExpired, wire.CertNotYetValid:
		return "its owner must renew it (is the clock here right?); until then " + pin + " trusts this very certificate"
	case wire.CertWrongFingerprint:
		return "the certificate was changed, or somebody is between: ask the server's owner, then " + pin
	}
	return "if you know by another way that it is the server's: " + pin + ", or --tls-ca FILE with the certificate of its issuer"
}

// speaks reports whether the server of an error has that scheme and port.
func (d *deliveryRequest) speaks(e *wire.Error, scheme string, port int) bool {
	for _, s := range d.settings.Servers {
		if s.Text == e.Server && s.Scheme == scheme && s.Port == port {
			return true
		}
	}
	return false
}

// logsIn reports whether a login was asked for.
func (d *deliveryRequest) logsIn() bool {
	return d.settings.Login(d.settings.Servers[0], d.Stderr) != nil
}

// origin tells who set what is in force: a flag, a variable, a line of a file.
func (d *deliveryRequest) origin(key string) string {
	for _, s := range d.settings.List() {
		if s.Key == key {
			return s.Origin
		}
	}
	return ""
}
