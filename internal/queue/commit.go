package queue

import (
	"io"

	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// Commit writes content to a draft and makes it an entry with the envelope e.
func Commit(draft *spool.Draft, content io.WriterTo, e spool.Envelope) (*spool.Entry, error) {
	w := wire.NewContentWriter(draft)
	if _, err := content.WriteTo(w); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return draft.Commit(e)
}
