package cli

import (
	"os"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/message"
	"mailpipe/internal/progress"
	"mailpipe/internal/repair"
	"mailpipe/internal/report"
	"mailpipe/internal/signals"
	"mailpipe/internal/spool"
	"mailpipe/internal/submit"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// A deliveryRequest is the delivery of one mail as the flags of deliver and send
// request it.
type deliveryRequest struct {
	*call
	config    *config.Config
	settings  *config.Settings
	envelope  wire.Envelope
	hasSender bool   // -f was given
	format    string // of --report, or empty
	attended  bool   // a person at a terminal waits for the outcome
	chart     *chartFile
	onSignal  func(os.Signal) // runs before a signal ends the process; may be nil
	signals   *signals.Handler
	receipt   wire.Receipt // set by deliver
	retryFor  time.Duration
	maxAge    time.Duration // 0: the default
	unknown   string        // "retry" or "hold"
	keeper    *keeper
	repairs   []string         // what was repaired, for the log
	repaired  *message.Message // with --repair, the message
	converted *repair.Message  // the same for a server without 8BITMIME or SMTPUTF8
	reading   *progress.Stage  // counts the input; nil: a person types it
	size      int64            // of what is sent, for the progress; 0 or less: unknown
	onFail    string           // who gets the bounce; empty: the sender
	shared    []spool.Flag     // those of the mail in a spool that other machines use
}

// newDeliveryRequest reads the flags and the configuration. It does not connect.
func (c *call) newDeliveryRequest() (*deliveryRequest, error) {
	if c.flags.Bool("probe") && c.flags.Bool("dry-run") {
		return nil, usage("--probe and --dry-run exclude each other")
	}
	all, err := c.loadConfig()
	if err != nil {
		return nil, err
	}
	d := &deliveryRequest{call: c, config: all}
	c.mail = d
	if err := d.settle(""); err != nil {
		return nil, err
	}
	if err := d.checkChart(); err != nil {
		return nil, err
	}
	if err := d.readSender(); err != nil {
		return nil, err
	}
	if err := d.readSpoolFlags(); err != nil {
		return nil, err
	}
	return d, d.readEnvelope()
}

// settle finds the settings in force for an author, who may select an account;
// "" means that the author is not known yet.
func (d *deliveryRequest) settle(author string) (err error) {
	if d.settings, err = d.call.settle(d.config, author, "MAILPIPE_FROM"); err != nil {
		return err
	}
	if err := checkSpools(d.settings); err != nil || !d.hasShared() {
		return err
	}
	return d.shareFlags()
}

// readSender reads the envelope sender from --envelope-from.
func (d *deliveryRequest) readSender() error {
	if !d.flags.IsSet("envelope-from") {
		return nil
	}
	d.hasSender = true
	from := strings.TrimSpace(d.flags.String("envelope-from"))
	if from == "<>" {
		return nil
	}
	a, err := addressOf("--envelope-from", from, address.Parse)
	if err != nil {
		return err
	}
	d.envelope.From = a.Mailbox()
	return nil
}

// readEnvelope reads the other flags of the envelope, and checks --report.
func (d *deliveryRequest) readEnvelope() error {
	format, err := d.choice("report", "text", report.JSON)
	if err != nil {
		return err
	}
	partial, err := d.choice("partial", "accept", "refuse")
	if err != nil {
		return err
	}
	ret, err := d.choice("ret", "full", "hdrs")
	if err != nil {
		return err
	}
	notify := d.flags.String("notify")
	if d.flags.IsSet("notify") && !submit.IsNotify(notify) {
		return usage(`--notify "%s": must be never, or a list of success, failure, delay`, termtext.Line(notify))
	}
	id := d.flags.String("envid")
	if d.flags.IsSet("envid") && !isEnvelopeID(id) {
		return usage(`--envid "%s": must be 1 to 100 printable ASCII characters (a space, + and = count as 3)`,
			termtext.Line(id))
	}
	d.format = format
	d.envelope.AllOrNothing = partial == "refuse"
	d.envelope.DSN = wire.DSN{Notify: strings.ToUpper(notify), Return: strings.ToUpper(ret), EnvelopeID: id}
	d.envelope.Chunking = d.flags.Bool("chunking")
	return nil
}

// choice returns the value of a flag in lower case, or "" if it was not given.
func (c *call) choice(flag string, values ...string) (string, error) {
	value := c.flags.String(flag)
	lower := strings.ToLower(value)
	if c.flags.IsSet(flag) && !slices.Contains(values, lower) {
		return "", usage(`--%s "%s": must be %s`, flag, termtext.Line(value), strings.Join(values, " or "))
	}
	return lower, nil
}

// isEnvelopeID reports whether s is a value of ENVID before its encoding, which
// has at most 100 octets (RFC 3461 §4.4).
func isEnvelopeID(s string) bool {
	notPrintable := func(r rune) bool { return r < ' ' || r > '~' }
	encoded := len(s) + 2*(strings.Count(s, " ")+strings.Count(s, "+")+strings.Count(s, "="))
	return s != "" && encoded <= 100 && !strings.ContainsFunc(s, notPrintable)
}

// addRecipients adds the recipients that the envelope does not have yet.
func (d *deliveryRequest) addRecipients(list ...address.Address) {
	seen := make(map[string]bool, len(d.envelope.To)+len(list))
	for _, to := range d.envelope.To {
		seen[to] = true
	}
	for _, a := range list {
		mailbox := a.Mailbox()
		if seen[mailbox] {
			continue
		}
		seen[mailbox] = true
		d.envelope.To = append(d.envelope.To, mailbox)
	}
}

// readMessage completes the envelope with what it takes from the message.
func (d *deliveryRequest) readMessage(m *message.Message) error {
	e := &d.envelope
	if !d.hasSender {
		from, err := m.Sender()
		if err != nil {
			return err
		}
		e.From = from.Mailbox()
	}
	e.UTF8 = m.UTF8()
	e.Size = -1
	if n, known := m.Size(); known {
		e.Size = n
	}
	e.EightBit, e.EightBitKnown = m.EightBit()
	e.MessageID = m.MessageID()
	return nil
}
