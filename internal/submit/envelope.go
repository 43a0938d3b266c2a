package submit

import (
	"strconv"
	"strings"
)

// mailFrom answers MAIL.
func (c *conn) mailFrom(rest string) error {
	path, parameters, refusal := parsePath(rest, "FROM:")
	switch {
	case refusal != (Reply{}):
		return c.reply(refusal.Code, refusal.Text)
	case c.session.Strict && c.hello == "":
		return c.reply(503, "5.5.1 EHLO or HELO is missing")
	case c.session.RequireTLS && !c.secure:
		return c.reply(530, "5.7.0 STARTTLS is required")
	case c.session.Login != nil && !c.loggedIn:
		return c.reply(530, "5.7.0 a login is required")
	case c.mail != nil:
		return c.reply(503, "5.5.1 MAIL was given")
	case c.session.MaxMails > 0 && c.mails == c.session.MaxMails:
		return c.reply(421, "4.7.0 too many mails in one session")
	}
	m := &Mail{Hello: c.hello, Extended: c.isEHLO, From: path, Notify: map[string]string{}}
	for _, p := range parameters {
		key, value, _ := strings.Cut(p, "=")
		switch upper := strings.ToUpper(value); strings.ToUpper(key) {
		case "SIZE", "SMTPUTF8", "AUTH": // AUTH names whom a relay trusts (RFC 4954 §5)
			continue
		case "BODY":
			if upper == "7BIT" || upper == "8BITMIME" {
				continue
			}
		case "RET":
			m.Return = upper
			if upper == "FULL" || upper == "HDRS" {
				continue
			}
		case "ENVID":
			var valid bool
			if m.EnvelopeID, valid = decodeXtext(value); valid {
				continue
			}
		}
		return c.reply(555, "5.5.4 unsupported parameter "+p)
	}
	takesEffect, err := c.answer(path, 250, "2.1.0 Ok")
	if takesEffect {
		c.mail = m
	}
	return err
}

// rcptTo answers RCPT.
func (c *conn) rcptTo(rest string) error {
	path, parameters, refusal := parsePath(rest, "TO:")
	switch {
	case refusal != (Reply{}):
		return c.reply(refusal.Code, refusal.Text)
	case c.mail == nil:
		return c.reply(503, "5.5.1 MAIL is missing")
	case path == "":
		return c.reply(501, "5.1.3 missing recipient")
	case len(c.mail.To) == maxRecipients:
		return c.reply(452, "4.5.3 too many recipients")
	}
	notify := ""
	for _, p := range parameters {
		key, value, _ := strings.Cut(p, "=")
		switch strings.ToUpper(key) {
		case "NOTIFY":
			notify = strings.ToUpper(value)
			if !IsNotify(notify) {
				return c.reply(555, "5.5.4 unsupported parameter "+p)
			}
		case "ORCPT": // made again from the recipient
		default:
			return c.reply(555, "5.5.4 unsupported parameter "+p)
		}
	}
	takesEffect, err := c.answer(path, 250, "2.1.5 Ok")
	if takesEffect {
		c.mail.To = append(c.mail.To, path)
		if notify != "" {
			c.mail.Notify[path] = notify
		}
	}
	return err
}

// IsNotify reports whether s is a value of NOTIFY (RFC 3461 §4.1).
func IsNotify(s string) bool {
	s = strings.ToUpper(s)
	if s == "NEVER" {
		return true
	}
	for _, word := range strings.Split(s, ",") {
		if word != "SUCCESS" && word != "FAILURE" && word != "DELAY" {
			return false
		}
	}
	return true
}

var invalidPath = Reply{501, "5.1.7 invalid address"}

// parsePath returns the address after FROM: or TO: and the parameters, or the reply that
// refuses the command.
func parsePath(rest, keyword string) (path string, parameters []string, refusal Reply) {
	if len(rest) < len(keyword) || !strings.EqualFold(rest[:len(keyword)], keyword) {
		return "", nil, Reply{501, "5.5.4 missing " + keyword}
	}
	rest = strings.TrimSpace(rest[len(keyword):])
	if !strings.HasPrefix(rest, "<") {
		path, rest, _ = strings.Cut(rest, " ")
		if path == "" {
			return "", nil, invalidPath
		}
		return path, strings.Fields(rest), Reply{}
	}
	quoted := false
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && quoted:
			i++
		case rest[i] == '"':
			quoted = !quoted
		case rest[i] == '>' && !quoted:
			return rest[1:i], strings.Fields(rest[i+1:]), Reply{}
		}
	}
	return "", nil, invalidPath
}

// decodeXtext decodes the xtext of ENVID (RFC 3461 §4).
func decodeXtext(s string) (text string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '+' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String(), true
}
