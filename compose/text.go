package compose

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"mailpipe/internal/ascii"
)

// text is a body that goes as UTF-8: all of it, or its beginning and where the
// rest comes from.
type text struct {
	label string
	head  []byte  // in UTF-8
	rest  *source // nil: head is all
	dec   decoder // of the rest
	note  func(Note)
	warns int // strays that were told of
}

// hold reads the first octets of a text, at most a little over maxHold.
func hold(s *source) (raw []byte, whole bool, err error) {
	if s.size > maxHold {
		raw = make([]byte, 0, maxHold+1)
	} else if s.size >= 0 {
		raw = make([]byte, 0, s.size+1)
	} else {
		raw = make([]byte, 0, 4<<10)
	}
	for {
		if len(raw) == cap(raw) {
			if len(raw) > maxHold {
				return raw, false, nil
			}
			raw = append(make([]byte, 0, min(4*cap(raw), maxHold+1)), raw...)
		}
		n, err := s.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		switch {
		case err == io.EOF:
			return raw, true, nil
		case err != nil:
			return nil, false, err
		}
	}
}

// again makes s give what was held of it once more.
func (s *source) again(raw []byte) {
	s.head, s.read, s.at = raw, 0, nil
}

// readOptions tell how a text is read.
type readOptions struct {
	declared func(raw []byte) string // finds the charset that the text itself names
	keepNUL  bool                    // NUL makes it no file
}

// readText begins to read p as a text. binary is true for one with a NUL that
// is not UTF-16 or UTF-32: then the source gives it from its beginning again.
func (b *builder) readText(p *Part, label string, opt readOptions) (t *text, src *source, binary bool, err error) {
	src, err = b.open(p, label)
	if err != nil {
		return nil, nil, false, err
	}
	raw, whole, err := hold(src)
	if err != nil {
		return nil, nil, false, err
	}
	b.ids.learn(raw, label)
	charset, body, err := b.charset(p, label, raw, whole, opt.declared)
	if err != nil {
		return nil, nil, false, err
	}
	if !opt.keepNUL && !isWide(charset) && bytes.IndexByte(raw, 0) >= 0 {
		src.again(raw)
		return &text{label: label, note: b.note}, src, true, nil
	}
	dec, err := newDecoder(charset, body)
	if err != nil {
		return nil, nil, false, fmt.Errorf("%s: %w", label, err)
	}
	t = &text{label: label, dec: dec, note: b.note}
	t.head = dec.decode(body, whole)
	t.warn(charset)
	if !whole {
		t.rest = src
	}
	return t, src, false, nil
}

// charset returns the charset of a text and the text without a byte order mark.
func (b *builder) charset(p *Part, label string, raw []byte, whole bool, declared func([]byte) string) (charset string, body []byte, err error) {
	bom, body := cutBOM(raw)
	switch {
	case p.Charset == "" && bom != "", bom != "" && isWide(bom) == isWide(p.Charset) && isUTF8Name(bom) == isUTF8Name(p.Charset):
		return bom, body, nil
	case p.Charset != "":
		return p.Charset, raw, nil
	}
	valid := raw
	if !whole {
		valid = raw[:len(raw)-incomplete(raw)]
	}
	nul := bytes.IndexByte(raw, 0) >= 0
	escapes := bytes.Contains(raw, []byte("\x1B$")) && ascii.Only(raw) // ISO-2022 in disguise
	if !nul && !escapes && (ascii.Only(raw) || utf8.Valid(valid) || mostlyUTF8(valid)) {
		return "utf-8", raw, nil
	}
	guess := ""
	if declared != nil {
		guess = declared(raw)
	}
	if guess == "" && b.m.Detect != nil {
		if _, guess, err = b.m.Detect("", raw, nil, -1); err != nil {
			return "", nil, err
		}
	}
	if guess != "" && isWide(guess) == nul && !isUTF8Name(guess) {
		if _, err := newDecoder(guess, raw); err == nil {
			b.note(Note{Kind: NoteCharset, Part: label, Value: guess})
			return guess, raw, nil
		}
	}
	return "utf-8", raw, nil // which reads what is not as windows-1252
}

// mostlyUTF8 reports whether a text that is not UTF-8 is so by a few octets
// only. In another charset hardly any letter is by chance the UTF-8 of another.
func mostlyUTF8(p []byte) bool {
	valid, wrong := 0, 0
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			p = p[1:]
			continue
		}
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			wrong++
		} else {
			valid++
		}
		p = p[size:]
	}
	return valid > 4*wrong
}

// warn tells of octets that were not of the charset, once while planning and
// once at the end.
func (t *text) warn(charset string) {
	n := t.dec.strays() - t.warns
	if n == 0 {
		return
	}
	t.warns += n
	_, octets := t.dec.(*utf8Decoder)
	if octets {
		t.note(Note{Kind: NoteWindows1252, Part: t.label, Count: n})
	} else {
		t.note(Note{Kind: NoteReplaced, Part: t.label, Value: charset, Count: n})
	}
}

// each gives the text in UTF-8.
func (t *text) each(b *blocks, f func([]byte) error) error {
	if err := f(t.head); err != nil || t.rest == nil {
		return err
	}
	if err := b.each(t.rest, &decodingReader{r: t.rest, dec: t.dec}, f); err != nil {
		return err
	}
	if err := f(t.dec.decode(nil, true)); err != nil {
		return err
	}
	t.warn("its charset")
	return nil
}
