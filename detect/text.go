package detect

import (
	"bytes"

	"mailpipe/internal/ascii"
	"mailpipe/internal/charset"
)

// A text is the content of a text file.
type text struct {
	charset string // what the octets prove; empty for the charsets that they do not
	body    []byte // without byte order mark; UTF-16 and UTF-32 as UTF-8
}

// textControls has a bit for each control character of texts: BEL, BS, tab, LF,
// VT, FF, CR, SO and SI (ISO 2022), ESC (terminals, ISO 2022).
const textControls = 1<<7 | 1<<8 | 1<<9 | 1<<10 | 1<<11 | 1<<12 | 1<<13 | 1<<14 | 1<<15 | 1<<27

// endOfFile is Ctrl-Z, the last octet of texts of CP/M and DOS.
const endOfFile = 0x1A

// readText returns the text in b, and reports whether b is text. If b is not
// text, its body is b. If isWhole is false, more octets follow b.
func readText(b []byte, isWhole bool) (t text, isText bool) {
	if t, ok := readWide(b, isWhole); ok {
		return t, true
	}
	mark, body := charset.CutBOM(b)
	if mark != "utf-8" {
		mark, body = "", b
	}
	if hasBinaryControl(body, isWhole) {
		return text{body: b}, false
	}
	if !isWhole {
		body = body[:len(body)-charset.IncompleteUTF8(body)]
	}
	switch {
	case !charset.MostlyUTF8(body):
		return text{body: body}, bytes.ContainsAny(body, " \t\r\n")
	case mark == "" && len(body) == 0 && len(b) > 0: // only a part of a character
		return text{body: b}, false
	case mark != "" || !ascii.Only(body):
		return text{charset: "utf-8", body: body}, true
	case escapedCharset(body) != "":
		return text{charset: escapedCharset(body), body: body}, true
	case !isWhole: // the rest may be more than ASCII
		return text{charset: "utf-8", body: body}, true
	}
	return text{charset: "us-ascii", body: body}, true
}

// hasBinaryControl reports whether b has a control character that no text has.
func hasBinaryControl(b []byte, isWhole bool) bool {
	for i, c := range b {
		if c < ' ' && textControls>>c&1 == 0 {
			isEnd := c == endOfFile && isWhole && i == len(b)-1
			return !isEnd
		}
	}
	return false
}

// escapes are the sequences by which a text changes to a charset of ISO 2022
// (RFC 1468, RFC 1557, RFC 1922).
var escapes = [...]struct{ sequence, charset string }{
	{"\x1b$B", "iso-2022-jp"},
	{"\x1b$@", "iso-2022-jp"},
	{"\x1b(J", "iso-2022-jp"},
	{"\x1b(I", "iso-2022-jp"},
	{"\x1b$)C", "iso-2022-kr"},
	{"\x1b$)A", "iso-2022-cn"},
	{"\x1b$)G", "iso-2022-cn"},
}

// escapedCharset returns the charset of ISO 2022 that b has the sequences of, or
// "".
func escapedCharset(b []byte) string {
	for _, e := range escapes {
		if bytes.Contains(b, []byte(e.sequence)) {
			return e.charset
		}
	}
	return ""
}
