package directory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// A fileClaim is the lock on ID.eml.
type fileClaim struct {
	*store
	id      string
	size    int64
	content statedir.File // locked
	removed bool          // ID.json was
}

func (s *store) Claim(id string) (spool.Claim, *spool.Envelope, *spool.Dot, error) {
	content, err := s.dir.OpenLocked(id+".eml", moment)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		_, err = s.Read(id) // another process may have removed the entry meanwhile
		if err == nil {
			err = &spool.DamageError{Name: id + ".eml", Reason: "the content is missing"}
		}
	case errors.Is(err, spool.ErrInUse) && !s.dir.Exists(id+".json"): // a draft
		err = spool.ErrNotFound
	}
	if err != nil {
		return nil, nil, nil, err
	}
	c := &fileClaim{store: s, id: id, content: content}
	e, dot, err := c.load()
	if err != nil {
		content.Close()
		return nil, nil, nil, err
	}
	return c, e, dot, nil
}

// load reads what belongs to the locked content: before the lock, another process
// may change it.
func (c *fileClaim) load() (*spool.Envelope, *spool.Dot, error) {
	e, err := c.Read(c.id)
	if err != nil {
		return nil, nil, err
	}
	info, err := c.content.Stat()
	if err != nil {
		return nil, nil, c.dir.Fail(spool.IO, err)
	}
	c.size = e.Size
	if info.Size() != e.Size {
		reason := fmt.Sprintf("has %d octets instead of %d", info.Size(), e.Size)
		return nil, nil, &spool.DamageError{Name: c.id + ".eml", Reason: reason}
	}
	dot, err := c.dot(e)
	return e, dot, err
}

// dot reads ID.dot, if there is one. Its text need not be durable: if it was
// lost with the power, the transaction may have been about all pending recipients.
func (c *fileClaim) dot(e *spool.Envelope) (*spool.Dot, error) {
	text, err := c.dir.Read(c.id + ".dot")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d := new(spool.Dot)
	if err := json.Unmarshal(text, d); err != nil {
		d = &spool.Dot{Attempts: e.Attempts, Recipients: e.Pending()}
	}
	return d, nil
}

// Content reads one octet more than the size, if there is one, so that a content that
// was changed is found.
func (c *fileClaim) Content() (io.Reader, string) {
	return io.NewSectionReader(c.content, 0, c.size+1), c.id + ".eml"
}

func (c *fileClaim) Save(e *spool.Envelope) error {
	if err := c.replace(e); err != nil {
		return err
	}
	return c.dir.Remove(c.id + ".dot")
}

func (c *fileClaim) SetDot(d spool.Dot) error {
	name := c.id + ".dot"
	err := c.dir.CreateJSON(name, d, false)
	if errors.Is(err, fs.ErrExist) {
		err = c.dir.Replace(name, d, false)
	}
	if err != nil {
		return err
	}
	return c.sync()
}

func (c *fileClaim) Close() error {
	if c.removed {
		return nil // removeRest closes it
	}
	return c.content.Close()
}
