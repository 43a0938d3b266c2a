package subprocess

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"mailpipe/internal/buffer"
)

// A Text is what a command wrote and how it ended. The caller must close it.
type Text struct {
	Status int   // as in the shell: 128+n after signal n
	Cut    int64 // octets left out of the middle

	parts []part // the beginning and, if Cut is not 0, the end
}

// A part is a range of a store.
type part struct {
	store    *buffer.Store
	from, to int64
}

func (p part) reader() io.Reader {
	return io.NewSectionReader(p.store, p.from, p.to-p.from)
}

// Size returns the number of octets that Reader returns.
func (t *Text) Size() int64 {
	var n int64
	for _, p := range t.parts {
		n += p.to - p.from
	}
	if t.Cut > 0 {
		n += int64(len(t.mark()))
	}
	return n
}

// Reader returns a reader of the whole text.
func (t *Text) Reader() io.Reader {
	var all []io.Reader
	for i, p := range t.parts {
		if i == 1 && t.Cut > 0 {
			all = append(all, strings.NewReader(t.mark()))
		}
		all = append(all, p.reader())
	}
	return io.MultiReader(all...)
}

// mark returns the line in place of what was left out.
func (t *Text) mark() string {
	return fmt.Sprintf("\n[... %d octets left out here ...]\n\n", t.Cut)
}

// Close frees what is kept.
func (t *Text) Close() error {
	var errs []error
	for _, p := range t.parts {
		errs = append(errs, p.store.Close())
	}
	return errors.Join(errs...)
}
