package compose

import (
	"bytes"
	"fmt"
	"io"

	"mailpipe/internal/charset"
)

// A text is a text/plain, HTML or calendar part, which is sent as UTF-8.
type text struct {
	label string
	head  []byte          // the beginning, in UTF-8
	rest  *source         // what follows the head; nil means nothing
	dec   charset.Decoder // of the rest
	note  func(Note)
	noted int // the number of invalid octets or sequences that were noted
}

// hold reads the first octets of a text: all of a text of up to maxHold octets,
// otherwise one octet more than that.
func hold(s *source) (raw []byte, isWhole bool, err error) {
	raw, err = io.ReadAll(io.LimitReader(s, maxHold+1))
	return raw, len(raw) <= maxHold, err
}

// unread makes the next Read return the held octets again.
func (s *source) unread(raw []byte) {
	s.head, s.read, s.at = raw, 0, nil
}

// readOptions control readText.
type readOptions struct {
	declared func(raw []byte) string // returns the charset that the text itself declares; nil means none
	keepNUL  bool                    // a text with NUL is a text too
}

// readText opens p and reads its beginning as a text. A text with NUL that is
// neither UTF-16 nor UTF-32 is binary: then src returns it from its beginning.
func (b *builder) readText(p *Part, label string, opt readOptions) (t *text, src *source, isBinary bool, err error) {
	src, err = b.open(p, label)
	if err != nil {
		return nil, nil, false, err
	}
	raw, isWhole, err := hold(src)
	if err != nil {
		return nil, nil, false, err
	}
	b.ids.learn(label, p.Type, p.Charset, p.Encoding)
	if err := b.ids.learnContent(src, raw); err != nil {
		return nil, nil, false, err
	}
	held := heldText{label: label, raw: raw, isWhole: isWhole, declared: opt.declared}
	name, body, err := b.charset(p, held)
	if err != nil {
		return nil, nil, false, err
	}
	t = &text{label: label, note: b.note}
	if held.hasNUL() && !charset.IsWide(name) && !opt.keepNUL {
		src.unread(raw)
		return t, src, true, nil
	}
	t.dec, err = newDecoder(name, body)
	if err != nil {
		return nil, nil, false, fmt.Errorf("%s: %w", label, err)
	}
	t.setHead(body, isWhole, src)
	t.noteInvalid(name)
	return t, src, false, nil
}

// setHead sets the beginning of a text, which was read from src. What follows is
// read while the text is written.
func (t *text) setHead(raw []byte, isWhole bool, src *source) {
	t.head = t.dec.Decode(raw, isWhole)
	if !isWhole {
		t.rest = src
	}
}

// noteInvalid notes what was invalid in the charset since the last call: once
// during Plan, and once after the last octet.
func (t *text) noteInvalid(name string) {
	n := t.dec.Invalid() - t.noted
	if n == 0 {
		return
	}
	t.noted += n
	if _, isUTF8 := t.dec.(*charset.Mixed); isUTF8 {
		t.note(Note{Kind: NoteWindows1252, Part: t.label, Count: n})
	} else {
		t.note(Note{Kind: NoteReplaced, Part: t.label, Value: name, Count: n})
	}
}

// reader returns the text in UTF-8. It can be read once.
func (t *text) reader() io.Reader {
	head := bytes.NewReader(t.head)
	if t.rest == nil {
		return head
	}
	return io.MultiReader(head, charset.NewReader(t.rest, t.dec))
}

// copyTo writes the text in UTF-8 and closes its source.
func (t *text) copyTo(w io.Writer) error {
	if _, err := io.Copy(w, t.reader()); err != nil {
		return err
	}
	return t.close()
}

// close closes the source of a text that was read to its end.
func (t *text) close() error {
	if t.rest == nil {
		return nil
	}
	t.noteInvalid("its charset")
	return t.rest.Close()
}
