package cli

import (
	"cmp"
	"errors"
	"io"
	"strings"
	"unicode"

	"mailpipe/internal/address"
	"mailpipe/internal/buffer"
	"mailpipe/internal/maillog"
	"mailpipe/internal/message"
	"mailpipe/internal/repair"
	"mailpipe/internal/stdio"
)

// A sendmail is one run of the drop-in for sendmail(8) that sends a message.
type sendmail struct {
	*deliveryRequest
	args        *sendmailArgs
	in          io.Reader // the message
	host        *mailHost
	rewriteFrom string            // "bare", "never" or "always"
	replyTo     []address.Address // what From was before rewriteFrom replaced it
	replaced    map[address.Address]bool
	err         error // the first one while the header was rewritten
}

// runSendmail acts as sendmail(8).
func runSendmail(c *call) error {
	c.useOwnHome()
	args := c.line.sendmail
	modes := map[string]func() error{
		"s": c.serveSMTP, "p": c.listSpool, "q": c.flushSpool, "i": c.countAliases, "v": c.printTargets,
		"h": c.listServers, "H": c.forgetServers, "P": c.countMessages,
	}
	if run := modes[args.mode]; run != nil {
		return run()
	}
	if len(args.recipients) == 0 && !args.fromHeader {
		return usage("no recipients").withHint("name them, or use -t to send to those in the header")
	}
	s, err := c.newSendmail(args)
	if err != nil {
		return err
	}
	if stdio.IsTerminal(s.Stdin) {
		s.note("reading a message from the terminal; Ctrl-D on a line of its own ends it")
	}
	stdio.Enlarge(s.Stdin)
	s.in = stdio.NewInput(s.Stdin)
	return s.run()
}

// newSendmail returns a run that sends a mail with these arguments.
func (c *call) newSendmail(args *sendmailArgs) (*sendmail, error) {
	d, err := c.newDeliveryRequest()
	if err != nil {
		return nil, err
	}
	for _, flag := range args.unknown {
		c.logNote("unknown flag " + flag + " ignored")
	}
	host, err := c.loadHost()
	if err != nil {
		return nil, err
	}
	rewriteFrom := cmp.Or(d.config.Sendmail(c.Getenv).RewriteFrom, "bare")
	return &sendmail{
		deliveryRequest: d, args: args, host: host, rewriteFrom: rewriteFrom, replaced: map[address.Address]bool{},
	}, nil
}

// run sends a message.
func (s *sendmail) run() error {
	if err := s.addOperands(); err != nil {
		return err
	}
	if err := s.setSender(); err != nil {
		return err
	}
	m, err := s.readMessage()
	if err != nil {
		return err
	}
	defer m.Close()
	if err := checkHops(m.Header); err != nil {
		return err
	}
	if s.args.fromHeader {
		list, err := m.Recipients()
		noneNeeded := errors.Is(err, message.ErrRecipient) && len(s.envelope.To)+len(s.host.discarded) > 0
		if err != nil && !noneNeeded {
			return err
		}
		s.addRecipients(s.host.withoutDiscarded(list)...)
	}
	if len(s.envelope.To) == 0 {
		return nil // all of it goes to /dev/null
	}
	for _, err := range s.host.refused {
		s.logNote(err.Error())
	}
	if m.Cut {
		s.logNote("the message has no closing boundary: content may be missing")
	}
	return s.deliver(m.Message)
}

// addOperands adds the recipients that the operands name.
func (s *sendmail) addOperands() error {
	var all []address.Address
	for _, operand := range s.args.recipients {
		list, err := parseLocal("recipient", operand)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return usage("recipient: missing address")
		}
		for _, a := range list {
			to, err := s.host.resolve(a)
			if err != nil {
				return err
			}
			all = append(all, to...)
			s.setNotify(to, s.args.notify[operand])
		}
	}
	s.addRecipients(all...)
	return nil
}

// setNotify sets NOTIFY of recipients, unless they have one of another operand.
func (s *sendmail) setNotify(to []address.Address, notify string) {
	for _, a := range to {
		if mailbox := a.Mailbox(); notify != "" && s.envelope.Notify[mailbox] == "" {
			s.envelope.Notify[mailbox] = notify
		}
	}
}

// parseLocal parses a list of addresses in an argument.
func parseLocal(where, text string) ([]address.Address, error) {
	if at := strings.IndexFunc(text, unicode.IsControl); at >= 0 {
		return nil, addressError(where, &address.Error{Input: text, Offset: at, Reason: "control character"})
	}
	list, err := address.ParseLocal(text)
	if err != nil {
		return nil, addressError(where, err)
	}
	return list, nil
}

// setSender sets the envelope sender to that of -f.
func (s *sendmail) setSender() error {
	text := strings.TrimSpace(s.args.sender)
	s.hasSender = s.args.hasSender
	if text == "" || text == "<>" {
		return nil
	}
	list, err := parseLocal("-f", text)
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return usage("-f: must be one address")
	}
	s.envelope.From = s.sender(list[0]).Mailbox()
	return nil
}

// readMessage reads the message, repairs it, and rewrites the addresses in its
// header.
func (s *sendmail) readMessage() (*repair.Message, error) {
	m, err := s.readRepaired(s.in, repair.Options{
		Rewrite: s.rewrite, Missing: s.missing, Once: s.line.mailx != nil,
	})
	switch {
	case s.err != nil:
		err = s.err
	case errors.Is(err, message.ErrEmpty), errors.Is(err, message.ErrHeader):
		err = (&failure{err: err}).withHint("check the program that writes the message")
	case errors.Is(err, buffer.ErrFile):
		err = &failure{code: exitCantCreate, err: err}
	}
	if err != nil {
		if m != nil {
			m.Close()
		}
		return nil, err
	}
	return m, nil
}

// logNote notes something that does not concern a single mail, also in the log:
// programs such as cron discard standard error.
func (c *call) logNote(text string) {
	c.note("%s", text)
	where := c.mail.settings.Log
	c.noteLog(where, c.logTo(where, false, maillog.Field{Key: "note", Value: text}))
}
