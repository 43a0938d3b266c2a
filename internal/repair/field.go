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

// joined are the fields whose values are joined if they occur twice. Of other unique
// fields the first is kept.
var joined = []string{"reply-to", "to", "cc", "bcc"}

// writeHead writes the header of an entity, with its empty line.
func (w *walker) writeHead(e *entity) {
	var added map[string][]address.Address
	if e.isTop {
		_, added = w.opt.rewrites(e.Header)
	}
	seen := map[string]bool{}
	for f := range e.Fields() {
		key := strings.ToLower(f.Name())
		switch {
		case added[key] != nil: // the field is empty
			continue
		case seen[key]:
			w.note("duplicates")
			continue
		}
		if header.IsUnique(key) {
			seen[key] = true
		}
		isJoined := slices.Contains(joined, key) && len(e.values(key)) > 1
		switch {
		case key == "content-type" && e.newCharset+e.newBoundary != "":
			w.writeField(e, f)
		case key == "content-transfer-encoding" && e.newEncoding != "":
			w.fields.Add("Content-Transfer-Encoding", e.newEncoding)
		case e.isSigned && strings.HasPrefix(key, "content-"):
			w.writeRaw(f)
		case header.IsAddresses(key) && (isJoined || w.isBad(f) || e.isTop && w.opt.rewritesField(f)):
			w.writeAddresses(e, f, isJoined)
		case w.isBad(f):
			w.writeField(e, f)
		default:
			w.writeRaw(f)
		}
	}
	w.addMissing(e, seen, added)
	w.fields.End() // the empty line
}

// isBad reports whether a field has octets over 127, control characters or a line
// over 998 octets, and notes it.
func (w *walker) isBad(f message.Field) bool {
	isHigh := !ascii.Only(f.Raw)
	isLong, isControl := false, false
	for line := range bytes.Lines(f.Raw) {
		line = withoutEOL(line)
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
func (w *walker) writeRaw(f message.Field) {
	lines := transfer.LineWriter{Out: w.out}
	lines.Write(f.Raw)
	if !lines.Ended() {
		w.out.Write(crlf)
	}
}

// writeField writes a field that is bad as it is. Any field that is neither of
// parameters nor of addresses is written as text.
func (w *walker) writeField(e *entity, f message.Field) {
	value := text(f, e.charset)
	switch {
	case f.Is("Content-Type") && e.newBoundary != "":
		w.writeParams(f.Name(), value, "boundary", e.newBoundary)
	case f.Is("Content-Type") && e.newCharset != "":
		if !strings.HasPrefix(message.Type(value), "text/") {
			value = "text/plain"
		}
		w.writeParams(f.Name(), value, "charset", e.newCharset)
	case f.Is("Content-Type", "Content-Disposition"):
		w.writeParams(f.Name(), value, "", "")
	case f.Is("Subject"):
		w.fields.Text(f.Name(), plainText(value), header.SubjectWord)
	default:
		w.fields.Text(f.Name(), plainText(value), header.TokenLimit)
	}
}

// writeParams writes a field with parameters. Those that are ASCII keep their form. If
// changed is the name of a parameter, it gets another value.
func (w *walker) writeParams(name, value, changed, to string) {
	h := &w.fields
	h.Begin(name)
	h.Put(" " + strings.Map(token, message.Type(value)))
	written := map[string]bool{"": true, changed: true}
	all := params(value)
	for _, p := range all {
		base := baseName(p.Name)
		isBad := func(p message.Param) bool { return baseName(p.Name) == base && mustEncode(p.Value) }
		switch {
		case written[base]:
		case slices.ContainsFunc(all, isBad): // all its sections together (RFC 2231 §3)
			h.Param(p.Name[:len(base)], toUTF8(message.ParamText(value, base), ""))
			written[base] = true
		case strings.HasSuffix(p.Name, "*"): // which is encoded already
			h.PutParam(p.Name + "=" + p.Value)
		default:
			h.PutParam(p.Name + "=" + quoted(p.Value))
		}
	}
	if changed != "" {
		h.Param(changed, to)
	}
	h.End()
}

// params returns the parameters in the value of a field, with names that are tokens.
// A field with more than paramsMax of them is no real one, and is cut.
func params(value string) (all []message.Param) {
	const paramsMax = 200
	for p := range message.Params(value) {
		p.Name = strings.Map(token, p.Name)
		all = append(all, p)
		if len(all) == paramsMax {
			break
		}
	}
	return all
}

// baseName returns the name of a parameter without the stars and numbers of RFC 2231,
// in lower case.
func baseName(name string) string {
	base, _, _ := strings.Cut(strings.ToLower(name), "*")
	return base
}

// mustEncode reports whether a word cannot be in a line as it is.
func mustEncode(word string) bool { return !ascii.OnlyString(word) || len(word) > header.TokenLimit }

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
// that may occur only once, in lower case.
func (w *walker) addMissing(e *entity, seen map[string]bool, added map[string][]address.Address) {
	if !seen["content-type"] && e.newCharset != "" {
		w.writeParams("Content-Type", "text/plain", "charset", e.newCharset)
		seen["content-type"] = true
	}
	if !seen["content-transfer-encoding"] && e.newEncoding != "" {
		w.fields.Add("Content-Transfer-Encoding", e.newEncoding)
		seen["content-transfer-encoding"] = true
	}
	if !e.isTop {
		return
	}
	hasMIME := false
	for name := range seen {
		hasMIME = hasMIME || strings.HasPrefix(name, "content-")
	}
	isText := e.IsEmpty() // a header needs a field
	if (hasMIME || isText) && !seen["mime-version"] {
		w.note("mime-version")
		w.fields.Add("MIME-Version", "1.0")
	}
	for _, name := range addable {
		if list := added[strings.ToLower(name)]; list != nil {
			w.note(strings.ToLower(name))
			w.fields.Addresses(name, list)
		}
	}
}
