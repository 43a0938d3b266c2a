package spool

import (
	"errors"
	"io"
	"io/fs"

	"mailpipe/internal/statedir"
)

// A fileContent is an ID.eml without an ID.json.
type fileContent struct {
	*directory
	id      string
	content statedir.File // locked
}

func (d *directory) Create(id string) (Content, error) {
	name := id + ".eml"
	f, err := d.dir.CreateLocked(name, moment)
	if errors.Is(err, fs.ErrExist) && d.sweep(id, name) == nil { // a draft of a process that died
		f, err = d.dir.CreateLocked(name, moment)
	}
	if errors.Is(err, ErrInUse) { // another process has begun a draft in its place
		err = d.dir.Fail(CannotCreate, fs.ErrExist)
	}
	if err != nil {
		return nil, err
	}
	c := &fileContent{d, id, f}
	if d.dir.Exists(id + ".json") {
		c.Close()
		return nil, d.dir.Fail(CannotCreate, fs.ErrExist)
	}
	return c, nil
}

func (c *fileContent) Write(p []byte) (int, error) {
	n, err := c.content.Write(p)
	if err != nil {
		err = c.dir.Fail(IO, err)
	}
	return n, err
}

func (c *fileContent) Reader(size int64) io.Reader { return io.NewSectionReader(c.content, 0, size) }

func (c *fileContent) Commit(e *Envelope) (Claim, error) {
	if err := c.content.Sync(); err != nil {
		return nil, c.dir.Fail(IO, err)
	}
	if err := c.replace(e); err != nil {
		c.dir.Remove(c.id + ".json") // it may exist, and may not be durable
		return nil, err
	}
	return &fileClaim{directory: c.directory, id: c.id, size: e.Size, content: c.content}, nil
}

func (c *fileContent) Close() error {
	return errors.Join(c.dir.Remove(c.id+".eml"), c.content.Close())
}
