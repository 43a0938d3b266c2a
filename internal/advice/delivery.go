package advice

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"mailpipe/internal/oserror"
	"mailpipe/wire"
)

// A Delivery is what a hint needs to know about a delivery besides its error.
type Delivery struct {
	Scheme       string // of the server that failed, such as "smtps" or "lmtp+unix"
	Port         int    // 0: a socket or a command
	ServerOrigin string // where the server was named, such as "--server"; empty: nowhere
	Accounts     int    // how many there are; 0 if one was chosen
	Exec         bool   // --exec was given, so that flags after it belong to a command
	LogsIn       bool   // a login was requested
	Streams      bool   // the message was not read completely before it was sent
}

// For returns the hint for an error of the delivery, or "".
func (d Delivery) For(err error) string {
	e, ok := errors.AsType[*wire.Error](err)
	if !ok {
		return For(err)
	}
	return cmp.Or(hello(e), d.atStage(e), For(err))
}

func (d Delivery) atStage(e *wire.Error) string {
	if d.Scheme == "sink" && e.Kind == wire.KindAuthOrTLS {
		return "leave out --user and --tls: the built-in server has no login and no TLS"
	}
	switch e.Stage {
	case wire.StageConnect:
		return d.connect(e)
	case wire.StageGreeting:
		return cmp.Or(d.greeting(e), d.tls(e))
	case wire.StageHello, wire.StageLHLO, wire.StageTLS, wire.StageHandshake:
		return d.tls(e)
	case wire.StageAuth:
		return login(e)
	case wire.StageMail, wire.StageRcpt, wire.StageData, wire.StageDot:
		return d.reply(e)
	case wire.StageContent:
		return d.content(e)
	}
	return ""
}

// hello returns the hint for a server that refused EHLO or LHLO, which may be
// the cause of a later error.
func hello(e *wire.Error) string {
	isHello := e.Stage == wire.StageHello || e.Stage == wire.StageLHLO
	if errors.Is(e, wire.ErrNoEHLO) || isHello && e.Kind == wire.KindPermanent {
		return "if the server rejects the client's name, set another with --helo NAME"
	}
	return ""
}

// connect returns the hint for a server that cannot be reached.
func (d Delivery) connect(e *wire.Error) string {
	const localhost = "no server was named, so localhost was tried: "
	switch {
	case d.ServerOrigin == "" && d.Exec:
		return localhost + "put -S before --exec"
	case d.ServerOrigin == "" && d.Accounts > 1:
		return localhost + "set default in the configuration, which has several accounts, or use --account NAME"
	case d.ServerOrigin == "":
		return localhost + "use -S smtp://HOST, $MAILPIPE_SERVER or an account, which mailpipe config --for ADDRESS " +
			"writes; -S sink:DIR works without a server"
	case e.Kind == wire.KindNoHost:
		return "check the name in " + d.ServerOrigin
	case strings.HasSuffix(d.Scheme, "+unix"):
		return "check the path, and that the server is running"
	case oserror.Refused(e):
		return "check that the server is running, and the port: 25 is smtp, 587 submission, 465 smtps"
	case noAnswer(e):
		return "check for a firewall; many networks block port 25, and -S submission://HOST uses 587"
	}
	return ""
}

// noAnswer reports whether a host did not answer in time. A resolver that did
// not answer is something else.
func noAnswer(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	_, resolver := errors.AsType[*net.DNSError](err)
	return ok && e.Timeout() && !resolver
}

// greeting returns the hint for a connection on which no greeting arrived.
func (d Delivery) greeting(e *wire.Error) string {
	if e.Kind != wire.KindTemporary || e.Reply.Code != 0 {
		return ""
	}
	switch d.Scheme {
	case "pipe":
		return "run the command of pipe: alone: it must speak SMTP on its standard input and output"
	case "smtp", "submission", "lmtp":
		return fmt.Sprintf("if port %d begins with TLS, use -S smtps://HOST:%[1]d", d.Port)
	}
	return ""
}

// login returns the hint for a login that was not possible or was refused.
func login(e *wire.Error) string {
	switch {
	case errors.Is(e, wire.ErrInsecureAuth):
		return "use --tls required, with --tls-ca or --tls-fingerprint for a certificate of your own"
	case errors.Is(e, wire.ErrNoLogin):
		return "use the port for users: -S submission://HOST; --auth MECH selects another mechanism"
	case errors.Is(e, wire.ErrToken):
		return "check that the password command prints a fresh token, for this user and for mail"
	case e.Kind != wire.KindAuthOrTLS || e.Reply.Code == 0 || e.Reply.Code == 501: // cancelled by mailpipe
		return ""
	case e.Reply.Code == 504: // not even the mechanism tried last, so the password was not read
		return "--auth MECH selects another mechanism; --probe shows those that the server offers"
	case e.Reply.Enhanced == "5.7.139": // Microsoft: basic authentication is disabled
		return "use --auth XOAUTH2 with a token, or ask the administrator to enable SMTP AUTH for this user"
	}
	return "use an app password if your provider requires one, and check the user with mailpipe config"
}

// reply returns the hint for a refusal of the sender, the recipients or the message.
func (d Delivery) reply(e *wire.Error) string {
	code, enhanced := e.Reply.Code, e.Reply.Enhanced
	toRecipient := e.Stage == wire.StageRcpt
	switch {
	case e.Kind == wire.KindAuthOrTLS && !d.LogsIn, enhanced == "5.7.1" && toRecipient && !d.LogsIn:
		return "log in with --user NAME, or use the server of your provider: other servers do not relay"
	case (code == 450 || code == 451) && enhanced != "4.2.2" && toRecipient && e.Temporary():
		return "send the same message again in some minutes: a server that greylists accepts it then"
	case code == 552 && enhanced == "" && toRecipient: // RFC 5321 §4.2.2, RFC 1870 §6
		return "send a smaller message: the mailbox is full, or the message is too large for it"
	case code == 552 && enhanced != "5.2.2", enhanced == "5.3.4":
		return tooLarge
	}
	return ""
}

// content returns the hint for a server that gave up while the message was sent.
func (d Delivery) content(e *wire.Error) string {
	serverIsSlow := errors.Is(e, os.ErrDeadlineExceeded)
	if !e.Temporary() || serverIsSlow || !d.Streams {
		return ""
	}
	return "if the program that writes the message is slow, use --hold: it reads everything before it connects"
}
