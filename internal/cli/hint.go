package cli

import (
	"errors"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/message"
	"mailpipe/wire"
)

// addressError says which flag has the wrong address, with a caret under the character.
func addressError(flag string, err error) error {
	return &failure{code: exitUsage, err: &whereError{flag, err}}
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
	switch {
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
	if errors.As(err, &secret) {
		return secret.Mend
	}
	return contentHint(err)
}

// contentHint is about a message that cannot be sent as it is.
func contentHint(err error) string {
	for _, row := range []struct {
		is   error
		hint string
	}{
		{compose.ErrEmpty, "--allow-empty writes it all the same, --skip-empty makes it nothing to do"},
		{message.ErrEmpty, "the program before the pipe wrote nothing; --skip-empty makes it nothing to do"},
		{message.ErrHeader, "deliver takes a mail message; a text becomes one by mailpipe compose | mailpipe deliver, or mailpipe send"},
		{message.ErrCutOff, "the program before the pipe did not finish: look for its error; --allow-truncated sends it all the same"},
		{message.ErrContent, "mailpipe compose encodes any text so that it can be sent"},
		{message.ErrRecipient, "name recipients as operands of deliver, or in To, Cc or Bcc (compose -t)"},
		{message.ErrSender, "name the sender by -f"},
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
	case e.Stage == wire.StageConnect && !d.settings.Chosen:
		return "no server was named, so localhost was tried: -S smtp://HOST, $MAILPIPE_SERVER or an account names one; -S sink:DIR tries it out without any"
	case e.Reply.Code == 0 && e.Kind == wire.Temporary && d.speaks(e, "smtp", 465):
		return "port 465 begins with TLS: -S smtps://HOST"
	case (e.Kind == wire.NotAllowed || e.Kind == wire.Protocol || e.Kind == wire.Temporary) && e.Reply.Code == 0 &&
		(d.speaks(e, "smtps", 25) || d.speaks(e, "smtps", 587)):
		return "only port 465 begins with TLS: -S submission://HOST"
	case e.Stage == wire.StageAuth && e.Kind == wire.NotAllowed && e.Reply.Code != 0:
		return "many providers want an app password in place of the usual one; mailpipe config shows which user is in force"
	case e.Kind == wire.NotAllowed && e.Reply.Code != 0 && d.settings.Login(d.settings.Servers[0], d.Stderr) == nil,
		e.Reply.Enhanced == "5.7.1" && says("relay"), says("relay access denied", "relaying denied", "relay not permitted", "not permitted to relay"):
		return "the server carries mail to others only for those it knows: log in with --user, or name the server of your provider"
	case e.Reply.Code/100 == 4 && (e.Stage == wire.StageRcpt || e.Stage == wire.StageData || e.Stage == wire.StageDot || e.Stage == wire.StageMail) &&
		says("greylist", "graylist", "grey list", "try again later"):
		return "this is greylisting: the server takes the same mail when it is sent again some minutes later"
	case e.Reply.Code == 552 || e.Reply.Enhanced == "5.3.4":
		return "the mail is too big for this server: compress the files, or send a link to them"
	case e.Kind == wire.Temporary && e.Stage == wire.StageContent && !d.flags.Bool("hold") && slow(m):
		return "when the producer of the mail is slow the server gives up: --hold reads all of it before the call"
	}
	return hint(e)
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
