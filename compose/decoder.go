package compose

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	"mailpipe/internal/charset"
)

// A decoder converts a text to UTF-8, chunk by chunk. The slice that decode
// returns may be p or a part of it.
type decoder interface {
	decode(p []byte, isLast bool) []byte
	// invalid returns the number of octets or sequences so far that are
	// invalid in the charset.
	invalid() int
}

// newDecoder returns the decoder of a charset. head is the beginning of the
// text: it decides the byte order if the name of the charset does not.
func newDecoder(name string, head []byte) (decoder, error) {
	if isUTF8Name(name) {
		return &utf8Decoder{}, nil
	}
	if isWide(name) {
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

// A utf8Decoder passes UTF-8 on and reads any other octet as windows-1252. So
// it is right for a text in either of them, and for one that mixes them.
type utf8Decoder struct {
	tail    []byte // an incomplete character at the end of the last chunk
	foreign int    // octets that are not UTF-8
}

func (d *utf8Decoder) invalid() int { return d.foreign }

func (d *utf8Decoder) decode(p []byte, isLast bool) []byte {
	if len(d.tail) > 0 {
		p = append(d.tail, p...)
	}
	if !isLast {
		n := charset.IncompleteUTF8(p)
		d.tail = bytes.Clone(p[len(p)-n:])
		p = p[:len(p)-n]
	}
	if utf8.Valid(p) {
		return p
	}
	out := make([]byte, 0, 2*len(p))
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(p[0])
			d.foreign++
		}
		out = utf8.AppendRune(out, r)
		p = p[size:]
	}
	return out
}

// A tableDecoder decodes by a table of golang.org/x/text. Invalid sequences
// become U+FFFD.
type tableDecoder struct {
	table    transform.Transformer
	tail     []byte // an incomplete character at the end of the last chunk
	replaced int
}

func (d *tableDecoder) invalid() int { return d.replaced }

func (d *tableDecoder) decode(p []byte, isLast bool) []byte {
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

// A decodingReader reads r through a decoder.
type decodingReader struct {
	r       io.Reader
	dec     decoder
	pending []byte // decoded, but not read yet
	err     error  // of r, after pending
}

func (d *decodingReader) Read(p []byte) (n int, err error) {
	for len(d.pending) == 0 && d.err == nil {
		n, d.err = d.r.Read(p)
		decoded := d.dec.decode(p[:n], d.err == io.EOF)
		if len(decoded) > 0 && &decoded[0] == &p[0] { // most texts are UTF-8, which is not copied
			return len(decoded), nil
		}
		d.pending = decoded
	}
	n = copy(p, d.pending)
	d.pending = d.pending[n:]
	if n == 0 {
		return 0, d.err
	}
	return n, nil
}
