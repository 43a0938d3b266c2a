package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Plan is a message that was checked and is ready to be written once.
type Plan struct {
	header  []byte // of the message, all but its content's
	root    *entity
	eol     string
	token   string // of the boundaries
	empty   bool
	plain   bool
	sources []*source
	done    bool
}

// builder is what Plan has while it makes one.
type builder struct {
	m       *Message
	eol     string
	ids     identifiers
	idBase  string // of Content-IDs
	cids    int
	sources []*source
	heads   []byte // buffer for heads, used by part after part
}

// Plan checks everything, looks at every head, chooses encodings and
// boundaries. The caller writes it, or closes it. An error is one of the
// package's or a part's; then nothing was written and everything is closed.
func (m *Message) Plan() (plan *Plan, err error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	b := &builder{m: m, eol: "\n"}
	if m.CRLF {
		b.eol = "\r\n"
	}
	defer func() {
		if err != nil {
			closeAll(b.sources)
		}
	}()
	date := m.Date
	if date.IsZero() {
		date = time.Now()
	}
	if m.Reproducible {
		b.ids.seed = sha256.New()
		b.ids.learn(nil, date.Format(time.RFC3339), m.From, m.To, m.Cc, m.Bcc, m.ReplyTo, m.Subject, m.Header, m.References, m.InReplyTo)
	}
	b.warnBidi()

	root, empty, err := b.content()
	if err != nil {
		return nil, err
	}
	token := m.Boundary
	if token == "" {
		token = b.ids.next()
	}
	messageID := trimAngles(m.MessageID)
	if messageID == "" {
		messageID = b.ids.next() + "@" + m.From.Domain
	}
	header, err := m.messageHeader(b.eol, messageID, date)
	if err != nil {
		return nil, err
	}
	return &Plan{header: header, root: root, eol: b.eol, token: token, empty: empty, plain: m.Plain, sources: b.sources}, nil
}

func (b *builder) note(n Note) {
	if b.m.Note != nil {
		b.m.Note(n)
	}
}

// warnBidi tells of names and subjects that read otherwise than they are (they are encoded as given).
func (b *builder) warnBidi() {
	if strings.ContainsFunc(b.m.Subject, isBidi) {
		b.note(Note{Kind: NoteBidi, Part: "the subject", Value: b.m.Subject})
	}
	for _, list := range [][]Address{{b.m.From}, b.m.ReplyTo, b.m.To, b.m.Cc, b.m.Bcc} {
		for _, a := range list {
			if strings.ContainsFunc(a.Name, isBidi) {
				b.note(Note{Kind: NoteBidi, Part: "the name", Value: a.Name})
			}
		}
	}
}

func (b *builder) open(p *Part, label string) (*source, error) {
	s, err := openPart(p, label)
	if err == nil {
		b.sources = append(b.sources, s)
	}
	return s, err
}

// content builds the tree of the message.
func (b *builder) content() (root *entity, empty bool, err error) {
	body, binary, err := b.textBody()
	if err != nil {
		return nil, false, err
	}
	html, err := b.htmlBody()
	if err != nil {
		return nil, false, err
	}
	files, pictures, invitation, err := b.files(html != nil)
	if err != nil {
		return nil, false, err
	}
	if binary != nil {
		files = append([]*entity{binary}, files...)
	}
	empty = body == nil && html == nil
	var alternatives []*entity
	if html != nil {
		related, version, err := b.finishHTML(html, pictures, body == nil)
		if err != nil {
			return nil, false, err
		}
		if body == nil {
			body = version
		}
		alternatives = append(alternatives, related)
	}
	if body != nil {
		alternatives = append([]*entity{body}, alternatives...)
	}
	if invitation != nil {
		alternatives = append(alternatives, invitation)
	}
	parts := files
	if len(alternatives) > 0 {
		parts = append([]*entity{multipart("alternative", levelAlternative, alternatives)}, files...)
	}
	if len(parts) == 0 {
		if !b.m.AllowEmpty {
			return nil, true, ErrEmpty
		}
		parts = []*entity{b.emptyText()}
	}
	if b.m.Plain {
		return parts[0], empty, nil
	}
	return &entity{mediaType: "multipart/mixed", level: levelMixed, parts: parts}, empty, nil
}

// multipart returns its only part where there is but one.
func multipart(subtype string, level int, parts []*entity) *entity {
	if len(parts) == 1 {
		return parts[0]
	}
	return &entity{mediaType: "multipart/" + subtype, level: level, parts: parts}
}

// textBody reads the text. One that holds NUL goes as a file, with a line of text that says so.
func (b *builder) textBody() (body, binary *entity, err error) {
	p := b.m.Text
	if p == nil {
		return nil, nil, nil
	}
	t, src, isBinary, err := b.readText(p, "the text", readOptions{keepNUL: b.m.Plain})
	if err != nil {
		return nil, nil, err
	}
	switch {
	case isBinary:
		b.note(Note{Kind: NoteTextAttached, Part: "the text", Value: "body.bin"})
		t.head = []byte("The text of this message holds NUL octets and cannot be shown as text.\nIt is in the attached file body.bin.\n")
		binary = &entity{mediaType: octetStream, name: "body.bin", disposition: "attachment", src: src}
		binary.encodeAsFile(b.eol)
	case len(t.head) == 0 && t.rest == nil:
		return nil, nil, nil
	}
	if b.m.Plain && t.rest != nil {
		return nil, nil, b.tooLong()
	}
	options := Part{}
	if binary == nil {
		options = *p
	}
	body, err = b.textEntity("text/plain", t, &options)
	return body, binary, err
}

func (b *builder) tooLong() error {
	return tooBig("text too large for a plain message: the limit is %d octets", maxHold)
}

// textEntity makes a part of a text, of the media type that p names, else of mediaType.
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
	e.encoding, e.size, err = b.choose(t, p)
	return e, err
}

func (b *builder) emptyText() *entity {
	return &entity{mediaType: "text/plain", params: []param{{"charset", "utf-8"}}, encoding: "7bit", text: &text{}}
}

// contentID makes the identification of one more part.
func (b *builder) contentID() string {
	if b.idBase == "" {
		b.idBase = b.ids.next()
		if b.m.Boundary != "" {
			sum := sha256.Sum256([]byte(b.m.Boundary))
			b.idBase = hex.EncodeToString(sum[:randomBytes])
		}
	}
	b.cids++
	return fmt.Sprintf("%d.%s@%s", b.cids, b.idBase, b.m.From.Domain)
}

// Empty reports whether there is no text, or an empty one: some send nothing then.
func (p *Plan) Empty() bool { return p.empty }

// Close closes the parts of a plan that is not written.
func (p *Plan) Close() error {
	p.done = true
	err := closeAll(p.sources)
	p.sources = nil
	return err
}

func closeAll(sources []*source) error {
	var errs []error
	for _, s := range sources {
		if err := s.close(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

var _ io.WriterTo = (*Plan)(nil)
