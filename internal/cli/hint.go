package cli

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/message"
	"mailpipe/internal/safe"
	"mailpipe/wire"
)

// addressError says which flag has the wrong address, with a caret under the character.
func addressError(flag string, err error) error {
	known := &failure{code: exitUsage, err: &whereError{flag, err}}
	var wrong *address.Error
	switch {
	case !errors.As(err, &wrong):
	case wrong.Input == "":
		known.hint = "the value is empty: is a variable not set?"
	case wrong.Input[0] == '-': // -t $unset -s Hello
		known.hint = "a flag stands where the value belongs: is a variable not set?"
	}
	return known
}

// noEquals is for addresses, which a server may take from -t=bob@example.org though nobody has
// such a one. (=? begins an encoded word, as in a header that was copied.)
func noEquals(flag, value string) error {
	if strings.HasPrefix(value, "=") && !strings.HasPrefix(value, "=?") {
		return usage("%s: %s: no = stands between a letter and its value", flag, safe.Line(value))
	}
	return nil
}

// recipientError is about an operand of deliver, which may be the message by mistake.
func recipientError(operand string, err error) error {
	known := &failure{code: exitUsage, err: &whereError{"recipient", err}}
	if info, err := os.Stat(operand); err == nil && info.Mode().IsRegular() {
		known.hint = "the message comes by standard input: <" + shellLine(operand)
	}
	return known
}

type whereError struct {
	where string
	err   error
}

func (e *whereError) Error() string { return e.where + ": " + e.err.Error() }
func (e *whereError) Unwrap() error { return e.err }

// words returns the message of an error, line by line.
func words(err error) []string {
	var where *whereError
	var wrong *address.Error
	var several *deliveryError
	var ours *fault
	var unsent *unsentError
	switch {
	case errors.As(err, &unsent):
		return append(words(unsent.err), unsent.where)
	case errors.As(err, &ours):
		return append([]string{ours.Error()}, ours.places...)
	case errors.As(err, &where) && errors.As(where.err, &wrong):
		lines := []string{where.where + ": " + wrong.Reason}
		for line := range strings.Lines(wrong.Caret()) {
			lines = append(lines, "    "+strings.TrimSuffix(line, "\n"))
		}
		return lines
	case errors.As(err, &several):
		return append([]string{several.Error()}, several.details...)
	}
	return []string{err.Error()}
}

// hint returns what to do about an error, or "".
func hint(err error) string {
	var known *failure
	if errors.As(err, &known) && known.hint != "" {
		return known.hint
	}
	var several *deliveryError
	if errors.As(err, &several) {
		return several.hint
	}
	var secret *config.SecretError
	if errors.As(err, &secret) && secret.Mend != "" {
		return secret.Mend
	}
	var value *config.ValueError
	if errors.As(err, &value) && value.Mend != "" {
		return value.Mend
	}
	if errors.Is(err, config.ErrNoPassword) {
		return "--password-command, --password-file, $MAILPIPE_PASSWORD or ~/.netrc has it"
	}
	return contentHint(err)
}

// contentHint is about a message that cannot be sent as it is.
func contentHint(err error) string {
	for _, row := range []struct {
		is   error
		hint string
	}{
		{compose.ErrTooBig, "without --plain the text may have any size; the header never more than 1 MiB"},
		{compose.ErrEmpty, "--allow-empty writes it all the same, --skip-empty makes it nothing to do"},
		{message.ErrEmpty, "the program before the pipe wrote nothing; --skip-empty makes it nothing to do"},
		{message.ErrHeader, "deliver takes a mail message; a text becomes one by mailpipe compose | mailpipe deliver, or mailpipe send"},
		{message.ErrSeries, "each goes alone: git format-patch without --stdout writes a file for each"},
		{message.ErrCutOff, "the program before the pipe did not finish: look for its error; --allow-truncated sends it all the same"},
		{message.ErrContent, "mailpipe compose encodes any text so that it can be sent"},
		{message.ErrRecipient, "name recipients as operands of deliver, or in To, Cc or Bcc (compose -t)"},
		{message.ErrSender, "name the sender by -f"},
		{message.ErrAddress, "recipients as operands, and -f for the sender, take the place of what the header says"},
		{message.ErrSeries, "give each of them to a deliver of its own"},
	} {
		if errors.Is(err, row.is) {
			return row.hint
		}
	}
	return ""
}

// hint returns what to do about an error of a delivery: only here is known what was asked for.
func (d *delivery) hint(err error, m *message.Message) string {
	e := dialogueError(err)
	if e == nil {
		return hint(err)
	}
	var cert *wire.CertificateError
	if errors.As(err, &cert) {
		return certificateHint(cert)
	}
	reply := strings.ToLower(strings.Join(e.Reply.Lines, " "))
	says := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(reply, word) {
				return true
			}
		}
		return false
	}
	switch {
	case errors.Is(err, wire.ErrNoSTARTTLS) && d.settings.Login(d.settings.Servers[0], d.Stderr) != nil:
		return "logins are mostly taken at another port: 587, which is -S submission://HOST, or 465, which is -S smtps://HOST"
	case errors.Is(err, wire.ErrNoSTARTTLS):
		return "somebody between may hide it; on a network that you trust --tls opportunistic sends in clear"
	case errors.Is(err, wire.ErrClear):
		return "a password wants verified TLS: --tls required, with --tls-ca or --tls-fingerprint for a certificate of your own"
	case errors.Is(err, wire.ErrNoLogin):
		return "many servers offer a login at port 587 only: -S submission://HOST; --auth names another mechanism"
	case e.Stage == wire.StageConnect && !d.settings.Chosen:
		return "no server was named, so localhost was tried: -S smtp://HOST, $MAILPIPE_SERVER or an account names one; -S sink:DIR tries it out without any"
	case e.Kind == wire.NoHost:
		return "DNS knows no host of that name: is it typed right in " + d.origin("server") + "?"
	case errors.Is(err, syscall.ECONNREFUSED) && (d.speaks(e, "smtp+unix", 0) || d.speaks(e, "lmtp+unix", 0)):
		return "nothing listens at that socket: is the server up?"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: is the server up, and is the port right? 25 is smtp, 587 submission, 465 smtps"
	case e.Stage == wire.StageConnect && errors.Is(err, syscall.ENOENT):
		return "there is no socket of that name: is the server up, and is the path right?"
	case e.Stage == wire.StageConnect && timedOut(err):
		return "nobody answers there: is a firewall between? Many networks keep port 25 to themselves: 587 is -S submission://HOST"
	case e.Stage == wire.StageGreeting && e.Kind == wire.Temporary && e.Reply.Code == 0 && d.speaks(e, "pipe", 0):
		if program := d.lackedProgram(e); program != "" {
			return "there is no program " + program + ": pipe: wants a command that speaks SMTP; is it installed, and in $PATH?"
		}
		return "the command of pipe: ended, or said nothing, before a server spoke: run it alone to see why"
	case e.Reply.Code == 0 && e.Kind == wire.Temporary && d.speaks(e, "smtp", 465):
		return "port 465 begins with TLS: -S smtps://HOST"
	case (e.Kind == wire.NotAllowed || e.Kind == wire.Protocol || e.Kind == wire.Temporary) && e.Reply.Code == 0 &&
		(d.speaks(e, "smtps", 25) || d.speaks(e, "smtps", 587)):
		return "only port 465 begins with TLS: -S submission://HOST"
	case errors.Is(err, wire.ErrNotTLS):
		return "not every port begins with TLS: -S submission://HOST:PORT begins in clear, and asks for it by STARTTLS"
	case e.Stage == wire.StageAuth && e.Kind == wire.NotAllowed && e.Reply.Code != 0:
		return loginHint(e)
	case e.Kind == wire.NotAllowed && e.Reply.Code != 0 && e.Stage != wire.StageTLS && d.settings.Login(d.settings.Servers[0], d.Stderr) == nil,
		e.Reply.Enhanced == "5.7.1" && says("relay"), says("relay access denied", "relaying denied", "relay not permitted", "not permitted to relay"):
		return "the server carries mail to others only for those it knows: log in with --user, or name the server of your provider"
	case e.Reply.Code/100 == 4 && (e.Stage == wire.StageRcpt || e.Stage == wire.StageData || e.Stage == wire.StageDot || e.Stage == wire.StageMail) &&
		says("greylist", "graylist", "grey list", "try again later"):
		return "this is greylisting: the server takes the same mail when it is sent again some minutes later"
	case e.Reply.Code == 552 && e.Reply.Enhanced != "5.2.2" || e.Reply.Enhanced == "5.3.4", errors.Is(err, wire.ErrTooBig):
		return "the mail is too big for this server: compress the files, or send a link to them"
	case e.Kind == wire.Temporary && e.Stage == wire.StageContent && !errors.Is(err, os.ErrDeadlineExceeded) && // or it is the server that is slow
		!d.flags.Bool("hold") && slow(m):
		return "when the producer of the mail is slow the server gives up: --hold reads all of it before the call"
	}
	if h := tlsHint(e); h != "" {
		return h
	}
	return hint(e)
}

// loginHint is about a user, password or token that the server does not take.
func loginHint(e *wire.Error) string {
	why := ""
	if e.Err != nil {
		why = e.Err.Error()
	}
	switch {
	case strings.HasPrefix(why, "the server says "): // in JSON, of a token
		return "a token is good for a while only: does the password command print a fresh one, for this user and for mail?"
	case strings.HasPrefix(why, "SCRAM: ") && !strings.HasPrefix(why, "SCRAM: the server says "):
		return "" // it is our side that gives up: whoever answers may not be the server
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
	case e.Stage != wire.StageTLS || e.Kind != wire.NotAllowed:
		return ""
	case e.Reply.Code != 0:
		return "its TLS is out of order: tell its owner; -S smtps://HOST may be another door"
	case said("more than its reply"):
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
	case wire.WrongName:
		return "name the server as its certificate does, or say --tls-name NAME where another name is right; " + pin + " trusts this very certificate"
	case wire.Expired, wire.NotYetValid:
		return "its owner must renew it (is the clock here right?); until then " + pin + " trusts this very certificate"
	case wire.WrongFingerprint:
		return "the certificate was changed, or somebody is between: ask the server's owner, then " + pin
	}
	return "if you know by another way that it is the server's: " + pin + ", or --tls-ca FILE with the certificate of its issuer"
}

// slow reports whether the message is one that is sent while it comes in.
func slow(m *message.Message) bool {
	_, known := m.EightBit()
	return !known
}

// speaks reports whether the server of an error has that scheme and port.
func (d *delivery) speaks(e *wire.Error, scheme string, port int) bool {
	for _, s := range d.settings.Servers {
		if s.URL == e.Server && s.Scheme == scheme && s.Port == port {
			return true
		}
	}
	return false
}

// lackedProgram names the program of a pipe: that failed where the shell cannot find it, else "".
func (d *delivery) lackedProgram(e *wire.Error) string {
	for _, s := range d.settings.Servers {
		words := strings.Fields(s.Path)
		if s.URL != e.Server || s.Scheme != "pipe" || len(words) == 0 || strings.ContainsAny(words[0], "\"'`$&|;<>()\\*?[]{}#~=%!") {
			continue
		}
		if _, err := exec.LookPath(words[0]); err == nil {
			continue
		}
		if strings.Contains(words[0], "/") || exec.Command("sh", "-c", `command -v "$1"`, "sh", words[0]).Run() != nil {
			return safe.Line(words[0]) // not even a word of the shell's own
		}
	}
	return ""
}

// origin tells who set what is in force: a flag, a variable, a line of a file.
func (d *delivery) origin(key string) string {
	for _, s := range d.settings.List() {
		if s.Key == key {
			return s.Origin
		}
	}
	return ""
}
