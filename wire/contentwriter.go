package wire

import "io"

// A ContentWriter converts content to the octets that DATA carries, before dots
// are doubled: every line ends with CRLF, also the last one.
type ContentWriter struct{ content *contentWriter }

// NewContentWriter returns a ContentWriter that writes to w in larger pieces.
// The caller must call Close, which does not close w.
//
// Content that Send rejects, because it is empty or has a bare CR or a NUL, is an
// error of type *Error and KindBadMessage. An error of w is returned as it is.
// Both are permanent.
func NewContentWriter(w io.Writer) *ContentWriter {
	return &ContentWriter{newContentWriter(func(p []byte) error {
		_, err := w.Write(p)
		return err
	})}
}

// Write implements io.Writer.
func (w *ContentWriter) Write(p []byte) (n int, err error) {
	n, err = w.content.Write(p)
	return n, w.explain(err)
}

// Size returns the number of octets so far, with CRLF (RFC 1870 §5).
func (w *ContentWriter) Size() int64 { return w.content.size }

// Close writes the end of the content, unless it is invalid.
func (w *ContentWriter) Close() error {
	_, err := w.content.end()
	if err == nil {
		w.content.flush()
		err = w.content.err()
	}
	return w.explain(err)
}

// explain returns err, with what it is about if that is the content.
func (w *ContentWriter) explain(err error) error {
	if err == nil || w.content.contentErr == nil {
		return err
	}
	return &Error{Stage: StageContent, Kind: KindBadMessage, Err: err}
}
