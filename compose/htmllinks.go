package compose

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"mailpipe/internal/buffer"
	"mailpipe/internal/htmlref"
)

// A linker replaces references to images by the URLs of parts (RFC 2392), and
// collects these parts.
type linker struct {
	b     *builder
	base  base
	found []*entity // parts for images that the page refers to

	// The inline files of the message.
	byPath map[string]*entity
	byName map[string]*entity
	byID   map[string]*entity

	// linked has what each file, cid: URL and hash of a data: URL became: the URL
	// of a part, or "" if it stays as it is.
	linked map[string]string

	dataURLs    int           // the number of images that are in the page itself
	images      *buffer.Store // their content
	styleOctets int           // of style sheets that were put into the page
}

func newLinker(b *builder, inline []*entity) *linker {
	l := &linker{
		b:      b,
		byPath: map[string]*entity{}, byName: map[string]*entity{}, byID: map[string]*entity{},
		linked: map[string]string{},
	}
	for _, e := range inline {
		addFirst(l.byPath, cmp.Or(e.path, e.name), e)
		addFirst(l.byName, e.name, e)
		addFirst(l.byID, e.cid, e)
	}
	return l
}

func addFirst(m map[string]*entity, key string, e *entity) {
	if m[key] == nil {
		m[key] = e
	}
}

// setBase sets what later references are relative to, as <base> does.
func (l *linker) setBase(href string) { l.base = baseOf(href) }

// link returns what a reference to an image becomes: the URL of a part, or the
// reference itself.
func (l *linker) link(reference string) (string, error) {
	return l.linkFrom(l.base, reference)
}

// linkFrom is link for a reference that is relative to from.
func (l *linker) linkFrom(from base, reference string) (string, error) {
	target, key, find := reference, reference, l.findFile
	switch htmlref.Scheme(reference) {
	case "cid":
		find = l.findPart
	case "data":
		find = l.findData
		sum := sha256.Sum256([]byte(reference)) // in place of megabytes
		key = string(sum[:])
	default:
		file, ok := from.file(reference)
		if !ok || l.b.m.Related == nil && l.byPath[file] == nil {
			return reference, nil
		}
		target, key = file, file
	}
	if linked, isKnown := l.linked[key]; isKnown {
		return cmp.Or(linked, reference), nil
	}
	l.linked[key] = ""
	e, err := find(target)
	if out, ok := errors.AsType[*LeftOutError](err); ok {
		l.leave(target, out.Why)
		return reference, nil
	}
	if err != nil || e == nil {
		return reference, err
	}
	l.linked[key] = "cid:" + url.PathEscape(e.cid)
	return l.linked[key], nil
}

// leave notes that a reference stays as it is.
func (l *linker) leave(reference, why string) {
	if len(reference) > maxShown {
		reference = reference[:maxShown] + "..."
	}
	l.b.note(Note{Kind: NoteNotEmbedded, Value: reference, Why: why})
}

// leaveOnce is leave for a file that may be referred to again.
func (l *linker) leaveOnce(file, why string) {
	if _, isKnown := l.linked[file]; !isKnown {
		l.linked[file] = ""
		l.leave(file, why)
	}
}

// maxShown is the number of octets of a reference that a note shows: a data: URL
// can have many.
const maxShown = 200

// findPart returns the inline file whose name or Content-ID is in a cid: URL.
func (l *linker) findPart(reference string) (*entity, error) {
	id, _ := htmlref.ContentID(reference)
	raw := reference[len("cid:"):] // it may be a file name such as "a%20b.png"
	if e := cmp.Or(l.byID[id], l.byName[id], l.byName[raw]); e != nil {
		return e, nil
	}
	return nil, &LeftOutError{"no inline part has that name"}
}

// findFile returns the part for an image, whose path is relative to the
// directory of the page.
func (l *linker) findFile(file string) (*entity, error) {
	if e := l.byPath[file]; e != nil {
		return e, nil
	}
	if !isInside(file) {
		return nil, &LeftOutError{whyOutside}
	}
	p, err := l.b.m.Related(file)
	isMissing := errors.Is(err, fs.ErrNotExist)
	switch {
	case isMissing && l.byName[file] != nil:
		return l.byName[file], nil
	case isMissing && strings.Contains(file, ":"): // it may be a URL after all
		return nil, &LeftOutError{"no such file"}
	case err != nil:
		return nil, err
	}
	p.Name = cmp.Or(p.Name, path.Base(file))
	return l.addImage(&p, file)
}

const whyOutside = "it is not in the directory of the page"

// addImage adds the part of an image. A file that is not an image is left out,
// because HTML from elsewhere could refer to any file of the sender.
func (l *linker) addImage(p *Part, label string) (*entity, error) {
	p.Disposition = "inline"
	if err := p.checkAsFile(label); err != nil {
		return nil, err
	}
	e, _, err := l.b.filePart(p, label)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(e.mediaType, "image/") {
		e.src.Close() // it was only read
		return nil, &LeftOutError{"it is not an image"}
	}
	l.found = append(l.found, e)
	return e, nil
}
