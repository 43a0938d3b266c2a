package inspect

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"

	"mailpipe/internal/ascii"
	"mailpipe/internal/charset"
)

// A charsetCheck compares the octets of a text with the charset that it declares.
type charsetCheck struct {
	*leaf
	isASCII, isUTF8, isLatin bool              // the charset
	decoder                  *transform.Writer // of another charset; nil if it is unknown
	utf8                     charset.Mixed
	hasHigh                  bool
}

func newCharsetCheck(l *leaf) *charsetCheck {
	c := &charsetCheck{leaf: l, isASCII: charset.IsASCII(l.Charset)}
	c.isUTF8 = charset.IsUTF8(l.Charset) && !c.isASCII
	if e, known := charset.Find(l.Charset); known && !c.isASCII && !c.isUTF8 {
		c.isLatin = e == charmap.Windows1252
		c.decoder = transform.NewWriter(invalidCounter{c}, e.NewDecoder())
	}
	if l.Charset != "" && !isCharset(l.Charset) {
		l.w.report(l.Part, charsetUnknown, l.Line, l.Charset)
	}
	return c
}

func (c *charsetCheck) Write(p []byte) (int, error) {
	if c.decoder != nil {
		c.decoder.Write(p)
	}
	if ascii.Only(p) && c.utf8.Complete() {
		return len(p), nil
	}
	c.hasHigh = true
	if c.isASCII {
		c.mismatch()
	}
	if c.isUTF8 || c.isLatin && c.utf8.Invalid() == 0 {
		c.decodeUTF8(p, false)
	}
	return len(p), nil
}

func (c *charsetCheck) decodeUTF8(p []byte, isLast bool) {
	before := c.utf8.Invalid()
	c.utf8.Decode(p, isLast)
	if c.isUTF8 && c.utf8.Invalid() > before {
		c.mismatch()
	}
}

func (c *charsetCheck) end() {
	if c.decoder != nil {
		c.decoder.Close()
	}
	c.decodeUTF8(nil, true)
	switch {
	case c.Charset == "" && c.hasHigh:
		c.w.report(c.Part, charsetMissing, c.Line, "")
	case c.isLatin && c.hasHigh && c.utf8.Invalid() == 0: // as in no real text
		c.w.report(c.Part, charsetMismatch, c.Line, c.Charset+", which is UTF-8")
	}
}

func (c *charsetCheck) mismatch() { c.w.report(c.Part, charsetMismatch, c.line, c.Charset) }

// An invalidCounter looks for what a decoder writes in place of invalid octets.
type invalidCounter struct{ *charsetCheck }

func (i invalidCounter) Write(p []byte) (int, error) {
	if bytes.ContainsRune(p, utf8.RuneError) {
		i.mismatch()
	}
	return len(p), nil
}
