package submit

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"mailpipe/wire"
)

// stages are the stages of the commands. The others belong to that before them.
var stages = map[string]wire.Stage{
	"EHLO":     wire.StageHello,
	"HELO":     wire.StageHello,
	"STARTTLS": wire.StageTLS,
	"AUTH":     wire.StageAuth,
	"MAIL":     wire.StageMail,
	"RCPT":     wire.StageRcpt,
	"DATA":     wire.StageData,
	"BDAT":     wire.StageContent,
	"QUIT":     wire.StageQuit,
}

// command answers one command. Its error ends the session.
func (c *conn) command(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	verb, rest = strings.ToUpper(verb), strings.TrimSpace(rest)
	c.stage = cmp.Or(stages[verb], c.stage)
	c.trace(wire.DirSent, shown(verb, line))
	if len(line) > maxCommand {
		return c.reply(500, "5.5.6 line too long")
	}
	switch verb {
	case "EHLO":
		return c.ehlo(rest)
	case "HELO":
		return c.helo(rest)
	case "STARTTLS":
		return c.startTLS(rest)
	case "AUTH":
		return c.auth(rest)
	case "MAIL":
		return c.mailFrom(rest)
	case "RCPT":
		return c.rcptTo(rest)
	case "DATA":
		return c.data(rest)
	case "BDAT":
		if c.session.Chunking {
			return c.bdat(rest)
		}
	case "RSET":
		c.mail = nil
		return c.reply(250, "2.0.0 Ok")
	case "NOOP":
		return c.reply(250, "2.0.0 Ok")
	case "VRFY":
		return c.reply(252, "2.5.2 cannot verify, but will try to deliver")
	case "HELP":
		return c.reply(214, "2.0.0 see mailpipe(1)")
	case "QUIT":
		_, err := c.answer("", 221, "2.0.0 Bye")
		return cmp.Or(err, errQuit)
	}
	return c.reply(500, "5.5.1 unknown command")
}

// shown returns a command without the secret in it.
func shown(verb, line string) string {
	words := strings.Fields(line)
	if verb == "AUTH" && len(words) > 2 {
		return strings.Join(words[:2], " ") + " " + hidden
	}
	return line
}

// ehlo answers EHLO. The extensions are offered in as many lines.
func (c *conn) ehlo(name string) error {
	if name == "" {
		return c.reply(501, "5.5.4 missing host name")
	}
	if reply := c.replacement(""); reply != (Reply{}) {
		if reply.Code/100 == 2 {
			c.greet(name, true)
		}
		return c.reply(reply.Code, reply.Text)
	}
	c.greet(name, true)
	c.say("250-" + c.session.Host)
	for _, extension := range c.extensions() {
		c.say("250-" + extension)
	}
	return c.reply(250, "SIZE")
}

// extensions returns all that EHLO offers, except SIZE.
func (c *conn) extensions() []string {
	all := []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN"}
	if c.session.Chunking {
		all = append(all, "CHUNKING")
	}
	if c.offersTLS() {
		all = append(all, "STARTTLS")
	}
	if offered := c.mechanisms(); offered != nil {
		names := "AUTH"
		for _, m := range offered {
			names += " " + m.name
		}
		all = append(all, names)
	}
	return all
}

func (c *conn) helo(name string) error {
	if name == "" {
		return c.reply(501, "5.5.4 missing host name")
	}
	c.greet(name, false)
	return c.reply(250, c.session.Host)
}

// greet begins without a mail, as after RSET.
func (c *conn) greet(name string, extended bool) {
	c.mail, c.hello, c.isEHLO = nil, name, extended
}

// data reads a mail and answers the final dot.
func (c *conn) data(rest string) error {
	switch {
	case rest != "":
		return c.reply(501, "5.5.4 DATA has no parameters")
	case !c.hasRecipients():
		return c.reply(503, "5.5.1 no valid recipients")
	}
	takesEffect, err := c.answer("", 354, "end the mail with a line of one dot")
	if err == nil {
		err = c.out.Flush()
	}
	if !takesEffect {
		c.mail = nil
	}
	if err != nil || !takesEffect {
		return err
	}
	c.stage = wire.StageContent
	content := &dotReader{r: c.in, lf: c.lf && !c.session.Strict, note: c.session.Note, trace: c.traceContent}
	reply, err := c.deliver(content)
	if err != nil {
		return nil // the next command has the same error
	}
	c.trace(wire.DirSent, fmt.Sprintf("%d octets", content.size))
	c.stage = wire.StageDot
	c.group++ // the commands before the content were answered
	c.trace(wire.DirSent, ".")
	return c.reply(reply.Code, reply.Text)
}

func (c *conn) hasRecipients() bool { return c.mail != nil && len(c.mail.To) > 0 }

// deliver delivers a mail and returns the answer to its end. An error means that there
// was no end.
func (c *conn) deliver(content io.Reader) (Reply, error) {
	reply := c.session.Deliver(c.mail, content)
	c.mail = nil
	c.mails++
	_, err := io.Copy(io.Discard, content)
	return reply, err
}
