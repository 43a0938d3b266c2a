package cli

import (
	"cmp"
	"errors"
	"io"

	"mailpipe/internal/message"
	"mailpipe/wire"
)

// A content is what the attempts of a delivery send. A source that can be read only
// once is kept while it is sent. If the server stops reading, the rest of it is
// read all the same.
type content struct {
	source  io.WriterTo
	keep    *store // nil: the source can be read again, or is not needed again
	read    func() // called when the source was read completely
	started bool
	err     error // of the source
	keepErr error // why the source is not kept
}

// newContent returns the content of m, as it may be needed again by retries and by
// the spool.
func (k *keeper) newContent(m *message.Message) *content {
	c := &content{source: m, read: k.canBeKept}
	switch {
	case m.Whole():
		c.read()
	case k.d.retryFor > 0, k.spools.current() != nil && !m.Repeatable():
		c.keep = newStore(&k.spools, k.d.retryFor > 0 || k.d.flags.Bool("spool-first"))
	case m.Repeatable():
		c.read()
	}
	return c
}

// errNotRead means that a content is not kept completely.
var errNotRead = errors.New("the rest of the message was not read, because the server does not accept it")

// Close frees what was kept.
func (c *content) Close() error {
	if c.keep == nil {
		return nil
	}
	return c.keep.Close()
}

// WriteTo implements io.WriterTo.
func (c *content) WriteTo(w io.Writer) (int64, error) {
	if c.keep == nil {
		return c.source.WriteTo(w)
	}
	if c.started {
		return c.keep.WriteTo(w)
	}
	c.started = true
	t := &keepingWriter{w: w, keep: c.keep}
	n, err := c.source.WriteTo(t)
	c.err, c.keepErr = err, t.keepErr
	if err == nil && c.keepErr == nil {
		c.keepErr = c.keep.finish()
	}
	if t.err != nil {
		if errors.Is(err, t.err) { // the source was not read to its end
			c.err, c.keepErr = nil, cmp.Or(c.keepErr, errNotRead)
		}
		err = t.err
	}
	if c.err == nil {
		c.read()
	}
	return n, err
}

// complete reads what is left of the source, after an attempt whose Receipt has
// this ContentDone. It returns an error if the content cannot be written again.
func (c *content) complete(done <-chan struct{}) error {
	if done != nil {
		<-done
	}
	if c.keep != nil && !c.started {
		c.WriteTo(io.Discard)
	}
	return errors.Join(c.err, c.keepErr)
}

// A keepingWriter keeps what it writes to w. After an error of w it only keeps, and
// after an error of keep it only writes.
type keepingWriter struct {
	w            io.Writer
	keep         io.Writer
	err, keepErr error
}

func (t *keepingWriter) Write(p []byte) (int, error) {
	if t.keepErr == nil {
		_, t.keepErr = t.keep.Write(p)
	}
	if t.err == nil {
		_, t.err = t.w.Write(p)
	}
	refused := errors.Is(t.err, wire.ErrTooBig) || errors.Is(t.err, wire.ErrEightBit)
	if t.err != nil && (refused || t.keepErr != nil) {
		return 0, t.err
	}
	return len(p), nil
}
