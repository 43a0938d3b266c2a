package wire

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// checkAllOrNothing returns an error if the message must go to all recipients or
// none, and some were accepted, but not all.
func (t *transaction) checkAllOrNothing() error {
	if !t.e.AllOrNothing || !t.to.has(accepted) {
		return nil
	}
	return t.c.sentToNone(t.to.in(done), len(t.to))
}

var errSentToNone = errors.New("the message was sent to none")

// sentToNone returns the error for an envelope that must go to all recipients or
// none, if some were refused, else nil. It is temporary only if every refusal was.
func (c *Client) sentToNone(refused recipients, all int) error {
	if len(refused) == 0 {
		return nil
	}
	c.decide(StageRcpt, DecisionNone)
	kind, i := KindPermanent, slices.IndexFunc(refused, wasRefused)
	if i < 0 {
		kind, i = KindTemporary, 0
	}
	return c.fail(StageRcpt, kind, refused[i].Reply,
		fmt.Errorf("%d of %d recipients were refused: %w", len(refused), all, errSentToNone))
}

// mustConfirm reports whether RCPT must be sent for all recipients before the
// message is sent to any: with Envelope.AllOrNothing, if the server does not
// accept them all in one transaction.
func (d *delivery) mustConfirm(c *Client) bool {
	if !d.e.AllOrNothing {
		return false
	}
	_, fits := d.rest.first(c.limit, isPending)
	return (d.several || !fits) && slices.ContainsFunc(d.rest, isUnconfirmed)
}

func isUnconfirmed(r *recipient) bool { return r.state != done && !r.confirmed }

// confirm asks for all recipients that are not confirmed, in transactions without
// content. It returns an error if one is refused. If the server ends the session,
// another connection can continue from there.
func (d *delivery) confirm(ctx context.Context, c *Client) error {
	c.decide(StageRcpt, DecisionAsk)
	all := len(d.rest.in(pending))
	var refused recipients
	var err error
	for err == nil && c.usable() {
		batch, _ := d.rest.first(c.limit, isUnconfirmed)
		if len(batch) == 0 {
			break
		}
		err = d.ask(ctx, c, batch)
		refused = append(refused, batch.in(done)...)
	}
	if len(refused) > 0 && len(refused) < all {
		return c.sentToNone(refused, all)
	}
	return err // if all are refused, their replies say it all
}

// ask asks for the recipients of batch without sending content.
func (d *delivery) ask(ctx context.Context, c *Client, batch recipients) error {
	t := c.begin(ctx, d.e, batch, d.content)
	defer t.unwatch()
	defer batch.reset()
	if err := t.sendEnvelope(ctx); err != nil {
		return err
	}
	for _, r := range batch.in(accepted) {
		r.confirmed = true
	}
	return nil
}
