package wire

import (
	"context"
	"fmt"
	"os"
	"time"
)

// maxChunks is how many chunks may wait for their replies if the server offers
// PIPELINING (RFC 3030 §4.2).
const maxChunks = 8

// A chunkWriter sends content as chunks of BDAT (RFC 3030 §2). The content
// writes chunks in one goroutine, and the transaction reads the replies in
// another.
type chunkWriter struct {
	t *transaction
	// window has an element for each chunk whose reply was not read completely.
	window chan struct{}
	// chunks are those whose replies did not begin, oldest first.
	chunks chan []byte
}

// sendChunks sends the content with BDAT. The last chunk is the commit: it is
// written when all others were accepted.
func (t *transaction) sendChunks(ctx context.Context) error {
	chunks := chunkWriter{t, make(chan struct{}, 1), make(chan []byte, maxChunks)}
	if t.c.pipelines() {
		chunks.window = make(chan struct{}, maxChunks)
	}
	w := newContentWriter(chunks.write)
	t.onInput = chunks.onInput
	rest, err := t.transfer(ctx, w)
	if err != nil {
		return err
	}
	if err := chunks.wait(ctx); err != nil {
		return err
	}
	if err := t.beforeEnd(ctx); err != nil {
		return err
	}
	t.c.groups++
	last := append(fmt.Appendf(nil, "BDAT %d LAST\r\n", len(rest)), rest...)
	return t.commit(ctx, last, func() {
		t.c.trace(DirSent, StageContent, fmt.Sprintf("BDAT %d LAST, %d octets in all", len(rest), w.size))
		t.c.traceContent(rest)
	})
}

// write sends p in chunks of a size that the server can read within one timeout.
func (w *chunkWriter) write(p []byte) error {
	for len(p) > 0 {
		n := min(len(p), octetsPerTimeout)
		if err := w.writeChunk(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// writeChunk sends a chunk that is not the last one, when the window has room.
func (w *chunkWriter) writeChunk(p []byte) error {
	timeout := w.t.c.timeout(StageContent)
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case w.window <- struct{}{}:
	case <-w.t.c.in.stop:
		return errClosed
	case <-timer.C:
		return os.ErrDeadlineExceeded
	}
	command := fmt.Appendf(make([]byte, 0, len("BDAT 1234567\r\n")+len(p)), "BDAT %d\r\n", len(p))
	chunk := append(command, p...)
	w.chunks <- chunk[len(command):]
	_, err := w.t.c.write(chunk, timeout)
	return err
}

// onInput reads the replies that have begun to arrive.
func (w *chunkWriter) onInput(ctx context.Context) error {
	// Look for input first: a chunk may be written and answered at any moment, so
	// the other order could take its reply for an unsolicited one.
	for w.t.c.in.hasInput() {
		if len(w.chunks) == 0 {
			return w.t.expectWaiting(ctx)
		}
		if err := w.readReply(ctx); err != nil {
			return err
		}
	}
	return w.t.expectOpen(ctx)
}

// wait reads the replies to all chunks that were written.
func (w *chunkWriter) wait(ctx context.Context) error {
	for len(w.window) > 0 {
		if err := w.readReply(ctx); err != nil {
			return err
		}
	}
	return nil
}

// readReply reads the reply to the oldest chunk. Its command is traced here too,
// because the goroutine of the content must not call Trace. An error drops the
// connection, since the content may still be writing.
func (w *chunkWriter) readReply(ctx context.Context) error {
	chunk := <-w.chunks
	w.t.c.trace(DirSent, StageContent, fmt.Sprintf("BDAT %d", len(chunk)))
	w.t.c.traceContent(chunk)
	reply, err := w.t.c.reply(ctx, StageContent)
	if err == nil && reply.class() != 2 {
		err = w.t.c.refused(StageContent, reply)
	}
	if err != nil {
		w.t.c.drop()
		return err
	}
	<-w.window
	return nil
}
