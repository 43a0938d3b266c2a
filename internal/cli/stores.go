package cli

import (
	"io"

	"mailpipe/internal/buffer"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A store keeps a content while it is sent. WriteTo may be called again after
// finish.
type store interface {
	io.Writer
	io.WriterTo
	finish() error // after the last Write
	Close() error
}

// A bufferStore is a store for the time of the process.
type bufferStore struct{ buffer.Store }

func (s *bufferStore) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, s.Reader()) }
func (s *bufferStore) finish() error                      { return nil }

// A draftStore is an entry of the spool that is not committed yet, so that a long
// message is written only once.
type draftStore struct {
	*wire.ContentWriter
	draft *spool.Draft
}

func newDraftStore(s *spool.Spool) (*draftStore, error) {
	draft, err := s.Create()
	if err != nil {
		return nil, err
	}
	return &draftStore{wire.NewContentWriter(draft), draft}, nil
}

func (s *draftStore) WriteTo(w io.Writer) (int64, error) { return s.draft.WriteTo(w) }
func (s *draftStore) finish() error                      { return s.ContentWriter.Close() }
func (s *draftStore) Close() error                       { return s.draft.Close() }
