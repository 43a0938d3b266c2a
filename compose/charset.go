package compose

import (
	"bytes"

	"mailpipe/internal/ascii"
	"mailpipe/internal/charset"
)

// charset returns the charset of a text, and the text without a byte order mark.
// The charset that the Part names comes first, then what the octets are, then
// what the text declares, then what the Detector guesses.
func (b *builder) charset(p *Part, t heldText) (name string, body []byte, err error) {
	mark, body := charset.CutBOM(t.raw)
	isSame := charset.IsWide(mark) == charset.IsWide(p.Charset) && charset.IsUTF8(mark) == charset.IsUTF8(p.Charset)
	if mark != "" && (p.Charset == "" || isSame) {
		return mark, body, nil
	}
	if p.Charset != "" {
		return p.Charset, t.raw, nil
	}
	if t.isUTF8() {
		return "utf-8", t.raw, nil
	}
	if t.declared != nil {
		name = t.declared(t.raw)
	}
	if !t.canBe(name) && b.m.Detect != nil {
		if _, name, err = b.m.Detect("", t.raw, nil, -1); err != nil {
			return "", nil, err
		}
	}
	if !t.canBe(name) {
		return "utf-8", t.raw, nil // its decoder reads other octets as windows-1252
	}
	b.note(Note{Kind: NoteCharset, Part: t.label, Value: name})
	return name, t.raw, nil
}

// A heldText is the octets of a text, or the first of them.
type heldText struct {
	label    string
	raw      []byte
	isWhole  bool
	declared func(raw []byte) string // returns the charset that the text itself declares; nil means none
}

func (t heldText) hasNUL() bool { return bytes.IndexByte(t.raw, 0) >= 0 }

// isUTF8 reports whether the text is UTF-8, at least mostly. ISO-2022 is ASCII
// too, with escape sequences.
func (t heldText) isUTF8() bool {
	if t.hasNUL() {
		return false
	}
	if ascii.Only(t.raw) {
		return !bytes.Contains(t.raw, []byte("\x1B$"))
	}
	raw := t.raw
	if !t.isWhole {
		raw = raw[:len(raw)-charset.IncompleteUTF8(raw)]
	}
	return charset.MostlyUTF8(raw)
}

// canBe reports whether the text can be in a charset other than UTF-8.
func (t heldText) canBe(name string) bool {
	_, err := newDecoder(name, t.raw)
	return err == nil && !charset.IsUTF8(name) && charset.IsWide(name) == t.hasNUL()
}
