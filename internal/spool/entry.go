package spool

import (
	"encoding/hex"
	"hash/crc32"
	"io"
	"sync"

	"mailpipe/internal/writebehind"
)

// An Entry is a message of the spool that this process has locked. Change the
// Envelope, then call Save. The caller must call Close.
type Entry struct {
	Envelope

	// Interrupted has the recipients of a transaction whose final dot may have been
	// sent by a process that died. Take sets their outcome to unknown, so that every
	// Save records it. It is nil if there was none.
	Interrupted []string

	claim Claim
	dot   []string // the recipients of the dot
}

// Locked reports whether this process has the entry locked. If not, because it may only
// add entries, nothing but Close may be called.
func (e *Entry) Locked() bool { return e.claim != nil }

// Take locks the entry and reads its envelope. The error is ErrNotFound,
// ErrInUse, a *DamageError or an *Error.
func (s *Spool) Take(id string) (*Entry, error) {
	if !IsID(id) {
		return nil, ErrNotFound
	}
	claim, envelope, d, err := s.store.Claim(id)
	if err != nil {
		return nil, err
	}
	e := &Entry{Envelope: *envelope, claim: claim}
	e.interrupt(d)
	return e, nil
}

// WriteTo writes the content. It returns a *DamageError instead of nil if the size
// or the checksum is not that of the envelope: then the message must not be
// committed.
func (e *Entry) WriteTo(w io.Writer) (int64, error) {
	r, name := e.claim.Content()
	sum := crc32.New(castagnoli())
	n, err := copyTo(w, r, e.Size, sum)
	if err == nil && (n != e.Size || hex.EncodeToString(sum.Sum(nil)) != e.CRC32C) {
		err = &DamageError{Name: name, Reason: "wrong checksum: the content was changed"}
	}
	return n, err
}

// copyTo writes a content of that size to w and to sum.
func copyTo(w io.Writer, content io.Reader, size int64, sum io.Writer) (int64, error) {
	counter := &writebehind.Counter{W: w}
	err := writebehind.Copy(counter, content, int(min(size+1, 256<<10)),
		func(block []byte) error {
			_, err := sum.Write(block)
			return err
		})
	return counter.N, err
}

// castagnoli returns the table of CRC-32C. It is made on the first call, because that
// takes a twentieth of the time of a small command.
var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// Save replaces the envelope and makes it durable. Then it removes the dot: its result
// is recorded.
func (e *Entry) Save() error {
	if err := e.claim.Save(&e.Envelope); err != nil {
		return err
	}
	e.Interrupted, e.dot = nil, nil
	return nil
}

// Remove removes the entry: its message was accepted, or the user drops it. A
// directory does so durably with the next entry, or with Close of the Spool, so that a
// message needs one sync. The entry stays locked until then, but must still be closed.
func (e *Entry) Remove() error { return e.claim.Remove() }

// Forget removes the entry durably, because the message is in another spool. It may come
// back.
func (e *Entry) Forget() error { return e.claim.Forget() }

// Close unlocks the entry.
func (e *Entry) Close() error {
	if !e.Locked() {
		return nil
	}
	return e.claim.Close()
}

// Saw returns an entry that no process has locked, as others see it.
func Saw(e *Envelope, d *Dot) Seen {
	entry := &Entry{Envelope: *e}
	entry.interrupt(d)
	return Seen{Envelope: entry.Seen()}
}

// Seen returns the envelope of an entry as others see it.
func (e *Entry) Seen() *Envelope {
	if len(e.Interrupted) > 0 {
		e.Reason = ErrInterrupted.Error()
	}
	return &e.Envelope
}
