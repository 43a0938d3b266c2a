package spool

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"sync"
	"time"

	"mailpipe/internal/statedir"
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

	spool   *Spool
	content statedir.File // locked
	dot     []string      // the recipients in ID.dot
	removed bool          // ID.json was
}

// moment is longer than a process has an entry locked that only looks at it.
const moment = 10 * time.Millisecond

// Take locks the entry and reads its envelope. The error is ErrNotFound,
// ErrInUse, a *DamageError or an *Error.
func (s *Spool) Take(id string) (*Entry, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	content, err := s.dir.OpenLocked(id+".eml", moment)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		_, err = s.Read(id) // another process may have removed the entry meanwhile
		if err == nil {
			err = &DamageError{Name: id + ".eml", Reason: "the content is missing"}
		}
	case errors.Is(err, ErrInUse) && !s.dir.Exists(id+".json"): // a draft
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	e := &Entry{spool: s, content: content}
	if err := e.load(id); err != nil {
		content.Close()
		return nil, err
	}
	return e, nil
}

// load reads what belongs to the locked content: before the lock, another process
// may change it.
func (e *Entry) load(id string) error {
	if err := e.spool.read(id, &e.Envelope); err != nil {
		return err
	}
	info, err := e.content.Stat()
	if err != nil {
		return e.spool.dir.Fail(IO, err)
	}
	if info.Size() != e.Size {
		return e.damaged(fmt.Sprintf("has %d octets instead of %d", info.Size(), e.Size))
	}
	return e.readDot()
}

// Read returns the envelope of an entry without locking it. The error is
// ErrNotFound, a *DamageError or an *Error.
func (s *Spool) Read(id string) (*Envelope, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	e := new(Envelope)
	if err := s.read(id, e); err != nil {
		return nil, err
	}
	return e, nil
}

// read reads the envelope of an entry into e, which is zero.
func (s *Spool) read(id string, e *Envelope) error {
	text, err := s.dir.Read(id + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := decode(id, text, e); err != nil {
		return &DamageError{Name: id + ".json", Reason: err.Error()}
	}
	return nil
}

// WriteTo writes the content. It returns a *DamageError instead of nil if the size
// or the checksum is not that of the envelope: then the message must not be
// committed.
func (e *Entry) WriteTo(w io.Writer) (int64, error) {
	sum := crc32.New(castagnoli())
	n, err := copyTo(w, e.content, e.Size+1, sum)
	if err == nil && (n != e.Size || hex.EncodeToString(sum.Sum(nil)) != e.CRC32C) {
		err = e.damaged("wrong checksum: the content was changed")
	}
	return n, err
}

func (e *Entry) damaged(reason string) error {
	return &DamageError{Name: e.ID + ".eml", Reason: reason}
}

// copyTo writes up to size octets of a content to w and to sum.
func copyTo(w io.Writer, content io.ReaderAt, size int64, sum io.Writer) (int64, error) {
	counter := &writebehind.Counter{W: w}
	err := writebehind.Copy(counter, io.NewSectionReader(content, 0, size), int(min(size+1, 256<<10)),
		func(block []byte) error {
			_, err := sum.Write(block)
			return err
		})
	return counter.N, err
}

// castagnoli returns the table of CRC-32C. It is made on the first call, because that
// takes a twentieth of the time of a small command.
var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// Save replaces the envelope and makes it durable. Then it removes ID.dot: its
// result is recorded.
func (e *Entry) Save() error {
	if err := e.spool.replace(&e.Envelope); err != nil {
		return err
	}
	if err := e.spool.dir.Remove(e.ID + ".dot"); err != nil {
		return err
	}
	e.Interrupted, e.dot = nil, nil
	return nil
}

// Close unlocks the entry.
func (e *Entry) Close() error {
	if e.removed {
		return nil // removeRest closes it
	}
	return e.content.Close()
}
