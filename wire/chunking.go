package wire

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// maxChunks is how many chunks may wait for their replies where the server
// offers PIPELINING (RFC 3030 §4.2).
const maxChunks = 8

// sendChunks writes the content with BDAT. The last chunk is the commit: it is
// written when all others were accepted.
func (t *transaction) sendChunks(ctx context.Context, content io.WriterTo) error {
	c := t.c
	window := make(chan struct{}, 1)
	if c.offers("PIPELINING") {
		window = make(chan struct{}, maxChunks)
	}
	if err := c.quiet(ctx, StageContent); err != nil {
		return err
	}
	sizes := make(chan int, maxChunks+1) // of the chunks in the window
	w := t.writer(func(p []byte) error {
		for len(p) > 0 {
			chunk := p[:min(len(p), maxPiece)] // its reply has one wait
			if err := c.writeChunk(chunk, window, sizes); err != nil {
				return err
			}
			p = p[len(chunk):]
		}
		return nil
	})
	// The reader of replies gives way to one chunk more for each. What came while
	// no chunk was on its way is unasked; it is looked at before the chunks are,
	// since one may be written and answered between the two looks.
	answered := func(ctx context.Context) error {
		for c.in.waiting() {
			if len(sizes) == 0 {
				return t.unanswered(ctx)
			}
			if err := c.chunkReply(ctx, <-sizes); err != nil {
				return err
			}
			<-window
		}
		return t.connected(ctx)
	}
	if err := t.pour(ctx, content, w, answered); err != nil {
		return err
	}
	tail, err := w.end()
	if err != nil {
		return t.unsendable(err)
	}
	for ; len(window) > 0; <-window {
		if err := c.chunkReply(ctx, <-sizes); err != nil {
			return err
		}
	}
	if err := c.quiet(ctx, StageContent); err != nil {
		return err
	}
	c.groups++
	c.trace(DirSent, StageContent, fmt.Sprintf("BDAT %d LAST, %d octets in all", len(tail), w.size))
	return t.commit(ctx, append(fmt.Appendf(nil, "BDAT %d LAST\r\n", len(tail)), tail...), "")
}

// writeChunk writes a chunk that others follow, when there is room for it.
func (c *Client) writeChunk(p []byte, window chan struct{}, sizes chan int) error {
	timer := time.NewTimer(c.wait(StageContent))
	defer timer.Stop()
	select {
	case window <- struct{}{}:
	case <-c.in.stop:
		return errClosed
	case <-timer.C:
		return os.ErrDeadlineExceeded
	}
	sizes <- len(p)
	_, err := c.write(append(fmt.Appendf(make([]byte, 0, len(p)+32), "BDAT %d\r\n", len(p)), p...), c.wait(StageContent))
	return err
}

// chunkReply takes the reply to one chunk. An error drops the connection: the
// content may still be at work.
func (c *Client) chunkReply(ctx context.Context, size int) error {
	c.trace(DirSent, StageContent, fmt.Sprintf("BDAT %d", size))
	reply, err := c.reply(ctx, StageContent)
	if err == nil && reply.class() != 2 {
		err = c.refused(StageContent, reply)
	}
	if err != nil {
		c.drop()
	}
	return err
}
