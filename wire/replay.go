package wire

import (
	"io"

	"mailpipe/internal/buffer"
)

// A replay is a content that can be written more than once. If keep is set before the first WriteTo, that call
// copies what the source writes to a buffer, and later calls write the buffer.
type replay struct {
	source  io.WriterTo
	keep    bool
	written bool // the source was called, and is not called again
	kept    buffer.Store
}

// WriteTo implements io.WriterTo. An error of the buffer's temporary file wraps buffer.ErrFile.
func (r *replay) WriteTo(w io.Writer) (int64, error) {
	switch {
	case r.written:
		return io.Copy(w, r.kept.Reader())
	case !r.keep:
		r.written = true
		return r.source.WriteTo(w)
	}
	r.written = true
	t := &tee{w: w, kept: &r.kept}
	n, err := r.source.WriteTo(t)
	if err == nil {
		err = t.err // the source may have ignored it
	}
	return n, err
}

// close frees the buffer. A WriteTo that is still running fails at its next Write.
func (r *replay) close() { r.kept.Close() }

// A tee is a writer that copies to a buffer what it passes on. Its first error is permanent.
type tee struct {
	w    io.Writer
	kept *buffer.Store
	err  error
}

func (t *tee) Write(p []byte) (n int, err error) {
	if t.err == nil {
		_, t.err = t.kept.Write(p)
	}
	if t.err == nil {
		n, t.err = t.w.Write(p)
	}
	return n, t.err
}
