package wire

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// errSentToNone is in the error of an envelope that goes to all or to none.
var errSentToNone = errors.New("it was sent to none")

// partial is that error when some recipients of the transaction, not all, were
// refused.
func (t *transaction) partial() error {
	if !t.e.AllOrNothing || t.count(taken) == 0 {
		return nil
	}
	var refused []Recipient
	for i, r := range t.to {
		if t.states[i] == settled {
			refused = append(refused, r)
		}
	}
	return t.c.sentToNone(refused, len(t.to))
}

// sentToNone is temporary only when every refusal was.
func (c *Client) sentToNone(refused []Recipient, all int) error {
	if len(refused) == 0 {
		return nil
	}
	kind, reply := KindTemporary, refused[0].Reply
	if i, n := find(refused, func(r Recipient) bool { return r.Outcome == OutcomeRefused }); n > 0 {
		kind, reply = KindPermanent, refused[i].Reply
	}
	return c.fail(StageRcpt, kind, reply,
		fmt.Errorf("%d of %d recipients were refused, so %w", len(refused), all, errSentToNone))
}

// askAll asks for everybody in transactions without content, before the first
// with content, when all or none are to be served and one transaction does not
// take them. Where it fails another connection may go on from there.
func (d *delivery) askAll(ctx context.Context, c *Client) error {
	defer c.watch(ctx)()
	d.stage = StageRcpt
	open, todo := slices.Clone(d.todo[:d.open]), slices.Clone(d.todo[d.open:])
	var refused []Recipient
	var err error
	for len(todo) > 0 && err == nil && !c.spent() {
		t, batch := d.batch(c, todo)
		t.e.AllOrNothing = false // it is judged over all
		err = t.ask(ctx, false)
		left := make([]int, 0, len(batch))
		for i, r := range batch {
			switch {
			case t.states[i] == settled:
				d.to[r] = t.to[i]
				refused = append(refused, t.to[i])
			case t.states[i] == again || err != nil:
				left = append(left, r)
			default:
				open = append(open, r)
			}
		}
		todo = todo[len(batch)-len(left):]
		copy(todo, left)
	}
	all := len(d.todo)
	d.asked = err == nil && len(todo) == 0
	d.decided += len(open) - d.open
	d.open = len(open)
	d.todo = append(open, todo...)
	if len(refused) == 0 || len(d.todo) == 0 {
		return err
	}
	return c.sentToNone(refused, all)
}
