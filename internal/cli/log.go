package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailpipe/internal/maillog"
	"mailpipe/internal/oserror"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// log writes the line of --log about a mail whose delivery ended with err. A log
// that cannot be written is noted and changes nothing else.
func (c *call) log(err error) {
	d := c.mail
	switch {
	case d == nil || d.settings == nil:
		c.logEarly(err)
		return
	case d.flags.Bool("dry-run"), d.flags.Bool("probe"):
		return
	case err == nil && len(d.envelope.To) == 0: // --skip-empty
		return
	}
	c.noteLog(d.settings.Log, c.logTo(d.settings.Log, exitCode(err) != exitOK, d.logFields(err)...))
}

// noteLog notes that a log could not be written.
func (c *call) noteLog(where string, err error) {
	if err != nil {
		c.note("--log %s: %s", termtext.Line(where), oserror.Reason(err))
	}
}

// logEarly logs why a drop-in failed before it had its settings, because programs
// such as cron discard standard error.
func (c *call) logEarly(err error) {
	if err == nil || c.line == nil || c.line.sendmail == nil {
		return
	}
	where := "syslog"
	for _, a := range c.line.args {
		if a.flag == "log" {
			where = a.value
		}
	}
	c.logTo(where, true, maillog.Field{Key: "status", Value: strconv.Itoa(exitCode(err))},
		maillog.Field{Key: "reply", Value: err.Error()})
}

// defaultLog is the log of the drop-ins: syslog or, where there is none, standard
// error.
const defaultLog = "syslog or standard error"

// logTo writes a line to a file or to syslog: the time, the name and the fields.
func (c *call) logTo(where string, failed bool, fields ...maillog.Field) error {
	line := maillog.Line(append([]maillog.Field{
		{Key: "time", Value: time.Now().Format(time.RFC3339)},
		{Key: "name", Value: c.logName()},
	}, fields...))
	switch where {
	case "", "none":
		return nil
	case "syslog":
		return maillog.ToSyslog(c.logName(), failed, line)
	case defaultLog:
		if maillog.ToSyslog(c.logName(), failed, line) != nil {
			fmt.Fprintln(c.progress, line)
		}
		return nil
	}
	return maillog.ToFile(where, line)
}

// logName returns the name in the log.
func (c *call) logName() string {
	if own := c.line.sendmail; own != nil && own.tag != "" {
		return own.tag
	}
	return c.name
}

// logFields returns what --log says about a mail, after the time and the name.
func (d *deliveryRequest) logFields(err error) []maillog.Field {
	from, size := d.envelope.From, ""
	if from == "" && (d.hasSender || len(d.receipt.Recipients) > 0) {
		from = "<>"
	}
	if d.envelope.Size > 0 {
		size = strconv.FormatInt(d.envelope.Size, 10)
	}
	user, tls := "", ""
	for _, server := range d.settings.Servers {
		if server.Name == d.receipt.Server {
			user = d.settings.User(server)
		}
	}
	switch {
	case d.receipt.TLS != nil:
		tls = "on"
	case len(d.receipt.Times) > 0: // a connection was ready for mail
		tls = "off"
	}
	reply, reason := d.logReply(err)
	code := ""
	if reply.Code != 0 {
		code = strconv.Itoa(reply.Code)
		reason = strings.TrimSpace(strings.Join(reply.Lines, " "))
	}
	return []maillog.Field{
		{Key: "host", Value: d.receipt.Server},
		{Key: "tls", Value: tls},
		{Key: "user", Value: user},
		{Key: "from", Value: from},
		{Key: "to", Value: strings.Join(d.envelope.To, ",")},
		{Key: "size", Value: size},
		{Key: "code", Value: code},
		{Key: "status", Value: strconv.Itoa(exitCode(err))},
		{Key: "id", Value: d.envelope.MessageID},
		{Key: "reply", Value: reason},
		{Key: "repaired", Value: strings.Join(d.repairs, ",")},
	}
}

// logReply returns the reply that decided what became of the mail, or the reason if
// there was none: that of the first recipient who does not have it, if there is one. A
// mail for all or none is decided by the recipient whom the error names.
func (d *deliveryRequest) logReply(err error) (reply wire.Reply, reason string) {
	if e, ok := errors.AsType[*wire.Error](err); ok && d.envelope.AllOrNothing && e.Reply.Code != 0 {
		return e.Reply, ""
	}
	all := d.receipt.Recipients
	for _, to := range all {
		if to.Outcome != wire.OutcomeAccepted {
			return to.Reply, to.Reason
		}
	}
	switch {
	case err != nil:
		return wire.Reply{}, err.Error()
	case len(all) > 0:
		return all[0].Reply, all[0].Reason
	}
	return wire.Reply{}, ""
}
