package cli

import (
	"io"
	"os"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/buffer"
	"mailpipe/internal/message"
	"mailpipe/internal/prompt"
	"mailpipe/internal/spool"
)

// runSend composes and delivers in one process. The message goes through a pipe
// to the reader of deliver, so that it passes the same checks.
func runSend(c *call) error {
	request, err := c.newDeliveryRequest()
	if err != nil {
		return err
	}
	if err := request.showProgress(); err != nil {
		return err
	}
	if c.flags.Bool("probe") {
		return request.probe()
	}
	d, err := c.newDraft()
	if err != nil {
		return err
	}
	defer d.Close()
	d.servers = func() string { return request.serverNames(d.message.From) }
	if err := d.complete(); err != nil {
		return err
	}
	request.attended = d.attended
	d.message.CRLF = true // as in SMTP, so that Plan.Size is exact
	typed := d.typed()
	plan, err := d.plan()
	if err != nil || plan == nil {
		return d.saveText(err)
	}
	send := func(r io.Reader) error { return request.send(r, plan) }
	if typed {
		return request.sendTyped(d, plan, send)
	}
	return pipe(plan, send)
}

// pipe writes a message while send reads it.
func pipe(plan *compose.Plan, send func(io.Reader) error) error {
	r, w := io.Pipe()
	defer r.Close()
	go func() {
		w.CloseWithError(protect(func() error {
			_, err := plan.WriteTo(w)
			return err
		}))
	}()
	return send(r)
}

// sendTyped sends a message whose text exists nowhere else. The whole message
// is kept before connecting. If it is not sent, it is saved.
func (d *deliveryRequest) sendTyped(typed *draft, plan *compose.Plan, send func(io.Reader) error) error {
	var mail buffer.Store
	defer mail.Close()
	if _, err := plan.WriteTo(&mail); err != nil {
		return typed.saveText(err)
	}
	typed.textIsSafe()
	d.onSignal = func(os.Signal) {
		d.explain(&failure{err: prompt.ErrAborted, details: d.save(&mail, spool.Held)})
	}
	return d.saveUnsent(&mail, send(mail.Reader()))
}

// serverNames returns the servers for a mail of this author.
func (d *deliveryRequest) serverNames(from compose.Address) string {
	if err := d.settle(address.Address(from).Mailbox()); err != nil {
		return "unknown: " + err.Error() // which the delivery reports too
	}
	var names []string
	for _, server := range d.settings.Servers {
		names = append(names, server.Name)
	}
	return strings.Join(names, ", ")
}

// send delivers the message of plan, which is read from r, to the recipients in
// its header.
func (d *deliveryRequest) send(r io.Reader, plan *compose.Plan) error {
	size, _ := plan.Size()
	again, _ := r.(io.Seeker)
	r = d.counted(r, "reading the text and the files", size)
	m, err := message.Read(r, message.Options{Hold: d.flags.Bool("hold"), Size: size, CRLF: true, Again: again})
	if err != nil {
		return err
	}
	defer m.Close()
	to, err := m.Recipients()
	if err != nil {
		return err
	}
	d.addRecipients(to...)
	return d.deliver(m)
}
