package cli

import (
	"errors"
	"io"
	"slices"

	"mailpipe/internal/address"
	"mailpipe/internal/advice"
	"mailpipe/internal/message"
	"mailpipe/internal/repair"
	"mailpipe/internal/report"
	"mailpipe/internal/stdio"
	"mailpipe/wire"
)

// runDeliver sends the message on standard input.
func runDeliver(c *call) error {
	d, err := c.newDeliveryRequest()
	if err != nil {
		return err
	}
	if err := d.showProgress(); err != nil {
		return err
	}
	if c.flags.Bool("probe") {
		return d.probe()
	}
	if err := d.addOperands(); err != nil {
		return err
	}
	m, err := d.readInput()
	if errors.Is(err, message.ErrEmpty) && c.flags.Bool("skip-empty") {
		return nil
	}
	if err != nil {
		return err
	}
	defer m.Close()
	if err := d.addHeaderRecipients(m); err != nil {
		return err
	}
	return d.deliver(m)
}

// addOperands adds the recipients that the operands name.
func (d *deliveryRequest) addOperands() error {
	var list []address.Address
	for _, operand := range d.line.operands() {
		a, err := address.Parse(operand)
		if err != nil {
			return addressError("recipient", err).withHint(advice.RecipientOperand(operand))
		}
		list = append(list, a)
	}
	d.addRecipients(list...)
	return nil
}

// readInput reads the message on standard input: all of it with --repair, otherwise
// as far as message.Read does.
func (d *deliveryRequest) readInput() (*message.Message, error) {
	isTyped := stdio.IsTerminal(d.Stdin)
	if isTyped {
		d.note("reading a message from the terminal; Ctrl-D on a line of its own ends it")
	}
	stdio.Enlarge(d.Stdin)
	in := stdio.NewInput(d.Stdin)
	source := io.Reader(in)
	if !isTyped {
		source = d.counted(in, "reading the message", in.Size)
	}
	allowTruncated := d.flags.Bool("allow-truncated")
	if d.flags.Bool("repair") {
		m, err := d.readRepaired(source, repair.Options{AllowTruncated: allowTruncated, Missing: d.missingFrom})
		if err != nil {
			return nil, err
		}
		if m.Cut {
			d.note("the end of a multipart was missing; it was added, but the message may be incomplete")
		}
		return m.Message, nil
	}
	return message.Read(source, message.Options{
		Hold:           d.flags.Bool("hold"),
		AllowTruncated: allowTruncated,
		Size:           max(in.Size, 0),
		Again:          again(in),
	})
}

// again returns the input if it can be read again.
func again(in *stdio.Input) io.Seeker {
	if in.Size < 0 {
		return nil
	}
	return in
}

// addHeaderRecipients adds the recipients in the header, if there are no
// operands or -t was given. With operands, the header need not have any.
func (d *deliveryRequest) addHeaderRecipients(m *message.Message) error {
	hasOperands := len(d.envelope.To) > 0
	if hasOperands && !d.flags.Bool("t") {
		return nil
	}
	list, err := m.Recipients()
	if hasOperands && errors.Is(err, message.ErrRecipient) {
		return nil
	}
	d.addRecipients(list...)
	return err
}

// deliver sends m to the recipients of the envelope.
func (d *deliveryRequest) deliver(m *message.Message) error {
	if err := d.readMessage(m); err != nil {
		return err
	}
	if err := d.settle(m.Header.Author().Mailbox()); err != nil {
		return err
	}
	if d.flags.Bool("dry-run") {
		return d.dryRun(m)
	}
	if err := d.checkSpool(); err != nil {
		return err
	}
	servers, err := d.servers()
	if err != nil {
		return err
	}
	if d.onSignal != nil { // it reads what an attempt writes, so the attempt ends before it
		d.signals.Postpone()
	}
	k := d.newKeeper(m, routeOf(d.settings, servers))
	defer k.close()
	c := k.newContent(m)
	defer c.Close()
	d.signals.Before(func() { c.Close() }) // which removes a draft
	defer d.closeConverted()
	if d.flags.Bool("spool-first") || d.flags.Bool("spool-only") {
		err = k.keepFirst(c)
	}
	if k.isLeft() {
		d.receipt = d.waiting(servers[0].Name, "no server was contacted")
	} else if err == nil {
		err = d.attempts(k, c)
	}
	err = k.conclude(c, err)
	d.drawChart(d.receipt.Server)
	if d.format != "" {
		reportErr := report.Receipt(d.output(), d.format, d.receipt, k.outcome())
		if err == nil && reportErr != nil && !stdio.ReaderGone(reportErr) {
			d.note("the mail was accepted, but the report could not be written: %s", reportErr)
		}
	}
	if k.entry != nil && err == nil {
		return nil
	}
	err = d.outcome(err, m)
	if err == nil {
		k.afterSuccess()
	}
	return err
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

// A watchedContent is the content of an attempt. It calls whole when all of the
// content has been handed to wire: until then, no final dot can have been
// written. Its WriteTo runs in a goroutine of wire, so it returns a panic as an
// error.
type watchedContent struct {
	io.WriterTo
	whole func()
}

func (c watchedContent) WriteTo(w io.Writer) (n int64, err error) {
	err = protect(func() (err error) {
		n, err = c.WriterTo.WriteTo(w)
		return err
	})
	if err == nil {
		c.whole()
	}
	return n, err
}

// dryRun does everything except use the network, and prints the envelope.
func (d *deliveryRequest) dryRun(m *message.Message) error {
	if _, err := readFiles(d.settings); err != nil {
		return err
	}
	if _, err := m.WriteTo(io.Discard); err != nil {
		return err
	}
	return report.Envelope(d.out, d.format, d.envelope, d.settings.Spool)
}
