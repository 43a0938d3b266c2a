package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"mailpipe/internal/message"
	"mailpipe/internal/submit"
	"mailpipe/wire"
)

// maxHops is how many Received fields a mail may have. One with more is in a loop
// (RFC 5321 §6.3).
const maxHops = 25

var errLoop = errors.New("more than 25 Received fields: the mail is in a loop")

// checkHops returns an error for a mail that is in a loop.
func checkHops(h message.Header) error {
	hops := 0
	for f := range h.Fields() {
		if f.Is("Received") {
			hops++
		}
	}
	if hops > maxHops {
		return &failure{code: exitData, err: errLoop}
	}
	return nil
}

// serveSMTP speaks SMTP on standard input and output, and delivers each mail at its
// final dot.
func (c *call) serveSMTP() error {
	host, err := c.loadHost()
	if err != nil {
		return err
	}
	s := &submit.Session{
		Host:     host.name,
		MaxMails: 100,
		Reply: func(stage wire.Stage, address string) submit.Reply {
			if stage != wire.StageRcpt {
				return submit.Reply{}
			}
			list, err := parseLocal("recipient", address)
			if err == nil && len(list) != 1 {
				err = usage("recipient: must be one address")
			}
			if err == nil {
				_, err = host.resolve(list[0])
			}
			return refusal(err)
		},
		Deliver: func(m *submit.Mail, content io.Reader) submit.Reply { return c.submit(m, content, host.name) },
	}
	return s.Serve(c.Stdin, c.out, submit.Idle)
}

// submit delivers a mail, and returns the answer to its final dot.
func (c *call) submit(m *submit.Mail, content io.Reader, host string) submit.Reply {
	s, err := c.newSendmail(&sendmailArgs{
		sender: m.From, hasSender: true, recipients: m.To, notify: m.Notify, tag: c.line.sendmail.tag,
	})
	if err == nil {
		s.in = io.MultiReader(strings.NewReader(traceField(m, host)), content)
		s.envelope.AllOrNothing = true
		s.envelope.Notify = map[string]string{}
		s.envelope.DSN = wire.DSN{Return: m.Return, EnvelopeID: m.EnvelopeID}
		err = s.run()
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = fail(exitIO, "the client was gone before the final dot")
		}
		if s.signals != nil {
			s.signals.Release()
		}
	}
	if err != nil {
		c.explain(err)
	}
	c.log(err)
	var reply wire.Reply
	if c.mail != nil {
		reply, _ = c.mail.logReply(err)
	}
	c.mail = nil // it is logged
	switch {
	case err == nil && reply.Code/100 != 2:
		return submit.Reply{Code: 250, Text: "2.0.0 Ok"} // kept in the spool, or for /dev/null
	case err != nil && reply.Code < 400:
		return refusal(err)
	}
	text := strings.TrimSpace(strings.Join(reply.Lines, " "))
	if reply.Enhanced == "" {
		text = fmt.Sprintf("%d.0.0 %s", reply.Code/100, text)
	}
	return submit.Reply{Code: reply.Code, Text: text}
}

// traceField returns the Received field of a mail.
func traceField(m *submit.Mail, host string) string {
	hello := m.Hello
	if hello == "" || strings.Trim(hello, hostCharacters+"._:[]") != "" {
		hello = "unknown"
	}
	protocol := "SMTP"
	if m.Extended {
		protocol = "ESMTP"
	}
	return fmt.Sprintf("Received: from %s by %s (mailpipe) with %s;\r\n\t%s\r\n", hello, host, protocol,
		time.Now().Format(time.RFC1123Z))
}

// refusal returns the answer for an error that is not the reply of a server. It is
// the zero Reply for nil.
func refusal(err error) submit.Reply {
	switch code := exitCode(err); {
	case err == nil:
		return submit.Reply{}
	case errors.Is(err, errLoop):
		return submit.Reply{Code: 554, Text: "5.4.6 " + err.Error()}
	case code == exitData:
		return submit.Reply{Code: 554, Text: "5.6.0 " + err.Error()}
	case code == exitUsage:
		return submit.Reply{Code: 501, Text: "5.1.3 " + err.Error()}
	case code == exitNoUser:
		return submit.Reply{Code: 550, Text: "5.1.1 " + err.Error()}
	case code == exitUnavailable:
		return submit.Reply{Code: 554, Text: "5.0.0 " + err.Error()}
	}
	return submit.Reply{Code: 451, Text: "4.3.0 " + err.Error()}
}
