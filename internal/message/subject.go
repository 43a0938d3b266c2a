package message

import (
	"errors"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/internal/charset"
)

var decoder = mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) {
	e, known := charset.Find(name)
	if !known {
		return nil, errors.ErrUnsupported
	}
	return e.NewDecoder().Reader(r), nil
}}

// Subject returns the Subject with its encoded words decoded (RFC 2047), except those
// that it cannot decode. It also decodes those that touch other text, because some
// programs write them so. If the field is not UTF-8, it is read as windows-1252, as
// display names are. The result may have any characters.
func (h Header) Subject() string {
	raw := h.Value("Subject")
	if !utf8.ValidString(raw) {
		raw, _ = charmap.Windows1252.NewDecoder().String(raw)
	}
	var out strings.Builder
	afterEncoded := false // the whitespace between two encoded words is not shown
	for i, word := range strings.Fields(raw) {
		text, err := decoder.DecodeHeader(word)
		if err != nil {
			text = word
		}
		encoded := text != word
		if i > 0 && !(afterEncoded && encoded) {
			out.WriteByte(' ')
		}
		afterEncoded = encoded
		out.WriteString(text)
	}
	return out.String()
}
