package cli

import (
	"io"

	"mailpipe/compose"
	"mailpipe/internal/buffer"
	"mailpipe/internal/message"
	"mailpipe/internal/prompt"
)

// runSend composes and delivers in one process: the message goes through a
// pipe to the same reader as deliver's, so that it passes the same checks.
func runSend(c *call) error {
	request, err := c.newDeliveryRequest()
	if err != nil {
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
	d.config = request.config
	if err := d.sender(); err != nil {
		return err
	}
	if d.asks() {
		request.attended = true
		err = d.ask()
	} else {
		err = d.complete()
	}
	if err != nil {
		return err
	}
	d.message.CRLF = true // as it goes over the wire: its size is exact then
	typed := d.typed()
	plan, err := d.plan()
	if err != nil || plan == nil {
		return err
	}
	if !typed {
		r, w := io.Pipe()
		defer r.Close()
		go func() {
			w.CloseWithError(protect(func() error {
				_, err := plan.WriteTo(w)
				return err
			}))
		}()
		return request.send(r, plan)
	}
	var mail buffer.Store // whole before the server is called, and still there when it refuses
	defer mail.Close()
	if _, err := plan.WriteTo(&mail); err != nil {
		return err
	}
	request.onSignal = func() {
		explain(c.Env, c.name, &unsentError{prompt.ErrAborted, request.save(&mail)})
	}
	return request.saveUnsent(&mail, request.send(mail.Reader(), plan))
}

// send delivers what was planned, as it comes from r, to all whom it names.
func (d *deliveryRequest) send(r io.Reader, plan *compose.Plan) error {
	size, _ := plan.Size()
	m, err := message.Read(r, message.Options{Hold: d.flags.Bool("hold"), Size: size, CRLF: true})
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

// complete names all that is missing at once.
func (d *draft) complete() error {
	var lacks []string
	if d.message.From == (compose.Address{}) {
		lacks = append(lacks, lackSender)
	}
	if len(d.message.To)+len(d.message.Cc)+len(d.message.Bcc) == 0 {
		lacks = append(lacks, "a recipient (-t)")
	}
	if len(lacks) > 0 {
		return d.missing(lacks...)
	}
	return nil
}
