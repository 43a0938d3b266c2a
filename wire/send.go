package wire

import (
	"context"
	"errors"
	"io"
)

// Send sends one message in one transaction. If there are more recipients than
// the server accepts (see Limit), the others are OutcomeDeferred in the Receipt.
//
// Send calls content.WriteTo once, in a goroutine of its own, or not at all if
// the server refuses the envelope. The content is a complete message with LF or
// CRLF line endings; Send converts them to CRLF, and doubles dots as DATA
// requires. If WriteTo returns nil, the message is committed. If it returns an
// error, the connection is closed before the end of the message. A panic in
// WriteTo is re-raised in the goroutine of the caller.
//
// The error is of type *Error, and nil only if the server accepted the message
// for all recipients. If it accepted the message for some only, the error is
// KindPermanent, as in Deliver. The Receipt is valid in any case.
//
// When ctx ends, Send ends as Deliver does. Then the Client cannot be used again.
//
// After any other error the Client may still be usable for another message. If
// it is not, Send returns an error at once. The caller closes it with Quit or
// Close.
func (c *Client) Send(ctx context.Context, e Envelope, content io.WriterTo) (Receipt, error) {
	to := newRecipients(e.To)
	source := newReplay(content)
	err := checkMessage(&e, content)
	if err == nil {
		err = c.transact(ctx, e, to, source)
	}
	to.markFailed(err)
	if c.quit {
		c.Quit()
	}
	receipt := Receipt{Server: c.server.Name, Recipients: to.list(), ContentDone: source.done}
	receipt.addClient(c)
	return receipt, to.verdict(c.server.Name, err)
}

// checkMessage returns an error for invalid arguments, and completes e.
func checkMessage(e *Envelope, content io.WriterTo) error {
	if err := e.check(); err != nil {
		return &Error{Stage: StageMail, Kind: KindInvalidArgument, Err: err}
	}
	if content == nil {
		return &Error{Stage: StageContent, Kind: KindInvalidArgument, Err: errors.New("no content")}
	}
	e.UTF8 = e.needsUTF8()
	return nil
}

// transact is Send without its checks and its Receipt.
func (c *Client) transact(ctx context.Context, e Envelope, to recipients, content *replay) error {
	if !c.open {
		return c.fail(StageMail, KindTemporary, Reply{}, errors.New("the connection is closed"))
	}
	t := c.begin(ctx, e, to, content)
	defer t.unwatch()
	err := t.sendEnvelope(ctx)
	if e.QuitAfter && !to.has(retry) {
		t.follow = c.quitCommand
	}
	to.deferRetries()
	if err == nil {
		err = t.checkAllOrNothing()
	}
	if err == nil {
		err = t.sendContent(ctx)
	}
	return err
}
