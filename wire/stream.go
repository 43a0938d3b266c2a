package wire

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"
)

// transfer writes the content to w, which checks it for what the server does not
// accept. It returns the rest that is to be written with the end of the content.
// An error drops the connection.
func (t *transaction) transfer(ctx context.Context, w *contentWriter) ([]byte, error) {
	if err := t.c.expectSilence(ctx, StageContent); err != nil {
		return nil, err
	}
	t.c.groups++
	w.sizeLimit = t.c.sizeLimit()
	w.sevenBitOnly = !t.e.EightBitKnown && !t.c.offers("8BITMIME")
	if err := t.stream(ctx, w); err != nil {
		return nil, err
	}
	rest, err := w.end()
	if err != nil {
		return nil, t.badContent(err)
	}
	return rest, nil
}

// stream runs WriteTo of the content while onInput watches for early replies. An
// error from onInput, or the end of ctx, stops it at once, even if WriteTo is
// blocked on its source. A panic in WriteTo is re-raised here, in the caller's
// goroutine.
func (t *transaction) stream(ctx context.Context, w *contentWriter) error {
	c := t.c
	defer c.addTime(StageContent)
	t.content.start(w)
	for {
		select {
		case <-t.content.done:
			if t.content.panicked != nil {
				c.drop()
				panic(t.content.panicked)
			}
			err := cmp.Or(t.content.err, w.err()) // WriteTo may have ignored the error of a write
			if err != nil {
				return t.streamError(ctx, w, err)
			}
			return t.onInput(ctx)
		case <-c.in.changed:
			if err := t.onInput(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			c.drop()
			return c.lost(ctx, StageContent, ctx.Err())
		}
	}
}

// expectWaiting returns an error unless the server waits for the rest of the
// content: if it sent something, or closed the connection.
func (t *transaction) expectWaiting(ctx context.Context) error {
	if err := t.c.expectSilence(ctx, StageContent); err != nil {
		return err
	}
	return t.expectOpen(ctx)
}

// expectOpen returns an error if the server closed the connection.
func (t *transaction) expectOpen(ctx context.Context) error {
	if err := t.c.in.ended(); err != nil {
		t.c.drop()
		return t.c.lost(ctx, StageContent, err)
	}
	return nil
}

// streamError returns the error for a WriteTo that failed: one of the content, or
// one of the connection. Without the end of data nothing is delivered.
func (t *transaction) streamError(ctx context.Context, w *contentWriter, err error) error {
	if w.writeErr == nil && ctx.Err() == nil {
		return t.badContent(err)
	}
	defer t.c.drop()
	if w.writeErr != nil {
		err = w.writeErr
	}
	return t.lastReply(ctx, err)
}

// lastReplyWait is the time that a reply may take to arrive after a write failed.
const lastReplyWait = time.Second

// lastReply returns the error for a write that failed. If the server said why
// before it closed the connection, that is the error.
func (t *transaction) lastReply(ctx context.Context, err error) error {
	c := t.c
	if !errors.Is(err, os.ErrDeadlineExceeded) { // the connection is broken, so reading ends soon
		timer := time.NewTimer(lastReplyWait)
		defer timer.Stop()
		select {
		case <-c.in.closed:
		case <-timer.C:
		}
	}
	if c.in.hasInput() && ctx.Err() == nil {
		if err := t.onInput(ctx); err != nil {
			return err
		}
	}
	return c.lost(ctx, StageContent, err)
}

// badContent drops the connection, and returns the error for content that failed
// or that must not be sent.
func (t *transaction) badContent(err error) error {
	t.c.drop()
	t.c.note(StageContent, "connection closed before the end of data: "+err.Error())
	if errors.Is(err, ErrEightBit) {
		err = t.c.missing(err)
	}
	return t.c.fail(StageContent, KindBadMessage, Reply{}, err)
}
