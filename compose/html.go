package compose

import (
	"net/url"
	"path"
	"strings"
)

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
	l := linker{b: b, inline: inline, known: map[string]string{}}
	if t.head, err = rewriteHTML(t.head, l.link); err != nil {
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

// linker finds the pictures that HTML names.
type linker struct {
	b      *builder
	inline []*entity // named by their file names
	found  []*entity
	known  map[string]string // what each path became
}

// link returns what ref becomes: itself, or the address of a part (RFC 2392).
func (l *linker) link(ref string) (string, error) {
	if name, ok := strings.CutPrefix(ref, "cid:"); ok {
		return l.part(name, ref), nil
	}
	file, ok := localPath(ref)
	if !ok {
		return ref, nil
	}
	if url, ok := l.known[file]; ok {
		if url == "" {
			return ref, nil
		}
		return url, nil
	}
	for _, e := range l.inline {
		if e.name == file {
			return cidURL(e.cid), nil
		}
	}
	if l.b.m.Related == nil {
		return ref, nil
	}
	p, err := l.b.m.Related(file)
	if err != nil {
		return "", err
	}
	if p.Name == "" {
		p.Name = path.Base(file)
	}
	p.Disposition = "inline"
	if err := p.check(file); err != nil {
		return "", err
	}
	e, _, err := l.b.filePart(&p, file)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(e.mediaType, "image/") {
		// HTML from elsewhere could name any file of the sender's.
		l.b.note(Note{Kind: NoteNotEmbedded, Value: file, Why: "it is not an image"})
		l.known[file] = ""
		return ref, e.src.close()
	}
	l.found = append(l.found, e)
	l.known[file] = cidURL(e.cid)
	return l.known[file], nil
}

// part returns the address of a part that is named by its file name or its
// Content-ID.
func (l *linker) part(name, ref string) string {
	id, err := url.PathUnescape(name)
	if err != nil { // such as `100%.png`
		id = name
	}
	for _, e := range l.inline {
		if e.name == name || e.name == id || e.cid == id {
			return cidURL(e.cid)
		}
	}
	if _, said := l.known[ref]; !said {
		l.b.note(Note{Kind: NoteNotEmbedded, Value: ref, Why: "no inline part has that name"})
		l.known[ref] = ""
	}
	return ref
}

func cidURL(id string) string { return "cid:" + url.PathEscape(id) }

// localPath returns the file that a relative reference names.
func localPath(ref string) (string, bool) {
	if ref == "" || strings.ContainsRune("/\\#?", rune(ref[0])) {
		return "", false
	}
	u, err := url.Parse(ref)
	switch {
	case err != nil && !strings.Contains(ref, ":"):
		return path.Clean(ref), true // such as `100%.png`
	case err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.Path == "":
		return "", false
	}
	return path.Clean(u.Path), true
}
