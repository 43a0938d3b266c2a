package compose

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/charset"
)

// calendarMethod returns the METHOD of an iCalendar object (RFC 5545 §3.7.2),
// which must be a parameter of its media type too (RFC 6047 §2.4), or "".
func calendarMethod(head []byte) string {
	depth := 0
	for line := range bytes.Lines(unfoldCalendar(decodeCalendar(head))) {
		name, value, found := bytes.Cut(bytes.TrimRight(line, "\r\n \t"), []byte(":"))
		if !found {
			continue
		}
		name, _, _ = bytes.Cut(name, []byte(";")) // parameters
		switch strings.ToUpper(string(name)) {
		case "BEGIN":
			depth++
		case "END":
			depth--
		case "METHOD":
			method := strings.ToUpper(string(value))
			if depth == 1 && isToken(method) && len(method) <= 40 {
				return method
			}
		}
	}
	return ""
}

// unfoldCalendar joins the lines that a calendar program folded (RFC 5545 §3.1).
func unfoldCalendar(p []byte) []byte {
	p = bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n"))
	p = bytes.ReplaceAll(p, []byte("\n "), nil)
	return bytes.ReplaceAll(p, []byte("\n\t"), nil)
}

// foldCalendar folds lines of more than 75 octets, between characters (RFC 5545 §3.1).
func foldCalendar(p []byte) []byte {
	var out []byte
	for line := range bytes.Lines(p) {
		limit := 75
		for len(bytes.TrimRight(line, "\r\n")) > limit {
			n := limit - charset.IncompleteUTF8(line[:limit])
			out = append(out, line[:n]...)
			out = append(out, "\n "...)
			line = line[n:]
			limit = 74 // after the space
		}
		out = append(out, line...)
	}
	return out
}

// decodeCalendar returns a calendar in UTF-8. Lines may be folded inside a
// character, because a program may count octets (RFC 5545 §3.1): such a
// calendar is unfolded before it is decoded, and then folded again.
func decodeCalendar(raw []byte) []byte {
	mark, body := charset.CutBOM(raw)
	switch {
	case charset.IsWide(mark):
		dec := tableDecoder{table: wideEncoding(mark, body).NewDecoder()}
		return dec.Decode(body, true)
	case utf8.Valid(body):
		return body
	}
	return foldCalendar((&charset.Mixed{}).Decode(unfoldCalendar(body), true))
}

// calendarCharset returns the charset of a calendar that was detected as name. A
// character that is folded in two is UTF-8 only after the lines are joined.
func calendarCharset(name string, head []byte) string {
	if name == "" || charset.IsUTF8(name) || charset.IsWide(name) || !charset.MostlyUTF8(unfoldCalendar(head)) {
		return name
	}
	return "utf-8"
}

// invitation returns the part that goes beside the text, so that a mail reader
// offers to accept it: a calendar that asks or answers something (RFC 6047). It
// returns nil for one that is only published, or too large to hold.
func (b *builder) invitation(file *entity, head []byte) (*entity, error) {
	method := paramOf(file.params, "method")
	if method == "" || strings.EqualFold(method, "PUBLISH") {
		return nil, nil
	}
	src := file.src
	raw := bytes.Clone(head)
	if src.size != int64(len(head)) {
		if src.at == nil || src.size > maxHold {
			b.note(Note{Kind: NoteNotOffered, Part: src.label, Why: "it is too large"})
			return nil, nil
		}
		raw = make([]byte, src.size)
		if err := src.readAt(raw, 0); err != nil {
			return nil, err
		}
	}
	content := decodeCalendar(raw)
	if bytes.IndexByte(content, 0) >= 0 {
		return nil, nil
	}
	t := &text{label: src.label, head: content, note: b.note}
	params := append([]param{{"charset", "utf-8"}}, without(file.params, "charset", "name")...)
	e := &entity{mediaType: calendar, params: params, text: t}
	var err error
	e.encoding, e.size, err = b.chooseForText(t, "")
	return e, err
}
