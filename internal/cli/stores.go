package cli

import (
	"errors"
	"io"
	"os"
	"sync"

	"mailpipe/internal/attempt"
	"mailpipe/internal/buffer"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A store keeps a content while it is sent: in a draft of a spool, so that a long
// message is written only once, or in a temporary file. If that cannot be written,
// what it has moves on to the next place.
type store struct {
	*wire.ContentWriter // converts what is written
	spools              *spools
	temporary           bool // after the spools, use a temporary file

	mu    sync.Mutex // Close may come while the content is read
	place place
}

// A place has the content of a store.
type place interface {
	io.Writer
	io.WriterTo
	io.Closer
}

// newStore returns a store, or nil if there is no place for it.
func newStore(spools *spools, temporary bool) *store {
	s := &store{spools: spools, temporary: temporary}
	s.ContentWriter = wire.NewContentWriter(placeWriter{s})
	s.place = s.newPlace()
	if s.place == nil {
		return nil
	}
	return s
}

func (s *store) newPlace() place {
	if draft := s.spools.create(); draft != nil {
		return draft
	}
	if s.temporary {
		return new(temporaryFile)
	}
	return nil
}

// finish must be called after the last Write.
func (s *store) finish() error { return s.ContentWriter.Close() }

// WriteTo writes the content. It may be called again.
func (s *store) WriteTo(w io.Writer) (int64, error) { return s.place.WriteTo(w) }

// Close removes the content, unless it was committed.
func (s *store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place.Close()
}

// commit makes the content an entry of the first spool that takes it. It returns nil
// if none does. e has the flags of a message in the spool of a user.
func (s *store) commit(e spool.Envelope) *spool.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		draft, ok := s.place.(*spool.Draft)
		if !ok {
			return nil
		}
		own := e
		if s.spools.current().Shared() {
			own.Flags = s.spools.shared
		}
		entry, err := draft.Commit(own)
		if err == nil {
			return entry
		}
		if errors.Is(err, spool.ErrUncertain) {
			attempt.SetUnknown(&e, err, s.spools.current().Now().UTC())
		}
		if s.moveOn(nil, err) != nil {
			return nil
		}
	}
}

// moveOn moves the content, and rest after it, to the next place that takes it. err
// is why it cannot stay, and is returned if there is no such place.
func (s *store) moveOn(rest []byte, err error) error {
	for is[*spool.Error](err) {
		s.spools.next(err)
		to := s.newPlace()
		if to == nil {
			break
		}
		_, err = s.place.WriteTo(to)
		if err == nil {
			_, err = to.Write(rest)
		}
		if err == nil {
			s.place.Close()
			s.place = to
			return nil
		}
		to.Close()
	}
	return err
}

// A placeWriter writes to the place of a store.
type placeWriter struct{ *store }

func (w placeWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.place.Write(p)
	if err == nil || errors.Is(err, os.ErrClosed) {
		return n, err
	}
	return len(p), w.moveOn(p[n:], err)
}

// A temporaryFile is a place for the time of the process.
type temporaryFile struct{ buffer.Store }

func (f *temporaryFile) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, f.Reader()) }
