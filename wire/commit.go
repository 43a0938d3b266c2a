package wire

import (
	"context"
	"fmt"
	"time"
)

// graceTime is how long the commit may still take after ctx has ended.
const graceTime = 10 * time.Second

// beforeEnd asks for the commands that follow, and calls BeforeDot. After that the
// server must still wait for the end of the content.
func (t *transaction) beforeEnd(ctx context.Context) error {
	c := t.c
	returned := false
	defer func() {
		if !returned { // a panic of the caller's functions
			c.drop()
		}
	}()
	c.dirty = t.chunked() // the end of DATA ends the transaction, whatever the reply is (RFC 5321 §4.1.1.4)
	if t.follow != nil {
		t.following = t.follow()
	}
	var err error
	if t.e.BeforeDot != nil {
		err = t.e.BeforeDot(t.to.in(accepted).addresses())
	}
	returned = true
	if err != nil {
		return t.badContent(err)
	}
	return t.expectWaiting(ctx)
}

// commit writes the end of the content, and reads the reply to it. From here on
// the message may be delivered, so the connection is dropped only graceTime after
// ctx has ended. trace traces the end.
func (t *transaction) commit(ctx context.Context, end []byte, trace func()) error {
	c := t.c
	stopped := t.unwatch()
	if !stopped || ctx.Err() != nil {
		c.drop()
		return c.lost(ctx, StageContent, ctx.Err())
	}
	ctx, cancel := withGrace(ctx)
	defer cancel()
	defer c.watch(ctx)()

	trace()
	committed := len(end) // the message is committed when so many octets are written
	n, err := c.write(c.appendGroup(end, t.following), c.timeout(StageContent))
	if err != nil {
		defer c.drop()
	}
	if err != nil && n < committed {
		return t.lastReply(ctx, err)
	}
	return t.readOutcomes(ctx)
}

// withGrace returns a context that ends graceTime after ctx does.
func withGrace(ctx context.Context) (grace context.Context, cancel func()) {
	grace, end := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(graceTime, func() { end(context.Cause(ctx)) })
	})
	return grace, func() {
		stop()
		end(nil)
	}
}

// readOutcomes reads the reply to the end of data. LMTP has one for each
// accepted recipient, in their order (RFC 2033 §4.2).
func (t *transaction) readOutcomes(ctx context.Context) error {
	waiting := t.to.in(accepted)
	if t.c.server.LMTP {
		for _, r := range waiting {
			reply, err := t.outcome(ctx)
			if err != nil {
				return err
			}
			r.settle(StageDot, reply)
		}
		t.c.dirty = false
		return nil
	}
	reply, err := t.outcome(ctx)
	if err != nil {
		return err
	}
	if reply.class() != 2 {
		return t.c.refused(StageDot, reply)
	}
	for _, r := range waiting {
		r.settle(StageDot, reply)
	}
	t.c.dirty = false
	return nil
}

// outcome reads one reply to the end of data. Anything except 2yz, 4yz or 5yz leaves
// the outcome unknown.
func (t *transaction) outcome(ctx context.Context) (Reply, error) {
	reply, err := t.c.reply(ctx, StageDot)
	if err != nil {
		return Reply{}, t.uncertain(err)
	}
	switch reply.class() {
	case 2, 4, 5:
		return reply, nil
	}
	t.c.drop()
	return Reply{}, t.uncertain(t.c.refused(StageDot, reply))
}

// uncertain returns err as the error for a message that may have been delivered
// to the accepted recipients, and records that.
func (t *transaction) uncertain(err error) error {
	message := "the mail"
	if t.e.MessageID != "" {
		message += " " + t.e.MessageID
	}
	t.c.decide(StageDot, DecisionUnknown)
	e := asError(err)
	e.Uncertain = true
	e.Err = fmt.Errorf("outcome unknown: %s may have been delivered: %w", message, e.Err)
	t.to.in(accepted).markFailed(e)
	return e
}
