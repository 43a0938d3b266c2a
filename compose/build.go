package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/buffer"
	"mailpipe/internal/termtext"
)

// A builder arranges the parts of a message as a tree of entities.
type builder struct {
	m       *Message
	eol     string
	ids     identifiers
	cidBase string      // what the Content-IDs have in common
	cids    int         // number of Content-IDs made
	closers []io.Closer // of the parts, and of what is kept of the HTML
	heads   []byte      // buffer for the head of one file after the other
}

func (m *Message) newBuilder(date time.Time) *builder {
	b := &builder{m: m, eol: "\n"}
	if m.CRLF {
		b.eol = "\r\n"
	}
	if m.Reproducible {
		b.ids.seed = sha256.New()
		b.ids.learn(date.Format(time.RFC3339), m.From, m.ReplyTo, m.To, m.Cc, m.Bcc,
			m.Subject, m.Header, m.InReplyTo, m.References)
	}
	return b
}

func (b *builder) note(n Note) {
	if b.m.Note != nil {
		b.m.Note(n)
	}
}

// noteBidi notes which header fields contain bidirectional overrides. They are
// sent as they are.
func (b *builder) noteBidi() {
	if strings.ContainsFunc(b.m.Subject, termtext.BidiOverride) {
		b.note(Note{Kind: NoteBidi, Part: "the subject", Value: b.m.Subject})
	}
	for _, list := range b.m.addressLists() {
		for _, a := range list {
			if strings.ContainsFunc(a.Name, termtext.BidiOverride) {
				b.note(Note{Kind: NoteBidi, Part: "the name", Value: a.Name})
			}
		}
	}
}

// newStore returns a store for what is made from the HTML. It is closed with the
// parts.
func (b *builder) newStore() *buffer.Store {
	store := new(buffer.Store)
	b.closers = append(b.closers, store)
	return store
}

// message opens all parts and returns the root of the tree. isEmpty is true if
// there is no text and no HTML.
func (b *builder) message() (root *entity, isEmpty bool, err error) {
	text, binary, err := b.text()
	if err != nil {
		return nil, false, err
	}
	html, err := b.readHTML(text != nil)
	if err != nil {
		return nil, false, err
	}
	files, images, invitation, err := b.files(html != nil)
	if err != nil {
		return nil, false, err
	}
	isEmpty = text == nil && html == nil

	var related *entity
	if html != nil && text == nil {
		text, err = b.textVersion(html)
		if err != nil {
			return nil, false, err
		}
	}
	if html != nil {
		related, err = b.related(html, images)
		if err != nil {
			return nil, false, err
		}
	}

	parts := append(present(binary), files...)
	versions := present(text, related, invitation)
	if len(versions) > 0 {
		body := multipart("alternative", levelAlternative, versions)
		parts = append([]*entity{body}, parts...)
	}
	if len(parts) == 0 {
		if !b.m.AllowEmpty {
			return nil, true, ErrEmpty
		}
		parts = append(parts, emptyText())
	}
	if b.m.Plain {
		return parts[0], isEmpty, nil
	}
	root = &entity{mediaType: "multipart/mixed", level: levelMixed, parts: parts}
	if b.m.Report != "" {
		root.mediaType, root.params = "multipart/report", []param{{"report-type", b.m.Report}}
	}
	return root, isEmpty, nil
}

// present returns those of list that are not nil.
func present(list ...*entity) []*entity {
	return slices.DeleteFunc(list, func(e *entity) bool { return e == nil })
}

// text reads Message.Text. A text that contains NUL becomes a file, binary, and
// the text says so. An empty text is nil.
func (b *builder) text() (body, binary *entity, err error) {
	p := b.m.Text
	if p == nil {
		return nil, nil, nil
	}
	t, src, isBinary, err := b.readText(p, "the text", readOptions{keepNUL: b.m.Plain})
	switch {
	case err != nil:
		return nil, nil, err
	case isBinary:
		return b.binaryText(t, src)
	case len(t.head) == 0 && t.rest == nil:
		return nil, nil, nil
	case b.m.Plain && t.rest != nil:
		return nil, nil, tooBig("text too large for a plain message: the limit is %d octets", maxHold)
	}
	body, err = b.textEntity("text/plain", t, p)
	return body, nil, err
}

// binaryText returns the text that src contains as a file.
func (b *builder) binaryText(t *text, src *source) (body, binary *entity, err error) {
	const name = "body.bin"
	b.note(Note{Kind: NoteTextAttached, Part: "the text", Value: name})
	binary = &entity{mediaType: octetStream, name: name, disposition: "attachment", src: src}
	binary.useBase64(b.eol)
	t.head = []byte("The text of this message contains NUL octets and cannot be shown as text.\n" +
		"It is in the attached file " + name + ".\n")
	body, err = b.textEntity("text/plain", t, &Part{})
	return body, binary, err
}

// textEntity returns the entity of a text. Its media type is that of p, or the
// given one.
func (b *builder) textEntity(mediaType string, t *text, p *Part) (*entity, error) {
	e := &entity{mediaType: mediaType, params: []param{{"charset", "utf-8"}}, text: t}
	if p.Type != "" {
		named, params, err := parseType(p.Type, t.label)
		if err != nil {
			return nil, err
		}
		e.mediaType = named
		e.params = append(e.params, without(params, "charset", "name")...)
	}
	var err error
	e.encoding, e.size, err = b.chooseForText(t, p.Encoding)
	return e, err
}

func emptyText() *entity {
	return &entity{mediaType: "text/plain", params: []param{{"charset", "utf-8"}}, encoding: "7bit", text: &text{}}
}

// nextContentID returns a new Content-ID.
func (b *builder) nextContentID() string {
	if b.cidBase == "" {
		b.cidBase = b.ids.next()
		if b.m.Boundary != "" {
			sum := sha256.Sum256([]byte(b.m.Boundary))
			b.cidBase = hex.EncodeToString(sum[:randomBytes])
		}
	}
	b.cids++
	return fmt.Sprintf("%d.%s@%s", b.cids, b.cidBase, b.m.From.Domain)
}
