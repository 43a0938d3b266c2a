package repair

import (
	"io"
	"strings"

	"mailpipe/internal/charset"
	"mailpipe/internal/message"
	"mailpipe/internal/transfer"
)

// leaf writes an entity without parts.
func (w *walker) leaf(e *entity) error {
	c := w.scan()
	isText := strings.HasPrefix(e.mediaType, "text/")
	hasCharset := e.charset != "" && !charset.IsASCII(e.charset) && (!charset.IsUTF8(e.charset) || c.isUTF8())
	if isText && e.isIdentity() && c.HasHigh && !hasCharset {
		e.newCharset = "utf-8"
		w.note("charset")
	}
	hasLines := (isText || strings.HasPrefix(e.mediaType, "message/")) && !charset.IsWide(e.charset)
	switch why := c.Problem(w.bits()); {
	case !e.isIdentity() && why == "":
	case !e.isIdentity():
		return w.recode(e, c, why)
	case why != "", e.newCharset != "", e.encoding == "binary":
		return w.encodeLeaf(e, c, hasLines)
	case c.HasHigh && e.encoding != "8bit":
		e.newEncoding = "8bit"
		w.note("label")
	}
	w.writeHead(e)
	return w.copy(c)
}

// encodeLeaf writes an entity in quoted-printable, or in base64 if that is under two
// thirds of it.
func (w *walker) encodeLeaf(e *entity, c *content, hasLines bool) error {
	open := func() io.Reader {
		r := w.in.section(c.from, c.to)
		if e.newCharset != "" {
			r = charset.NewReader(r, new(charset.Mixed))
		}
		return r
	}
	opt := transfer.Options{EOL: "\r\n", Lines: hasLines, Dashes: true}
	encoding, err := c.Shorter(open, opt, w.block)
	if err != nil {
		return err
	}
	e.newEncoding = encoding
	w.note(e.newEncoding)
	w.writeHead(e)
	return w.encode(e.newEncoding, hasLines, open())
}

// recode writes an entity that is encoded already, but so that SMTP cannot carry it:
// in one long line, for example.
func (w *walker) recode(e *entity, c *content, why string) error {
	if e.encoding != "base64" && e.encoding != "quoted-printable" {
		return &message.Error{Kind: message.ErrContent, Field: "Content-Transfer-Encoding", Why: why}
	}
	w.note(e.encoding)
	w.writeHead(e)
	hasLines := strings.HasPrefix(e.mediaType, "text/") && e.encoding == "quoted-printable"
	decoder, _ := transfer.DecoderFor(e.encoding)
	return w.encode(e.encoding, hasLines, charset.NewReader(w.in.section(c.from, c.to), decoder))
}
