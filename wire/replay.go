package wire

import (
	"errors"
	"io"

	"mailpipe/internal/buffer"
)

// A replay writes a content, and can do so more than once if keep is set before
// the first time: then it copies what the source writes to a buffer, and writes
// the buffer the next time.
type replay struct {
	source io.WriterTo
	keep   bool
	used   bool // the source was written
	kept   buffer.Store

	done     chan struct{} // closed unless a writer is running
	err      error         // of the last writer; valid when done is closed
	panicked any           // the value of its panic, or nil
}

func newReplay(source io.WriterTo) *replay {
	closed := make(chan struct{})
	close(closed)
	return &replay{source: source, done: closed}
}

// ready reports whether the content can be written, for the first time or again.
func (r *replay) ready() bool { return !r.used || r.keep }

// close frees the buffer. If the source is still being written, its next Write
// fails.
func (r *replay) close() { r.kept.Close() }

// errNoReturn is the error of a WriteTo that ended in runtime.Goexit.
var errNoReturn = errors.New("WriteTo of the content did not return")

// start writes the content to w in a new goroutine, which closes done at its end.
func (r *replay) start(w io.Writer) {
	write := r.source.WriteTo
	switch {
	case r.used:
		write = r.writeAgain
	case r.keep:
		write = r.writeAndKeep
	}
	r.used = true
	r.err = errNoReturn
	done := make(chan struct{})
	r.done = done
	go func() {
		defer close(done)
		defer func() { r.panicked = recover() }()
		_, r.err = write(w)
	}()
}

func (r *replay) writeAgain(w io.Writer) (int64, error) { return io.Copy(w, r.kept.Reader()) }

// writeAndKeep writes the source to w and to the buffer. An error of the buffer's
// file wraps buffer.ErrFile.
func (r *replay) writeAndKeep(w io.Writer) (int64, error) {
	n, err := r.source.WriteTo(io.MultiWriter(&r.kept, w))
	if err == nil {
		_, err = r.kept.Write(nil) // the source may have ignored an earlier error
	}
	return n, err
}
