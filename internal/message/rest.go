package message

import (
	"errors"
	"io"

	"mailpipe/internal/buffer"
)

// rest is what follows the look-ahead: read as it comes, and kept where it
// must be read again.
type rest struct {
	r     io.Reader
	err   error         // how r ended
	kept  *buffer.Store // what was read of r; nil: it goes by
	begun bool          // some of it went by
}

// reader returns a reader of all of it.
func (s *rest) reader() (io.Reader, error) {
	if s.kept == nil && s.begun {
		return nil, errors.New("a stream that was not kept cannot be read twice")
	}
	s.begun = true
	return &replay{rest: s}, nil
}

// replay reads what is kept, then what comes.
type replay struct {
	*rest
	at int64
}

func (r *replay) Read(p []byte) (n int, err error) {
	if r.kept != nil && r.at < r.kept.Size() {
		if n, err = r.kept.ReadAt(p, r.at); n > 0 {
			err = nil // what is behind may still come
		}
		r.at += int64(n)
		return n, err
	}
	if r.err != nil {
		return 0, r.err
	}
	n, r.err = r.r.Read(p)
	if r.kept != nil {
		if _, err := r.kept.Write(p[:n]); err != nil {
			r.err = err
			return 0, err
		}
		r.at += int64(n)
	}
	return n, r.err
}
