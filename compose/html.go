package compose

import (
	"io"

	"mailpipe/internal/buffer"
	"mailpipe/internal/charset"
	"mailpipe/internal/htmlref"
)

// readHTML reads Message.HTML. Empty HTML is nil. The charset of an empty text
// is that of the HTML.
func (b *builder) readHTML(hasText bool) (*text, error) {
	if b.m.HTML == nil {
		return nil, nil
	}
	p := *b.m.HTML
	if p.Charset == "" && b.m.Text != nil && !hasText {
		p.Charset = b.m.Text.Charset
	}
	t, _, _, err := b.readText(&p, "the HTML", readOptions{declared: htmlCharset, keepNUL: true})
	if err != nil || len(t.head) == 0 && t.rest == nil {
		return nil, err
	}
	return t, nil
}

// related returns the HTML, together with the inline files and the images that it
// refers to, if there are any. The rewritten HTML is kept in a store: the
// message begins only when all images of a long page are known.
func (b *builder) related(page *text, inline []*entity) (*entity, error) {
	l := newLinker(b, inline)
	store := b.newStore()
	isWhole, err := rewriteHTML(store, page.reader(), l)
	if err != nil {
		return nil, err
	}
	if !isWhole {
		b.note(Note{Kind: NoteLongHTML, Count: htmlref.MaxToken})
	}
	if err := page.close(); err != nil {
		return nil, err
	}
	rewritten, err := b.storedText(page.label, store)
	if err != nil {
		return nil, err
	}
	e, err := b.textEntity("text/html", rewritten, b.m.HTML)
	if err != nil {
		return nil, err
	}
	parts := append([]*entity{e}, inline...)
	return multipart("related", levelRelated, append(parts, l.found...)), nil
}

// storedText returns a text in UTF-8 that was written to a store.
func (b *builder) storedText(label string, store *buffer.Store) (*text, error) {
	src := &source{label: label, r: io.NopCloser(store.Reader()), size: store.Size()}
	raw, isWhole, err := hold(src)
	if err != nil {
		return nil, err
	}
	t := &text{label: label, dec: &charset.Mixed{}, note: b.note}
	t.setHead(raw, isWhole, src)
	return t, nil
}

// maxTags is the number of tags of which a text version is made. The tree of a
// page takes up to a hundred times the octets of its tags.
const maxTags = 1 << 16

// cutTags returns the beginning of a page, with at most limit tags.
func cutTags(page []byte, limit int) []byte {
	for i, c := range page {
		if c != '<' {
			continue
		}
		if limit == 0 {
			return page[:i]
		}
		limit--
	}
	return page
}

// textVersion returns a text that is made from the HTML, or nil if that has no
// words.
func (b *builder) textVersion(page *text) (*entity, error) {
	head := cutTags(page.head, maxTags)
	words, err := HTMLText(head)
	switch {
	case err != nil:
		b.note(Note{Kind: NoteNoTextVersion, Why: "it is nested too deeply"})
		words = "[This message is HTML. No text version could be made: the HTML is nested too deeply.]\n"
	case page.rest != nil || len(head) < len(page.head):
		words += "\n[The text ends here. The HTML has all of it.]\n"
	case words == "":
		return nil, nil
	}
	t := &text{label: "the text", head: []byte(words), note: b.note}
	return b.textEntity("text/plain", t, &Part{})
}
