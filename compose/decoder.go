package compose

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	"mailpipe/internal/charset"
)

// newDecoder returns the decoder of a charset. head is the beginning of the
// text: it decides the byte order if the name of the charset does not.
func newDecoder(name string, head []byte) (charset.Decoder, error) {
	if charset.IsUTF8(name) {
		return &charset.Mixed{}, nil
	}
	if charset.IsWide(name) {
		return &tableDecoder{table: wideEncoding(name, head).NewDecoder()}, nil
	}
	e, known := charset.Find(name)
	if !known {
		return nil, invalid("unsupported charset %q", name)
	}
	return &tableDecoder{table: e.NewDecoder()}, nil
}

// wideEncoding returns UTF-16 or UTF-32. Without a byte order in the name, a
// text that begins with a NUL is big-endian: most texts begin with ASCII.
func wideEncoding(name string, head []byte) encoding.Encoding {
	name = charset.Plain(name)
	isBig := strings.HasSuffix(name, "be") || name == "unicodefffe"
	if !isBig && !strings.HasSuffix(name, "le") {
		isBig = len(head) > 1 && head[0] == 0
	}
	order16, order32 := unicode.LittleEndian, utf32.LittleEndian
	if isBig {
		order16, order32 = unicode.BigEndian, utf32.BigEndian
	}
	if strings.Contains(name, "utf32") || strings.Contains(name, "ucs4") {
		return utf32.UTF32(order32, utf32.IgnoreBOM)
	}
	return unicode.UTF16(order16, unicode.IgnoreBOM)
}

// A tableDecoder decodes by a table of golang.org/x/text. Invalid sequences
// become U+FFFD.
type tableDecoder struct {
	table    transform.Transformer
	tail     []byte // an incomplete character at the end of the last chunk
	replaced int
}

func (d *tableDecoder) Invalid() int { return d.replaced }

func (d *tableDecoder) Decode(p []byte, isLast bool) []byte {
	if len(d.tail) > 0 {
		p = append(d.tail, p...)
	}
	var out []byte
	for {
		out = slices.Grow(out, 2*len(p)+utf8.UTFMax)
		written, read, err := d.table.Transform(out[len(out):cap(out)], p, isLast)
		d.replaced += bytes.Count(out[len(out):len(out)+written], []byte("\uFFFD"))
		out = out[:len(out)+written]
		p = p[read:]
		if err != transform.ErrShortDst {
			break // done, or an incomplete character is left
		}
	}
	d.tail = bytes.Clone(p)
	return out
}
