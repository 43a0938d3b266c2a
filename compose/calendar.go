package compose

import (
	"bytes"
	"strings"
)

// calendarMethod returns the METHOD of an iCalendar object (RFC 5545 §3.7.2),
// which must be a parameter of its type too (RFC 6047 §2.4); empty: none.
func calendarMethod(head []byte) string {
	depth := 0
	head = joinLines(decodeText(head))
	for len(head) > 0 {
		var line []byte
		line, head, _ = bytes.Cut(head, []byte("\n"))
		name, value, ok := bytes.Cut(bytes.TrimRight(line, "\r \t"), []byte(":"))
		if !ok {
			continue
		}
		name, _, _ = bytes.Cut(name, []byte(";")) // its parameters
		switch strings.ToUpper(string(name)) {
		case "BEGIN":
			depth++
		case "END":
			depth--
		case "METHOD":
			if method := strings.ToUpper(string(value)); depth == 1 && isToken(method) && len(method) <= 40 {
				return method
			}
		}
	}
	return ""
}

// joinLines undoes the folding of long lines (RFC 5545 §3.1).
func joinLines(p []byte) []byte {
	p = bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n"))
	p = bytes.ReplaceAll(p, []byte("\n "), nil)
	return bytes.ReplaceAll(p, []byte("\n\t"), nil)
}

// invitation returns the part that stands beside the text, so that a reader
// offers to accept, for a calendar that asks or answers something (RFC 6047);
// nil for one that is only published, or too long.
func (b *builder) invitation(file *entity, head []byte) (*entity, error) {
	method := paramOf(file.params, "method")
	if method == "" || strings.EqualFold(method, "PUBLISH") {
		return nil, nil
	}
	src := file.src
	raw := bytes.Clone(head)
	if !src.whole(head) {
		if src.at == nil || src.size > maxHold {
			b.note(Note{Kind: NoteNotOffered, Part: src.label, Why: "it is too large"})
			return nil, nil
		}
		raw = make([]byte, src.size)
		if err := src.fill(raw, 0); err != nil {
			return nil, err
		}
	}
	raw = decodeText(raw)
	if bytes.IndexByte(raw, 0) >= 0 {
		return nil, nil
	}
	t := &text{label: src.label, head: raw, note: b.note}
	e := &entity{mediaType: calendar, text: t,
		params: append([]param{{"charset", "utf-8"}}, without(file.params, "charset", "name")...)}
	var err error
	e.encoding, e.size, err = b.choose(t, &Part{})
	return e, err
}

// decodeText reads a held text whose charset nobody knows better than its mark.
func decodeText(raw []byte) []byte {
	mark, body := cutBOM(raw)
	if isWide(mark) {
		return (&tableDecoder{t: wideEncoding(mark, body).NewDecoder()}).decode(body, true)
	}
	return (&utf8Decoder{}).decode(body, true)
}
