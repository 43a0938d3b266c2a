package compose

// htmlBody reads the HTML; nil for none, or one that is empty.
func (b *builder) htmlBody() (*text, error) {
	if b.m.HTML == nil {
		return nil, nil
	}
	t, _, _, err := b.readText(b.m.HTML, "the HTML", readOptions{declared: htmlCharset, keepNUL: true})
	if err != nil || len(t.head) == 0 && t.rest == nil {
		return nil, err
	}
	return t, nil
}

// finishHTML makes the part of the HTML: with the pictures that it names where
// it names any, and, when wanted, a text version that stands before it.
func (b *builder) finishHTML(t *text, inline []*entity, wantText bool) (e, version *entity, err error) {
	original := t.head
	l := newLinker(b, inline)
	t.head, err = rewriteHTML(t.head, l)
	if err != nil {
		return nil, nil, err
	}
	if t.rest != nil && b.m.Related != nil {
		b.note(Note{Kind: NoteLongHTML, Count: maxHold})
	}
	if e, err = b.textEntity("text/html", t, b.m.HTML); err != nil {
		return nil, nil, err
	}
	e = multipart("related", levelRelated, append([]*entity{e}, append(inline, l.found...)...))
	if !wantText {
		return e, nil, nil
	}
	v, err := htmlToText(original)
	if err != nil {
		v = "[This message is a page of HTML. No text could be made of it: it is nested too deeply.]\n"
	}
	if t.rest != nil {
		v += "\n[The text ends here. The HTML has all of it.]\n"
	}
	if v == "" {
		return e, nil, nil
	}
	version, err = b.textEntity("text/plain", &text{label: "the text", head: []byte(v), note: b.note}, &Part{})
	return e, version, err
}
