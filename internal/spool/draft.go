package spool

import (
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"

	"mailpipe/internal/ascii"
)

// A Draft is an entry that does not exist yet: only its content does. The caller
// writes the content, and must call Close in any case.
type Draft struct {
	id        string
	newID     func() string // another ID, which is as good; nil if it must be this one
	content   Content
	sum       hash.Hash32
	size      int64
	eightBit  bool
	err       error // of a write; then the draft cannot be committed
	committed bool
}

// Create creates a draft with a new ID.
func (s *Spool) Create() (*Draft, error) {
	newID := func() string { return NewID(s.Now()) }
	for {
		d, err := s.CreateAs(newID())
		if err == nil {
			d.newID = newID
		}
		if !errors.Is(err, fs.ErrExist) {
			return d, err
		}
	}
}

// CreateAs creates a draft with the ID of an entry of another spool, or of one
// that is yet to be created. If the entry or a draft of it exists, the error wraps
// fs.ErrExist, or that of Commit does.
func (s *Spool) CreateAs(id string) (*Draft, error) {
	if !IsID(id) {
		return nil, ErrNotFound
	}
	content, err := s.store.Create(id)
	if err != nil {
		return nil, err
	}
	return &Draft{id: id, content: content, sum: crc32.New(castagnoli())}, nil
}

// Write appends to the content: the octets of DATA, with CRLF, before dots are
// doubled. After an error, every later Write returns it.
func (d *Draft) Write(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.content.Write(p)
	d.sum.Write(p[:n])
	d.size += int64(n)
	d.eightBit = d.eightBit || !ascii.Only(p)
	d.err = err
	return n, d.err
}

// WriteTo writes the content so far to w. It may be called again.
func (d *Draft) WriteTo(w io.Writer) (int64, error) {
	return copyTo(w, d.content.Reader(d.size), d.size, io.Discard)
}

// Commit makes the draft an entry with the envelope e, which it completes. When it
// returns without an error, the entry is on disk, and Close does nothing. If the error is
// ErrUncertain, it may be. The caller must close the entry.
func (d *Draft) Commit(e Envelope) (*Entry, error) {
	if d.err != nil {
		return nil, d.err
	}
	e.Version, e.ID = version, d.id
	e.Size, e.CRC32C, e.EightBit = d.size, hex.EncodeToString(d.sum.Sum(nil)), d.eightBit
	claim, err := d.content.Commit(&e)
	for d.newID != nil && errors.Is(err, fs.ErrExist) { // a database looks only now
		e.ID = d.newID()
		claim, err = d.content.Commit(&e)
	}
	if err != nil {
		d.err = err
		return nil, err
	}
	d.committed = true
	return &Entry{Envelope: e, claim: claim}, nil
}

// Close removes the draft, unless it was committed.
func (d *Draft) Close() error {
	if d.committed {
		return nil
	}
	d.committed = true
	return d.content.Close()
}
