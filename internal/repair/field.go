package repair

import (
	"bytes"
	"slices"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/ascii"
	"mailpipe/internal/header"
	"mailpipe/internal/message"
	"mailpipe/internal/transfer"
)

// once are the fields that may occur only once (RFC 5322 §3.6, RFC 2045 §3). Those
// of joined are joined; of the others the first is kept.
var once = []string{
	"from", "sender", "reply-to", "to", "cc", "bcc", "date", "message-id", "in-reply-to", "references", "subject",
	"mime-version", "content-type", "content-transfer-encoding", "content-id", "content-description",
	"content-disposition",
}

// addable are the fields of Options.Missing.
var addable = []string{"From", "Reply-To"}

var joined = []string{"reply-to", "to", "cc", "bcc"}

// writeHead writes the header of an entity, with its empty line.
func (w *walker) writeHead(e *entity) {
	seen := map[string]bool{}
	for i, f := range e.fields {
		name := e.name(f)
		key := strings.ToLower(name)
		if slices.Contains(once, key) {
			if seen[key] {
				w.note("duplicates")
				continue
			}
			seen[key] = true
		}
		isEmpty := func(missing string) bool { return e.is(f, missing) && e.missing(missing, &w.opt) != nil }
		if e.isTop && slices.ContainsFunc(addable, isEmpty) {
			continue
		}
		rest := e.fields[i+1:]
		isRepeated := slices.Contains(joined, key) && slices.ContainsFunc(rest, func(f field) bool { return e.is(f, key) })
		switch {
		case key == "content-type" && e.newCharset != "":
			w.writeContentType(e)
		case key == "content-transfer-encoding" && e.newEncoding != "":
			w.fields.Add("Content-Transfer-Encoding", e.newEncoding)
		case e.isSigned && strings.HasPrefix(key, "content-"):
			w.writeRaw(e, f)
		case header.IsAddresses(name) && (isRepeated || w.isBad(e, f) || e.isTop && e.rewrites(f, &w.opt)):
			w.writeAddresses(e, f, rest)
		case w.isBad(e, f):
			w.writeField(e, f)
		default:
			w.writeRaw(e, f)
		}
		w.flushFields()
	}
	w.addMissing(e, seen)
	w.fields.End() // the empty line
	w.flushFields()
}

// isBad reports whether a field has octets over 127, control characters or a line
// over 998 octets, and notes it.
func (w *walker) isBad(e *entity, f field) bool {
	raw := e.raw[f.start:f.end]
	isHigh := !ascii.Only(raw)
	isLong, isControl := false, false
	for line := range bytes.Lines(raw) {
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		isLong = isLong || len(line) > transfer.LineMax
		isControl = isControl || bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F })
	}
	if isControl {
		w.note("controls")
	}
	if isLong {
		w.note("folded")
	}
	if isHigh {
		w.note("encoded-words")
	}
	return isHigh || isLong || isControl
}

// writeRaw writes a field as it is, except for its line endings.
func (w *walker) writeRaw(e *entity, f field) {
	lines := transfer.LineWriter{Out: w.out}
	lines.Write(e.raw[f.start:f.end])
	if !lines.Ended() {
		w.out.Write(crlf)
	}
}

// writeField writes a field that is bad as it is. Any field that is neither of
// parameters nor of addresses is written as text.
func (w *walker) writeField(e *entity, f field) {
	name, value := e.name(f), e.value(f)
	if e.is(f, "Content-Type") || e.is(f, "Content-Disposition") {
		w.writeParams(name, value, e.charset, "")
		return
	}
	limit := header.TokenLimit
	if e.is(f, "Subject") {
		limit = header.SubjectWord
	}
	w.fields.Text(name, plainText(value, e.charset), limit)
}

// writeContentType writes the Content-Type of a text with another charset.
func (w *walker) writeContentType(e *entity) {
	value, _ := e.get("Content-Type")
	if !strings.HasPrefix(e.mediaType, "text/") || !strings.HasPrefix(strings.ToLower(value), "text/") {
		value = "text/plain"
	}
	w.writeParams("Content-Type", value, e.charset, e.newCharset)
}

// writeParams writes a field with parameters. Those that are ASCII keep their form.
// A charset that is not empty replaces that of the value.
func (w *walker) writeParams(name, value, declared, charset string) {
	typ, params := message.ParseType(spaces(toUTF8(value, declared)))
	h := &w.fields
	h.Begin(name)
	h.Put(" " + strings.Map(token, typ))
	for _, p := range params {
		key := strings.Map(token, p.Name)
		switch {
		case charset != "" && strings.EqualFold(key, "charset"), key == "":
		case ascii.OnlyString(p.Value) && len(p.Value) < header.TokenLimit:
			if strings.HasSuffix(key, "*") { // which is encoded already
				h.PutParam(key + "=" + p.Value)
			} else {
				h.PutParam(key + "=" + quoted(p.Value))
			}
		default:
			h.Param(strings.TrimRight(key, "*"), p.Value)
		}
	}
	if charset != "" {
		h.Param("charset", charset)
	}
	h.End()
}

// token drops what is not allowed in a token of a MIME field (RFC 2045 §5.1). A
// slash separates a type and a subtype, and a star is of RFC 2231.
func token(r rune) rune {
	if r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"[]?=`, r) {
		return -1
	}
	return r
}

// quoted returns a value as a token if it is one, otherwise as a quoted string.
func quoted(value string) string {
	if value != "" && strings.Map(token, value) == value && !strings.Contains(value, "/") {
		return value
	}
	return address.Quote(value)
}

// addMissing adds the fields that an entity lacks. seen has the names of its fields
// in lower case.
func (w *walker) addMissing(e *entity, seen map[string]bool) {
	if !seen["content-type"] && e.newCharset != "" {
		w.fields.Begin("Content-Type")
		w.fields.Put(" text/plain")
		w.fields.Param("charset", e.newCharset)
		w.fields.End()
		seen["content-type"] = true
	}
	if !seen["content-transfer-encoding"] && e.newEncoding != "" {
		w.fields.Add("Content-Transfer-Encoding", e.newEncoding)
		seen["content-transfer-encoding"] = true
	}
	if !e.isTop {
		return
	}
	hasMIME := slices.ContainsFunc(once, func(name string) bool {
		return strings.HasPrefix(name, "content-") && seen[name]
	})
	isText := len(e.fields) == 0 // a header needs a field
	if (hasMIME || isText) && !seen["mime-version"] {
		w.note("mime-version")
		w.fields.Add("MIME-Version", "1.0")
	}
	for _, name := range addable {
		if list := e.missing(name, &w.opt); list != nil {
			w.note(strings.ToLower(name))
			w.fields.Addresses(name, list)
		}
	}
}

// flushFields writes the fields that were collected.
func (w *walker) flushFields() {
	w.out.Write(w.fields.Bytes())
	w.fields.Reset()
}

var crlf = []byte("\r\n")
