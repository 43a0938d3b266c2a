package compose

import (
	"cmp"
	"path"
	"strings"
)

const (
	octetStream = "application/octet-stream"
	calendar    = "text/calendar"
)

// files opens Message.Files. If there is HTML, the inline ones are its images.
// The first invitation among them is returned as a text, too.
func (b *builder) files(withHTML bool) (files, images []*entity, invitation *entity, err error) {
	for i := range b.m.Files {
		e, invite, err := b.file(&b.m.Files[i], i+1)
		if err != nil {
			return nil, nil, nil, err
		}
		if invitation == nil {
			invitation = invite
		}
		if withHTML && e.disposition == "inline" {
			images = append(images, e)
		} else {
			files = append(files, e)
		}
	}
	return files, images, invitation, nil
}

// file opens the nth of Message.Files.
func (b *builder) file(p *Part, n int) (e, invitation *entity, err error) {
	e, head, err := b.filePart(p, p.label(n))
	if err != nil {
		return nil, nil, err
	}
	if e.mediaType == calendar {
		invitation, err = b.invitation(e, head)
		if err != nil {
			return nil, nil, err
		}
	}
	if e.name == "" && b.m.Report == "" {
		e.name = inventName(e.mediaType, n)
	}
	return e, invitation, nil
}

// filePart opens a file, which was checked, and describes it. The head is its
// beginning and is valid until the next call.
func (b *builder) filePart(p *Part, label string) (e *entity, head []byte, err error) {
	src, err := b.open(p, label)
	if err != nil {
		return nil, nil, err
	}
	if b.heads == nil {
		b.heads = make([]byte, headSize)
	}
	head, err = src.peek(b.heads)
	if err != nil {
		return nil, nil, err
	}
	e = &entity{
		name:        fileName(p.Name, b.note),
		path:        p.Path,
		disposition: p.Disposition,
		cid:         trimAngles(p.ContentID),
		src:         src,
	}
	if b.m.Report == "" {
		e.disposition = cmp.Or(e.disposition, "attachment")
	}
	if err := b.setType(e, p, label, head); err != nil {
		return nil, nil, err
	}
	b.ids.learn(e.name, p.Type, p.Charset, p.Encoding, p.Disposition, p.ContentID)
	if err := b.ids.learnContent(src, head); err != nil {
		return nil, nil, err
	}
	if e.disposition == "inline" && e.cid == "" {
		e.cid = b.nextContentID()
	}
	return e, head, b.chooseForFile(e, p.Encoding, head)
}

// setType fills in the media type of a file and its parameters, except for its
// name.
func (b *builder) setType(e *entity, p *Part, label string, head []byte) (err error) {
	if p.Type != "" {
		e.mediaType, e.params, err = parseType(p.Type, label)
		if err != nil {
			return err
		}
	}
	charset, err := b.detectFile(e, p, head)
	if err != nil {
		return err
	}
	if e.mediaType == calendar && p.Charset == "" {
		charset = calendarCharset(charset, head)
	}
	if isToken(charset) {
		e.params = append(without(e.params, "charset"), param{"charset", charset})
	}
	e.params = without(e.params, "name")
	if e.mediaType == calendar && paramOf(e.params, "method") == "" {
		if method := calendarMethod(head); method != "" {
			e.params = append(e.params, param{"method", method})
		}
	}
	return nil
}

// detectFile fills in the media type of a file if p does not name one, and
// returns the charset, which may be empty.
func (b *builder) detectFile(e *entity, p *Part, head []byte) (charset string, err error) {
	var mediaType string
	if b.m.Detect != nil && (p.Type == "" || strings.HasPrefix(e.mediaType, "text/")) {
		mediaType, charset, err = b.m.Detect(p.Name, head, e.src.at, e.src.size)
		if err != nil {
			return "", err
		}
	}
	if p.Type == "" {
		e.mediaType, e.params, err = parseType(mediaType, "")
		// A message only if its name says so: what looks like a header may be prose.
		isMessage := strings.HasPrefix(e.mediaType, "message/")
		if err != nil || isMessage && !strings.EqualFold(path.Ext(p.Name), ".eml") {
			e.mediaType, e.params = octetStream, nil
		}
	}
	switch {
	case p.Charset != "":
		return p.Charset, nil
	case !strings.HasPrefix(e.mediaType, "text/"), paramOf(e.params, "charset") != "":
		return "", nil
	}
	return charset, nil
}
