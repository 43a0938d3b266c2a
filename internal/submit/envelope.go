package submit

import (
	"strconv"
	"strings"
)

// mailFrom answers MAIL. Its error ends the session.
func (c *conn) mailFrom(rest string) error {
	path, parameters, ok := c.path(rest, "FROM:")
	switch {
	case !ok:
		return nil
	case c.mail != nil:
		c.reply(503, "5.5.1 MAIL was given")
		return nil
	case c.mails == maxMails:
		c.reply(421, "4.7.0 too many mails in one session")
		return errQuit
	}
	m := &Mail{Hello: c.hello, Extended: c.isEHLO, From: path}
	for _, p := range parameters {
		key, value, _ := strings.Cut(p, "=")
		switch upper := strings.ToUpper(value); strings.ToUpper(key) {
		case "SIZE", "SMTPUTF8":
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
		c.reply(555, "5.5.4 unsupported parameter "+p)
		return nil
	}
	c.mail = m
	c.reply(250, "2.1.0 Ok")
	return nil
}

// rcptTo answers RCPT.
func (c *conn) rcptTo(rest string) {
	path, parameters, ok := c.path(rest, "TO:")
	switch {
	case !ok:
		return
	case c.mail == nil:
		c.reply(503, "5.5.1 MAIL is missing")
		return
	case path == "":
		c.reply(501, "5.1.3 missing recipient")
		return
	case len(c.mail.To) == maxRecipients:
		c.reply(452, "4.5.3 too many recipients")
		return
	}
	notify := ""
	for _, p := range parameters {
		key, value, _ := strings.Cut(p, "=")
		switch strings.ToUpper(key) {
		case "NOTIFY":
			notify = strings.ToUpper(value)
		case "ORCPT": // made again from the recipient
		default:
			c.reply(555, "5.5.4 unsupported parameter "+p)
			return
		}
	}
	if reply := c.session.Recipient(path); reply != (Reply{}) {
		c.reply(reply.Code, reply.Text)
		return
	}
	if len(c.mail.To) == 0 {
		c.mail.Notify = notify
	}
	if notify != c.mail.Notify { // the client sends it another mail, as after too many recipients
		c.reply(452, "4.5.3 NOTIFY differs from that of the other recipients")
		return
	}
	c.mail.To = append(c.mail.To, path)
	c.reply(250, "2.1.5 Ok")
}

// path returns the address after FROM: or TO: and the parameters. If there is none,
// it answers the command.
func (c *conn) path(rest, keyword string) (path string, parameters []string, ok bool) {
	if len(rest) < len(keyword) || !strings.EqualFold(rest[:len(keyword)], keyword) {
		c.reply(501, "5.5.4 missing "+keyword)
		return "", nil, false
	}
	rest = strings.TrimSpace(rest[len(keyword):])
	if !strings.HasPrefix(rest, "<") {
		path, rest, _ = strings.Cut(rest, " ")
		return path, strings.Fields(rest), path != "" || c.invalidPath()
	}
	quoted := false
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && quoted:
			i++
		case rest[i] == '"':
			quoted = !quoted
		case rest[i] == '>' && !quoted:
			return rest[1:i], strings.Fields(rest[i+1:]), true
		}
	}
	return "", nil, c.invalidPath()
}

// invalidPath answers a command whose path is invalid. It returns false.
func (c *conn) invalidPath() bool {
	c.reply(501, "5.1.7 invalid address")
	return false
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
