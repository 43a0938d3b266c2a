package directory

import (
	"errors"
	"io"
	"io/fs"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// A fileContent is an ID.eml without an ID.json.
type fileContent struct {
	*store
	id      string
	content statedir.File // locked
}

func (s *store) Create(id string) (spool.Content, error) {
	name := id + ".eml"
	f, err := s.dir.CreateLocked(name, moment)
	if errors.Is(err, fs.ErrExist) && s.sweep(id, name) == nil { // a draft of a process that died
		f, err = s.dir.CreateLocked(name, moment)
	}
	if errors.Is(err, spool.ErrInUse) { // another process has begun a draft in its place
		err = s.dir.Fail(spool.CannotCreate, fs.ErrExist)
	}
	if err != nil {
		return nil, err
	}
	c := &fileContent{s, id, f}
	if s.dir.Exists(id + ".json") {
		c.Close()
		return nil, s.dir.Fail(spool.CannotCreate, fs.ErrExist)
	}
	return c, nil
}

func (c *fileContent) Write(p []byte) (int, error) {
	n, err := c.content.Write(p)
	if err != nil {
		err = c.dir.Fail(spool.IO, err)
	}
	return n, err
}

func (c *fileContent) Reader(size int64) io.Reader { return io.NewSectionReader(c.content, 0, size) }

func (c *fileContent) Commit(e *spool.Envelope) (spool.Claim, error) {
	if err := c.content.Sync(); err != nil {
		return nil, c.dir.Fail(spool.IO, err)
	}
	if err := c.replace(e); err != nil {
		c.dir.Remove(c.id + ".json") // it may exist, and may not be durable
		return nil, err
	}
	return &fileClaim{store: c.store, id: c.id, size: e.Size, content: c.content}, nil
}

func (c *fileContent) Close() error {
	return errors.Join(c.dir.Remove(c.id+".eml"), c.content.Close())
}
