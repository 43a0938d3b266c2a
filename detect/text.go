package detect

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/ascii"
	"mailpipe/internal/charset"
)

// text is the head of a text.
type text struct {
	charset string // as proven by its bytes; empty: one of the many of eight bits
	body    []byte // without byte order mark; UTF-16 and UTF-32 as UTF-8
}

// textControls are the controls that texts hold: BEL, BS, tab, LF, VT, FF, CR,
// SO, SI (ISO 2022) and ESC (terminals, ISO 2022).
const textControls = 1<<7 | 1<<8 | 1<<9 | 1<<10 | 1<<11 | 1<<12 | 1<<13 | 1<<14 | 1<<15 | 1<<27

// endOfFile is the ^Z that ended texts under CP/M and DOS.
const endOfFile = 0x1A

// readText tells whether b is text. whole says that nothing follows.
func readText(b []byte, whole bool) (text, bool) {
	if t, ok := readWide(b, whole); ok {
		return t, true
	}
	body := bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if i := indexControl(body); i >= 0 && !(body[i] == endOfFile && whole && i == len(body)-1) {
		return text{}, false
	}
	if cut := charset.IncompleteUTF8(body); !whole && cut > 0 {
		if cut == len(body) { // nothing but a piece of a character
			return text{}, false
		}
		body = body[:len(body)-cut]
	}
	if charset.MostlyUTF8(body) {
		return text{charset: unicodeCharset(b, body, whole), body: body}, true
	}
	return text{body: body}, bytes.ContainsAny(body, " \t\r\n")
}

// unicodeCharset names what is UTF-8, at least mostly.
func unicodeCharset(b, body []byte, whole bool) string {
	switch {
	case len(body) < len(b) && bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return "utf-8"
	case !ascii.Only(body):
		return "utf-8"
	}
	if escaped := escapedCharset(body); escaped != "" {
		return escaped
	}
	if !whole {
		return "utf-8" // what follows may be more than ASCII
	}
	return "us-ascii"
}

// escapes announce the charsets of ISO 2022 (RFC 1468, RFC 1557, RFC 1922).
var escapes = [...]struct{ sequence, charset string }{
	{"\x1b$B", "iso-2022-jp"}, {"\x1b$@", "iso-2022-jp"}, {"\x1b(J", "iso-2022-jp"}, {"\x1b(I", "iso-2022-jp"},
	{"\x1b$)C", "iso-2022-kr"}, {"\x1b$)A", "iso-2022-cn"}, {"\x1b$)G", "iso-2022-cn"},
}

func escapedCharset(b []byte) string {
	if bytes.IndexByte(b, 0x1b) < 0 {
		return ""
	}
	for _, e := range escapes {
		if bytes.Contains(b, []byte(e.sequence)) {
			return e.charset
		}
	}
	return ""
}

// A wide is one way to write characters in more than one octet each.
type wide struct {
	mark    string // byte order mark
	marked  string // its name with the mark, which tells the order
	charset string // its name without
	width   int
	order   binary.ByteOrder
}

// wides has UTF-32 first: its little-endian mark begins with that of UTF-16.
var wides = [...]wide{
	{"\xFF\xFE\x00\x00", "utf-32", "utf-32le", 4, binary.LittleEndian},
	{"\x00\x00\xFE\xFF", "utf-32", "utf-32be", 4, binary.BigEndian},
	{"\xFF\xFE", "utf-16", "utf-16le", 2, binary.LittleEndian},
	{"\xFE\xFF", "utf-16", "utf-16be", 2, binary.BigEndian},
}

// readWide reads UTF-16 and UTF-32, by the mark, else where there are NULs by
// the order that reads as letters and blanks.
func readWide(b []byte, whole bool) (text, bool) {
	for _, w := range wides {
		if rest, ok := bytes.CutPrefix(b, []byte(w.mark)); ok {
			if body, _, ok := w.read(rest, whole); ok {
				return text{charset: w.marked, body: body}, true
			}
		}
	}
	if bytes.IndexByte(b[:min(len(b), HeadSize)], 0) < 0 {
		return text{}, false
	}
	var best text
	most := 0
	for _, w := range wides {
		if body, plain, ok := w.read(b, whole); ok && plain > most && proves(b) {
			best, most = text{charset: w.charset, body: body}, plain
		}
	}
	return best, most > 0
}

// proves reports whether b is enough to tell wide characters without a mark:
// a few octets of a program, two of them ASCII side by side, read as letters, too.
func proves(b []byte) bool {
	if len(b) >= 16 {
		return true
	}
	for i := 1; i < len(b); i++ {
		if isASCIIText(b[i-1]) && isASCIIText(b[i]) {
			return false
		}
	}
	return len(b) >= 6
}

// read turns wide characters into UTF-8 and counts the ASCII letters, blanks
// and line ends; a character that no text has makes it fail.
func (w wide) read(b []byte, whole bool) (body []byte, plain int, ok bool) {
	if whole && len(b)%w.width != 0 {
		return nil, 0, false
	}
	units, pairs := 0, 0
	for len(b) >= w.width {
		r, n := w.rune(b)
		if n == 0 { // cut in the middle of a pair
			break
		}
		units++
		if r > 0xFF && isASCIIText(b[0]) && isASCIIText(b[1]) {
			pairs++
		}
		b = b[n:]
		switch {
		case r == endOfFile && whole && len(b) == 0:
		case r < ' ' && (r < 0 || textControls>>r&1 == 0), r >= ' ' && !isTextRune(r):
			return nil, 0, false
		}
		if r == ' ' || r == '\n' || r == '\r' || 'a' <= r|0x20 && r|0x20 <= 'z' {
			plain++
		}
		body = utf8.AppendRune(body, r)
	}
	if whole && len(b) > 0 || pairs > units/2 { // what reads as ASCII is no UTF-16
		return nil, 0, false
	}
	return body, plain, true
}

func isASCIIText(c byte) bool { return c >= ' ' && c < 0x7F || c == '\n' || c == '\r' || c == '\t' }

// rune returns the first character of b and its length; 0 when it is cut off.
func (w wide) rune(b []byte) (rune, int) {
	if w.width == 4 {
		u := w.order.Uint32(b)
		if u > unicode.MaxRune {
			return -1, 4
		}
		return rune(u), 4
	}
	r := rune(w.order.Uint16(b))
	if r < 0xD800 || r > 0xDBFF {
		return r, 2
	}
	if len(b) < 4 {
		return 0, 0
	}
	low := rune(w.order.Uint16(b[2:]))
	if low < 0xDC00 || low > 0xDFFF {
		return -1, 2
	}
	return (r-0xD800)<<10 | (low - 0xDC00) + 0x10000, 4
}

// isTextRune reports whether texts hold r. Emoji newer than Go's tables count.
func isTextRune(r rune) bool {
	return r < 0x7F || unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) || r == 0x7F || r == 0x85 ||
		r == 0x2028 || r == 0x2029 || r >= 0x1F000 && r < 0x20000
}
