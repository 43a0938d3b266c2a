package wire

import (
	"context"
	"fmt"
)

// sendData sends DATA, unless it was sent with the envelope, then the content,
// and then the final dot as the commit.
func (t *transaction) sendData(ctx context.Context) error {
	if err := t.startData(ctx); err != nil {
		return err
	}
	c := t.c
	w := newContentWriter(func(p []byte) error {
		c.traceContent(p)
		_, err := c.write(p, c.timeout(StageContent))
		return err
	})
	w.stuff = true
	t.onInput = t.expectWaiting
	rest, err := t.transfer(ctx, w)
	if err != nil {
		return err
	}
	c.traceContent(rest)
	c.trace(DirSent, StageContent, fmt.Sprintf("%d octets", w.size))
	if err := t.beforeEnd(ctx); err != nil {
		return err
	}
	return t.commit(ctx, append(rest, ".\r\n"...), func() { c.trace(DirSent, StageDot, ".") })
}

// startData makes sure that the server waits for content. Only 354 means that.
func (t *transaction) startData(ctx context.Context) error {
	c := t.c
	if t.dataReply.Code == 0 {
		reply, err := c.command(ctx, StageData, "DATA")
		if err != nil {
			return err
		}
		t.dataReply = reply
	}
	if t.dataReply.Code == 354 {
		return nil
	}
	err := c.refused(StageData, t.dataReply)
	if err.Kind == KindProtocol {
		c.drop()
	}
	return err
}
