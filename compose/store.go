package compose

import (
	"io"

	"mailpipe/internal/buffer"
)

// newStore returns a store for content that is made from the HTML. It is closed
// together with the parts.
func (b *builder) newStore(label string) *buffer.Store {
	store := new(buffer.Store)
	b.sources = append(b.sources, &source{label: label, r: storeReader{store.Reader(), store}})
	return store
}

// A storeReader reads what a store has kept. It closes the store.
type storeReader struct {
	io.Reader
	io.Closer
}

// storedText returns a text in UTF-8 that was written to a store.
func (b *builder) storedText(label string, store *buffer.Store) (*text, error) {
	src := &source{label: label, r: storeReader{store.Reader(), store}, size: store.Size()}
	raw, isWhole, err := hold(src)
	if err != nil {
		return nil, err
	}
	t := &text{label: label, dec: &utf8Decoder{}, note: b.note}
	t.setHead(raw, isWhole, src)
	return t, nil
}
