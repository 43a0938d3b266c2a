package detect

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"mailpipe/internal/charset"
)

// A utf16or32 is UTF-16 or UTF-32 in one byte order.
type utf16or32 struct {
	charset string
	width   int // octets of a code unit
	order   binary.ByteOrder
}

// utf16or32s has UTF-32 first, because it reads as UTF-16 with many NULs.
var utf16or32s = [...]utf16or32{
	{"utf-32le", 4, binary.LittleEndian},
	{"utf-32be", 4, binary.BigEndian},
	{"utf-16le", 2, binary.LittleEndian},
	{"utf-16be", 2, binary.BigEndian},
}

// readWide reads UTF-16 and UTF-32. A byte order mark decides which of them it
// is. Without one, content with NULs may be in the form in which most of its
// characters are ASCII letters and spaces.
func readWide(b []byte, isWhole bool) (t text, ok bool) {
	mark, rest := charset.CutBOM(b)
	for _, form := range utf16or32s {
		if form.charset != mark {
			continue
		}
		if body, _, ok := form.decode(rest, isWhole); ok {
			return text{charset: mark[:len("utf-16")], body: body}, true // the mark gives the byte order
		}
	}
	hasNUL := bytes.IndexByte(b[:min(len(b), HeadSize)], 0) >= 0
	if !hasNUL || !enoughForUTF16(b) {
		return text{}, false
	}
	most := 0
	for _, form := range utf16or32s {
		if body, plain, ok := form.decode(b, isWhole); ok && plain > most {
			most = plain
			t = text{charset: form.charset, body: body}
		}
	}
	return t, most > 0
}

// enoughForUTF16 reports whether b is long enough to be recognized as UTF-16
// without a mark. By chance, a few octets of binary content read as letters, most
// of all if two of the octets are ASCII side by side.
func enoughForUTF16(b []byte) bool {
	const surelyEnough, leastEnough = 16, 6 // octets
	if len(b) >= surelyEnough {
		return true
	}
	for i := 1; i < len(b); i++ {
		if isASCIIText(b[i-1]) && isASCIIText(b[i]) {
			return false
		}
	}
	return len(b) >= leastEnough
}

// decode returns b in UTF-8 and the number of ASCII letters, spaces and line
// endings in it. It reports false if b has a character that no text has.
func (u utf16or32) decode(b []byte, isWhole bool) (body []byte, plain int, ok bool) {
	units := 0
	pairs := 0 // units of two octets that would be ASCII each
	for len(b) >= u.width {
		r, n := u.rune(b)
		if n == 0 { // half a surrogate pair
			break
		}
		units++
		if r > 0xFF && isASCIIText(b[0]) && isASCIIText(b[1]) {
			pairs++
		}
		b = b[n:]
		isEnd := r == endOfFile && isWhole && len(b) == 0
		if !isTextRune(r) && !isEnd {
			return nil, 0, false
		}
		if r == ' ' || r == '\n' || r == '\r' || isASCIILetter(r) {
			plain++
		}
		body = utf8.AppendRune(body, r)
	}
	isCut := isWhole && len(b) > 0
	isASCII := pairs > units/2
	return body, plain, !isCut && !isASCII
}

// rune returns the first character of b, at least one code unit, and its length.
// The length is 0 if b has only the first half of a surrogate pair. The
// character is -1 if it is invalid.
func (u utf16or32) rune(b []byte) (r rune, n int) {
	if u.width == 4 {
		if c := u.order.Uint32(b); c <= unicode.MaxRune {
			return rune(c), 4
		}
		return -1, 4
	}
	r = rune(u.order.Uint16(b))
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(b) < 4 {
		return 0, 0
	}
	r = utf16.DecodeRune(r, rune(u.order.Uint16(b[2:])))
	if r == unicode.ReplacementChar {
		return -1, 2
	}
	return r, 4
}

// isTextRune reports whether texts have the character r. The emoji blocks count
// as a whole, because Go's tables lack the newest.
func isTextRune(r rune) bool {
	switch {
	case r < ' ':
		return r >= 0 && textControls>>r&1 == 1
	case r <= 0x7F, r == 0x85, r == 0x2028, r == 0x2029, 0x1F000 <= r && r < 0x20000:
		return true
	}
	return unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r)
}

func isASCIIText(c byte) bool { return ' ' <= c && c < 0x7F || c == '\n' || c == '\r' || c == '\t' }

func isASCIILetter[T byte | rune](c T) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
