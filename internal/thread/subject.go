package thread

import (
	"errors"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/internal/charset"
	"mailpipe/internal/message"
)

// Subject returns the decoded subject of the parent with one "Re: " before it.
func Subject(parent message.Header) string { return replyTo(parent.Value("Subject")) }

func replyTo(raw string) string {
	subject := strings.TrimSpace(printable(decode(raw)))
	if len(subject) >= 3 && strings.EqualFold(subject[:3], "re:") {
		return subject
	}
	return strings.TrimSpace("Re: " + subject)
}

var decoder = mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) {
	e, known := charset.Find(name)
	if !known {
		return nil, errors.ErrUnsupported
	}
	return e.NewDecoder().Reader(r), nil
}}

// decode decodes the encoded words of an unstructured field (RFC 2047), except
// those that it cannot decode. Bytes that are not UTF-8 are read as
// windows-1252, as in display names.
func decode(raw string) string {
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
