package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/message"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// A deliveryRequest is what the flags of deliver and send say about one mail.
type deliveryRequest struct {
	*call
	config   *config.Config
	settings *config.Settings
	envelope wire.Envelope
	sender   bool // -f was given
	asked    bool // a person sits at the terminal and waits for the answer
	chart    *chartFile
	abandon  func()       // before a signal ends a delivery; nil: nothing
	receipt  wire.Receipt // after deliver
}

// runDeliver carries the message on standard input to a server.
func runDeliver(c *call) error {
	d, err := c.newDeliveryRequest()
	if err != nil {
		return err
	}
	if c.flags.Bool("probe") {
		return d.probe()
	}
	var operands []address.Address
	for _, operand := range c.line.operands() {
		a, err := address.Parse(operand)
		if err != nil {
			return recipientError(operand, err)
		}
		operands = append(operands, a)
	}
	d.addRecipients(operands...)
	if stdio.IsTerminal(c.Stdin) {
		c.note("reading a message from the terminal; Ctrl-D on a line of its own ends it")
	}
	stdio.Enlarge(c.Stdin)
	in := stdio.NewInput(c.Stdin)
	m, err := message.Read(in, message.Options{
		Hold:           c.flags.Bool("hold"),
		AllowTruncated: c.flags.Bool("allow-truncated"),
		Size:           max(in.Size, 0),
	})
	if errors.Is(err, message.ErrEmpty) && c.flags.Bool("skip-empty") {
		return nil
	}
	if err != nil {
		return err
	}
	defer m.Close()
	if len(d.envelope.To) == 0 || c.flags.Bool("t") {
		list, err := m.Recipients()
		if err != nil && !(errors.Is(err, message.ErrRecipient) && len(d.envelope.To) > 0) {
			return err
		}
		d.addRecipients(list...)
	}
	return d.deliver(m)
}

// newDeliveryRequest reads the flags and the configuration. No server was called yet.
func (c *call) newDeliveryRequest() (*deliveryRequest, error) {
	d := &deliveryRequest{call: c}
	var err error
	if d.config, err = c.loadConfig(); err != nil {
		return nil, err
	}
	if err := d.settle(""); err != nil { // wrong flags are told before anything is read
		return nil, err
	}
	if err := d.readEnvelope(); err != nil {
		return nil, err
	}
	if report := c.flags.String("report"); c.flags.IsSet("report") && report != "text" && report != "json" {
		return nil, usage("--report \"%s\" is neither text nor json", termtext.Line(report))
	}
	return d, nil
}

func (d *deliveryRequest) settle(from string) (err error) {
	d.settings, err = d.call.settle(d.config, from, func(name string) string {
		if name == "MAILPIPE_FROM" {
			return "" // of no concern for a server
		}
		return d.Getenv(name)
	})
	return err
}

// readEnvelope reads the flags that end up in MAIL and RCPT.
func (d *deliveryRequest) readEnvelope() error {
	e := &d.envelope
	if d.flags.IsSet("envelope-from") {
		d.sender = true
		if from := strings.TrimSpace(d.flags.String("envelope-from")); from != "<>" {
			a, err := addressOf("--envelope-from", from, address.Parse)
			if err != nil {
				return err
			}
			e.From = a.Mailbox()
			e.UTF8 = needsUTF8(a)
		}
	}
	switch partial := d.flags.String("partial"); {
	case partial == "refuse":
		e.AllOrNothing = true
	case partial != "accept" && d.flags.IsSet("partial"):
		return usage("--partial \"%s\" is neither accept nor refuse", termtext.Line(partial))
	}
	switch ret := strings.ToUpper(d.flags.String("ret")); {
	case ret == "FULL", ret == "HDRS", !d.flags.IsSet("ret"):
		e.DSN.Return = ret
	default:
		return usage("--ret \"%s\" is neither full nor hdrs", termtext.Line(d.flags.String("ret")))
	}
	if d.flags.IsSet("notify") {
		notify := strings.ToUpper(d.flags.String("notify"))
		for _, word := range strings.Split(notify, ",") {
			if !slices.Contains([]string{"SUCCESS", "FAILURE", "DELAY", "NEVER"}, word) || word == "NEVER" && notify != word {
				return usage("--notify \"%s\" is no list of success, failure, delay, nor never", termtext.Line(d.flags.String("notify")))
			}
		}
		e.DSN.Notify = notify
	}
	if e.DSN.EnvelopeID = d.flags.String("envid"); d.flags.IsSet("envid") {
		if e.DSN.EnvelopeID == "" || len(e.DSN.EnvelopeID) > 100 || strings.ContainsFunc(e.DSN.EnvelopeID, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return usage("--envid \"%s\" is not 1 to 100 printable ASCII characters", termtext.Line(e.DSN.EnvelopeID))
		}
	}
	e.Chunking = d.flags.Bool("chunking")
	return nil
}

// addRecipients adds those that are not there yet.
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
		if d.envelope.UTF8 == "" {
			d.envelope.UTF8 = needsUTF8(a)
		}
	}
}

// needsUTF8 names an address that needs SMTPUTF8, or "".
func needsUTF8(a address.Address) string {
	if a.UTF8() {
		return a.Mailbox()
	}
	return ""
}

// deliver carries m to the recipients of the envelope.
func (d *deliveryRequest) deliver(m *message.Message) error {
	if err := d.describe(m); err != nil {
		return err
	}
	if err := d.settle(authorOf(m)); err != nil {
		return err
	}
	if d.flags.Bool("dry-run") {
		return d.dryRun(m)
	}
	servers, err := d.servers()
	if err != nil {
		return err
	}
	h := signals.New(d.abandon)
	defer h.Stop()
	receipt, err := wire.Deliver(h.Context(), servers, d.envelope, watchedMessage{m, h.Postpone})
	d.receipt = receipt
	if !decided(receipt, err) {
		h.Raise()
	}
	d.drawChart(receipt)
	if reportErr := d.report(receipt); err == nil && reportErr != nil && !stdio.ReaderGone(reportErr) {
		d.note("the mail was accepted, but not all could be told: %s", reportErr)
	}
	return d.outcome(receipt, err, m)
}

// describe fills in what the envelope needs to know of the message.
func (d *deliveryRequest) describe(m *message.Message) error {
	e := &d.envelope
	if !d.sender {
		from, err := m.Sender()
		if err != nil {
			return err
		}
		e.From = from.Mailbox()
		if e.UTF8 == "" {
			e.UTF8 = needsUTF8(from)
		}
	}
	if e.UTF8 == "" {
		e.UTF8 = m.UTF8()
	}
	e.Size = -1
	if n, known := m.Size(); known {
		e.Size = n
	}
	e.EightBit, e.EightBitKnown = m.EightBit()
	e.MessageID = m.MessageID()
	return nil
}

// authorOf returns the mailbox of From, which may choose an account.
func authorOf(m *message.Message) string {
	from, _ := m.Header.Get("From")
	list, err := address.ParseHeader(from.Value())
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0].Mailbox()
}

// decided reports whether a recipient has the mail, or may have it, or the
// server has answered the final dot. The exit status then says more than a
// signal.
func decided(r wire.Receipt, err error) bool {
	if e := dialogueError(err); e != nil && e.Stage == wire.StageDot {
		return true
	}
	return slices.ContainsFunc(r.Recipients, func(to wire.Recipient) bool {
		return to.Outcome == wire.OutcomeAccepted || to.Outcome == wire.OutcomeUnknown
	})
}

// A watchedMessage is the content of a delivery. It calls whole when all of the
// content has been handed to wire: until then, no final dot can have been
// written. Its WriteTo runs in goroutines of wire and message, so it returns a
// panic as an error.
type watchedMessage struct {
	*message.Message
	whole func()
}

func (c watchedMessage) WriteTo(w io.Writer) (n int64, err error) {
	err = protect(func() (err error) {
		n, err = c.Message.WriteTo(protectedWriter{w})
		return err
	})
	if err == nil {
		c.whole()
	}
	return n, err
}

// dryRun does everything but the network.
func (d *deliveryRequest) dryRun(m *message.Message) error {
	if _, err := tlsConfig(d.settings); err != nil {
		return err
	}
	if _, err := m.WriteTo(io.Discard); err != nil {
		return err
	}
	var b strings.Builder
	from := d.envelope.From
	if from == "" {
		from = "<>"
	}
	fmt.Fprintf(&b, "from\t%s\n", from)
	for _, to := range d.envelope.To {
		fmt.Fprintf(&b, "to\t%s\n", to)
	}
	if d.envelope.Size < 0 {
		b.WriteString("size\tunknown\n")
	} else {
		fmt.Fprintf(&b, "size\t%d\n", d.envelope.Size)
	}
	_, err := io.WriteString(d.out, b.String())
	return err
}
