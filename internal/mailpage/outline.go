package mailpage

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mailpipe/internal/buffer"
	"mailpipe/internal/inspect"
	"mailpipe/internal/message"
)

// A Mail is a mail of a page. It is read twice: Outline is for the first time, and Show
// reads it again. The caller must call Close.
type Mail struct {
	page      *Page
	number    int // of the mail in the page, from 1
	allFields bool
	title     string
	outline   buffer.Store // the header fields and the tree of parts, as HTML
	images    *images
	parts     int // begun so far
}

// Mail returns a mail of the page. Its title is the name of its file, unless it has a
// subject. allFields says whether all header fields are shown.
func (p *Page) Mail(name string, allFields bool) *Mail {
	return &Mail{page: p, number: p.mails + 1, title: name, allFields: allFields, images: newImages()}
}

// Close removes what was kept of the mail.
func (m *Mail) Close() {
	m.outline.Close()
	m.images.store.Close()
}

// Outline returns the visitor for the first time that the mail is read.
func (m *Mail) Outline() inspect.Visitor {
	return inspect.Visitor{Begin: m.beginRow, End: m.endRow}
}

func (m *Mail) beginRow(p *inspect.Part) (c inspect.Content, err error) {
	m.parts++
	if p.Parent == nil {
		for f := range p.Header.Fields() {
			if f.Is("Subject") {
				m.title = cmp.Or(clip(inspect.Value(f)), m.title)
				break
			}
		}
		m.fields(&m.outline, p.Header)
		put(&m.outline, "<h2>Parts</h2>\n<table class=\"parts\">\n<tr><th>Part<th>Type<th>Encoding"+
			"<th class=\"octets\">Octets<th>Disposition<th>Name</tr>\n")
	}
	if p.HasParts {
		m.row(p)
		return c, nil
	}
	if w := m.images.begin(p, m.parts); w != nil {
		c.Decoded = w
	}
	return c, nil
}

func (m *Mail) endRow(p *inspect.Part) error {
	if !p.HasParts {
		m.row(p)
	}
	for _, s := range p.Status {
		put(&m.outline, "<tr class=\"status\"><td><td colspan=\"5\"><b>%</b> % % %</tr>\n",
			s.Recipient, s.Action, s.Code, s.Words)
	}
	_, err := m.outline.Write(nil) // which returns an earlier error
	return err
}

// row writes a row of the tree.
func (m *Mail) row(p *inspect.Part) {
	size := ""
	if !p.HasParts {
		size = strconv.FormatInt(p.Octets, 10)
	}
	put(&m.outline, "<tr><td style=\"--depth:%\">", strconv.Itoa(p.Depth()))
	if isShown(p) {
		put(&m.outline, "<a href=\"#%\">%</a>", m.id(p), p.Number)
	} else {
		put(&m.outline, "%", p.Number)
	}
	put(&m.outline, "<td>%<td>%<td class=\"octets\">%<td>%<td>%</tr>\n",
		declaredType(p), p.Encoding, size, p.Disposition, p.Name)
}

// isShown reports whether the page has a section for a part.
func isShown(p *inspect.Part) bool {
	if p.HasParts {
		return isMessage(p)
	}
	return p.IsText() || isImage(p)
}

// isMessage reports whether a part with parts is a message.
func isMessage(p *inspect.Part) bool { return !strings.HasPrefix(p.MediaType(), "multipart/") }

func (m *Mail) id(p *inspect.Part) string { return fmt.Sprintf("mail%d-%s", m.number, p.Number) }

// declaredType returns the type with the charset.
func declaredType(p *inspect.Part) string {
	if p.Charset == "" {
		return p.Type
	}
	return p.Type + "; charset=" + p.Charset
}

// mainFields are those that are shown first, and without allFields alone.
var mainFields = []string{"from", "to", "cc", "reply-to", "date", "subject", "message-id"}

// fields writes header fields.
func (m *Mail) fields(w io.Writer, h message.Header) {
	put(w, "<table class=\"fields\">\n")
	for f := range h.Fields() {
		if m.allFields || slices.Contains(mainFields, strings.ToLower(f.Name())) {
			put(w, "<tr><th>%<td>%</tr>\n", f.Name(), inspect.Value(f))
		}
	}
	put(w, "</table>\n")
}

// clip cuts a text after 200 octets, before which no character is cut in two.
func clip(s string) string {
	if len(s) <= 200 {
		return s
	}
	return strings.ToValidUTF8(s[:200], "") + "..."
}
