package compose

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	"mailpipe/internal/charset"
)

// A decoder turns a text of some charset into UTF-8, piece by piece. What it
// returns is good until the next call, the head of a long text for good.
type decoder interface {
	decode(p []byte, last bool) []byte
	strays() int // octets that were not of the charset
}

// boms are the marks that a text may begin with, the longer before the shorter.
var boms = []struct{ mark, charset string }{
	{"\x00\x00\xFE\xFF", "utf-32be"},
	{"\xFF\xFE\x00\x00", "utf-32le"},
	{"\xEF\xBB\xBF", "utf-8"},
	{"\xFE\xFF", "utf-16be"},
	{"\xFF\xFE", "utf-16le"},
}

// cutBOM returns the charset that a mark tells, and what follows the mark.
func cutBOM(p []byte) (charset string, rest []byte) {
	for _, b := range boms {
		if bytes.HasPrefix(p, []byte(b.mark)) {
			return b.charset, p[len(b.mark):]
		}
	}
	return "", p
}

// isUTF8Name and isWide tell the charsets that need no table, and those whose letters hold NULs.
func isUTF8Name(charset string) bool {
	switch strings.ToLower(charset) {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return true
	}
	return false
}

func isWide(charset string) bool {
	c := strings.ToLower(charset)
	return strings.HasPrefix(c, "utf-16") || strings.HasPrefix(c, "utf-32") || strings.HasPrefix(c, "utf16") ||
		strings.HasPrefix(c, "utf32") || strings.Contains(c, "ucs-2") || strings.Contains(c, "ucs-4")
}

// decodingReader reads r through a decoder, but for what that holds back at the end.
type decodingReader struct {
	r    io.Reader
	dec  decoder
	more []byte // decoded, and not given yet
	err  error  // of r, when more was given
}

func (d *decodingReader) Read(p []byte) (n int, err error) {
	for len(d.more) == 0 && d.err == nil {
		if n, d.err = d.r.Read(p); n == 0 {
			continue
		}
		out := d.dec.decode(p[:n], false)
		if len(out) > 0 && &out[0] == &p[0] { // as it was: most texts are UTF-8
			return len(out), nil
		}
		d.more = out
	}
	if n = copy(p, d.more); n > 0 {
		d.more = d.more[n:]
		return n, nil
	}
	return 0, d.err
}

// newDecoder returns the decoder of a charset by its name. head is the
// beginning of the text: it tells the byte order where the name does not.
func newDecoder(label string, head []byte) (decoder, error) {
	if isUTF8Name(label) {
		return &utf8Decoder{}, nil
	}
	name := strings.ToLower(label)
	if isWide(name) {
		return &tableDecoder{t: wideEncoding(name, head).NewDecoder()}, nil
	}
	e, known := charset.Find(name)
	if !known {
		return nil, invalid("unsupported charset %q", label)
	}
	return &tableDecoder{t: e.NewDecoder()}, nil
}

func wideEncoding(name string, head []byte) encoding.Encoding {
	four := strings.Contains(name, "32") || strings.Contains(name, "4")
	big := strings.HasSuffix(name, "be")
	if !big && !strings.HasSuffix(name, "le") {
		big = len(head) > 1 && head[0] == 0 // letters of ASCII are what texts begin with most
	}
	switch {
	case four && big:
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case four:
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case big:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
}

// utf8Decoder lets UTF-8 through and reads every other octet as windows-1252:
// so a text is right that is the one or the other, or both in turns.
type utf8Decoder struct {
	tail  []byte // the beginning of a character
	buf   []byte
	wrong int
}

func (d *utf8Decoder) strays() int { return d.wrong }

func (d *utf8Decoder) decode(p []byte, last bool) []byte {
	if len(d.tail) > 0 {
		p = append(d.tail, p...)
	}
	if !last {
		n := incomplete(p)
		d.tail = bytes.Clone(p[len(p)-n:])
		p = p[:len(p)-n]
	}
	if utf8.Valid(p) {
		return p
	}
	out := d.buf[:0]
	for len(p) > 0 {
		n := 0
		for n < len(p) {
			r, size := utf8.DecodeRune(p[n:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			n += size
		}
		out = append(out, p[:n]...)
		if p = p[n:]; len(p) > 0 {
			out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(p[0]))
			p = p[1:]
			d.wrong++
		}
	}
	d.buf = reusable(out)
	return out
}

// reusable returns a buffer to keep, unless it is that of a head: that is held
// while the rest is read.
func reusable(buf []byte) []byte {
	if cap(buf) > maxHold*3/4 {
		return nil
	}
	return buf
}

// incomplete returns the length of the beginning of a character that p ends with.
func incomplete(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if c := p[len(p)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(p[len(p)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// tableDecoder reads a charset by the tables of golang.org/x/text.
type tableDecoder struct {
	t     transform.Transformer
	tail  []byte
	buf   []byte
	wrong int
}

func (d *tableDecoder) strays() int { return d.wrong }

func (d *tableDecoder) decode(p []byte, last bool) []byte {
	if len(d.tail) > 0 {
		p = append(d.tail, p...)
	}
	out := d.buf[:0]
	for {
		if cap(out)-len(out) < len(p)+utf8.UTFMax {
			out = append(make([]byte, 0, 2*cap(out)+2*len(p)+64), out...)
		}
		n, used, err := d.t.Transform(out[len(out):cap(out)], p, last)
		d.wrong += bytes.Count(out[len(out):len(out)+n], []byte("\uFFFD"))
		out = out[:len(out)+n]
		p = p[used:]
		if err != transform.ErrShortDst {
			break // nil, or a character that is not whole yet
		}
	}
	d.tail = bytes.Clone(p)
	d.buf = reusable(out)
	return out
}
