package inspect

import (
	"slices"
	"strings"

	"mailpipe/internal/message"
)

// A Part is the mail, a part of a multipart, or the message in a part (RFC 2045 §2.4).
// It has what its header declares: what is missing there is empty.
type Part struct {
	// Number is as in IMAP (RFC 9051 §6.4.5.1): 1, 2, 2.1. The multipart that is the
	// body of the mail is TEXT, and that of the message in part 2 is 2.TEXT.
	Number string
	Parent *Part // nil: the mail
	Line   int   // of the mail, where the header begins

	Header message.Header // until Begin returns

	Type        string // of Content-Type in lower case, without parameters
	Charset     string // as written
	Encoding    string // Content-Transfer-Encoding in lower case
	Disposition string // of Content-Disposition in lower case, without parameters
	Name        string // of the file, decoded
	ContentID   string // without angle brackets

	HasParts bool // parts follow, up to the End of this one

	// What is known at the End of a part without parts.
	Octets  int64    // after decoding
	Damaged bool     // cut off, or not decoded completely
	Status  []Status // of a bounce

	defaultType string // if there is no Content-Type
	prefix      string // of the numbers of its parts
	children    int    // read so far
	state       multipartState
}

// textMax limits what a Part keeps of a declaration, in octets.
const textMax = 1 << 10

// newPart returns the part with a header.
func newPart(parent *Part, h message.Header, defaultType string) *Part {
	p := &Part{Parent: parent, Header: h, Line: h.Line(), defaultType: defaultType}
	contentType, disposition := h.Value("Content-Type"), h.Value("Content-Disposition")
	p.Type = clip(message.Type(contentType))
	p.Charset = clip(message.ParamValue(contentType, "charset"))
	p.Encoding = clip(message.Type(h.Value("Content-Transfer-Encoding")))
	p.Disposition = clip(message.Type(disposition))
	p.Name = clip(message.ParamText(disposition, "filename"))
	if p.Name == "" {
		p.Name = clip(message.ParamText(contentType, "name"))
	}
	p.ContentID = clip(strings.Trim(h.Value("Content-ID"), "<>"))
	return p
}

func clip(s string) string { return strings.Clone(s[:min(len(s), textMax)]) }

// MediaType returns the type by which readers treat the part (RFC 2045 §5.2).
func (p *Part) MediaType() string {
	switch {
	case p.Type == "":
		return p.defaultType
	case !strings.Contains(p.Type, "/"):
		return "text/plain"
	}
	return p.Type
}

// IsText reports whether the part is a text.
func (p *Part) IsText() bool { return strings.HasPrefix(p.MediaType(), "text/") }

func (p *Part) isMultipart() bool { return strings.HasPrefix(p.MediaType(), "multipart/") }

// isMessage reports whether the content is a message that can be read as it is.
func (p *Part) isMessage() bool {
	return slices.Contains([]string{"message/rfc822", "message/global"}, p.MediaType()) && p.isIdentity()
}

// isIdentity reports whether the content is not encoded.
func (p *Part) isIdentity() bool {
	return slices.Contains([]string{"", "7bit", "8bit", "binary"}, p.Encoding)
}

// Depth returns the number of parts around the part.
func (p *Part) Depth() (n int) {
	for p = p.Parent; p != nil; p = p.Parent {
		n++
	}
	return n
}
