package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// sendData writes the content after 354 and nothing else, and commits it with
// the dot.
func (t *transaction) sendData(ctx context.Context, content io.WriterTo) (err error) {
	c := t.c
	if t.data.Code == 0 { // it was not in the flight
		if t.data, err = c.command(ctx, StageData, "DATA"); err != nil {
			return err
		}
	}
	if t.data.Code != 354 {
		err := c.refused(StageData, t.data)
		if err.Kind == KindProtocol {
			c.drop()
		}
		return err
	}
	if err := c.quiet(ctx, StageContent); err != nil {
		return err
	}
	c.groups++
	w := t.writer(func(p []byte) error {
		_, err := c.write(p, c.wait(StageContent))
		return err
	})
	w.stuff = true
	if err := t.pour(ctx, content, w, t.unanswered); err != nil {
		return err
	}
	tail, err := w.end()
	if err != nil {
		return t.unsendable(err)
	}
	c.trace(DirSent, StageContent, fmt.Sprintf("%d octets", w.size))
	return t.commit(ctx, tail, ".\r\n")
}

// writer checks the content for what the server cannot take.
func (t *transaction) writer(out func([]byte) error) *contentWriter {
	w := newContentWriter(out)
	w.limit = t.c.sizeLimit()
	w.sevenly = !t.e.EightBitKnown && !t.c.offers("8BITMIME")
	return w
}

// errNoReturn is of a WriteTo that was left by runtime.Goexit.
var errNoReturn = errors.New("the content was not written to its end")

// pour lets the content write itself while heard listens to the server: its
// error ends the pouring at once, even when the content waits for its source. A
// panic of the content is the caller's own, who could not catch it elsewhere.
func (t *transaction) pour(ctx context.Context, content io.WriterTo, w *contentWriter, heard func(context.Context) error) error {
	c := t.c
	t.content = true
	type outcome struct {
		err   error
		panic any
	}
	done := make(chan outcome, 1)
	go func() {
		end := outcome{err: errNoReturn}
		defer func() {
			end.panic = recover()
			done <- end
		}()
		_, end.err = content.WriteTo(w)
	}()
	for {
		select {
		case end := <-done:
			c.addTime(StageContent)
			if end.panic != nil {
				c.drop()
				panic(end.panic)
			}
			err := end.err
			if err == nil {
				err = w.err() // a WriteTo that hides it must not commit
			}
			if err == nil {
				return heard(ctx)
			}
			return t.stopped(ctx, w, err, heard)
		case <-c.in.grown:
			if err := heard(ctx); err != nil {
				c.addTime(StageContent)
				return err
			}
		case <-ctx.Done():
			c.drop()
			return c.lost(ctx, StageContent, ctx.Err())
		}
	}
}

// unanswered holds that the server says nothing while content is written.
func (t *transaction) unanswered(ctx context.Context) error {
	if err := t.c.quiet(ctx, StageContent); err != nil {
		return err
	}
	return t.connected(ctx)
}

// connected holds that the server is still there.
func (t *transaction) connected(ctx context.Context) error {
	c := t.c
	if err := c.in.over(); err != nil {
		c.drop()
		return c.lost(ctx, StageContent, err)
	}
	return nil
}

// stopped says why the content could not be written whole. The connection is
// dropped: without the dot nothing is delivered.
func (t *transaction) stopped(ctx context.Context, w *contentWriter, err error, heard func(context.Context) error) error {
	c := t.c
	if w.lost == nil && ctx.Err() == nil {
		return t.unsendable(err)
	}
	defer c.drop()
	if w.lost != nil {
		err = w.lost
	}
	return t.lastWords(ctx, err, heard)
}

// lastWords is what the server said before a write failed, else the failure.
func (t *transaction) lastWords(ctx context.Context, err error, heard func(context.Context) error) error {
	c := t.c
	if !errors.Is(err, os.ErrDeadlineExceeded) { // the reading is about to end too
		timer := time.NewTimer(time.Second)
		defer timer.Stop()
		select {
		case <-c.in.ended:
		case <-timer.C:
		}
	}
	if c.in.waiting() && ctx.Err() == nil {
		if err := heard(ctx); err != nil {
			return err
		}
	}
	return c.lost(ctx, StageContent, err)
}

// unsendable is the error of content that failed or must not be sent.
func (t *transaction) unsendable(err error) error {
	t.c.drop()
	t.c.note(StageContent, "dropped without the end of data: "+err.Error())
	return t.c.fail(StageContent, KindBadMessage, Reply{}, err)
}

// graceWait is how long a cancelled context still waits for the reply to the dot.
const graceWait = 10 * time.Second

// commit writes the last octets of the content and what ends it. From here on
// the mail may have been delivered.
func (t *transaction) commit(ctx context.Context, tail []byte, end string) error {
	c := t.c
	c.mu.Lock()
	if ctx.Err() != nil {
		c.mu.Unlock()
		c.drop()
		return c.lost(ctx, StageContent, ctx.Err())
	}
	c.committed = true
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.committed = false
		c.mu.Unlock()
	}()
	grace, cancel := afterGrace(ctx)
	defer cancel()

	tail = append(tail, end...)
	ended := len(tail)
	if end != "" {
		c.trace(DirSent, StageDot, ".")
	}
	if t.e.QuitAfter && c.offers("PIPELINING") {
		tail = append(tail, "QUIT\r\n"...)
		c.trace(DirSent, StageQuit, "QUIT")
		c.quit = true
	}
	if n, err := c.write(tail, c.wait(StageContent)); err != nil && n < ended {
		defer c.drop()
		return t.lastWords(grace, err, t.unanswered)
	}
	return t.committed(grace)
}

// afterGrace ends a while after ctx does.
func afterGrace(ctx context.Context) (grace context.Context, cancel func()) {
	grace, end := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(graceWait)
		defer timer.Stop()
		select {
		case <-timer.C:
			end(context.Cause(ctx))
		case <-grace.Done():
		}
	})
	return grace, func() {
		stop()
		end(nil)
	}
}

// committed reads the reply to the end of data: one, or over LMTP one for each
// accepted recipient (RFC 2033 §4.2).
func (t *transaction) committed(ctx context.Context) error {
	c := t.c
	for i := range t.to {
		if t.states[i] != taken {
			continue
		}
		reply, err := c.reply(ctx, StageDot)
		if err != nil {
			return t.unknown(err)
		}
		if class := reply.class(); class != 2 && class != 4 && class != 5 {
			defer c.drop()
			return t.unknown(c.refused(StageDot, reply))
		}
		if c.server.LMTP {
			t.settle(i, reply)
			continue
		}
		c.dirty = reply.class() != 2
		if reply.class() != 2 {
			return c.refused(StageDot, reply)
		}
		for j := range t.to {
			if t.states[j] == taken {
				t.settle(j, reply)
			}
		}
		return nil
	}
	c.dirty = false
	return nil
}

// unknown says that nobody knows whether the mail was delivered.
func (t *transaction) unknown(err error) error {
	e := asError(err)
	id := ""
	if t.e.MessageID != "" {
		id = " " + t.e.MessageID
	}
	e.Uncertain = true
	e.Err = fmt.Errorf("outcome unknown: the mail%s may have been delivered: %w", id, e.Err)
	return e
}
