package inspect

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"mailpipe/internal/address"
	"mailpipe/internal/message"
	"mailpipe/internal/termtext"
)

// types are the top-level media types that are registered with IANA.
var types = []string{
	"application", "audio", "font", "haptics", "image", "message", "model", "multipart", "text", "video",
}

// checkMIMEField checks a Content-Type or a Content-Disposition.
func (w *walker) checkMIMEField(p *Part, f message.Field) {
	value := f.Value()
	head, params, ok := parseParams(value)
	isType := f.Is("Content-Type")
	kind, subtype, hasSlash := strings.Cut(head, "/")
	if !ok || !isToken(kind) || isType != hasSlash || isType && !isToken(subtype) {
		w.report(p, typeSyntax, f.Line, f.Name()+": "+value)
	}
	topLevel := strings.ToLower(kind)
	isKnown := slices.Contains(types, topLevel) || strings.HasPrefix(topLevel, "x-")
	if isType && hasSlash && !isKnown {
		w.report(p, typeUnknown, f.Line, kind)
	}
	seen := map[string]bool{}
	for _, param := range params {
		name := strings.ToLower(param.name)
		if seen[name] {
			w.report(p, paramTwice, f.Line, f.Name()+": "+param.name)
		}
		seen[name] = true
		if param.isUnquoted {
			w.report(p, paramUnquoted, f.Line, param.name+"="+param.value)
		}
	}
	for _, param := range params {
		if missing := missingSection(strings.ToLower(param.name), seen); missing != "" {
			w.report(p, paramGap, f.Line, f.Name()+": "+missing)
		}
	}
}

// A param is a parameter as it is written.
type param struct {
	name, value string
	isUnquoted  bool // the value must be in quotes, and is not
}

// parseParams reads a value with its parameters (RFC 2045 §5.1). ok is false if the
// syntax is invalid; it then returns what it understands.
func parseParams(value string) (head string, params []param, ok bool) {
	ok = true
	skip := func() {
		next, isClosed := address.SkipCFWS(value, 0)
		value, ok = value[next:], ok && isClosed
		if !isClosed {
			value = ""
		}
	}
	until := func(stop string) string {
		n := strings.IndexAny(value, stop)
		if n < 0 {
			n = len(value)
		}
		text := value[:n]
		value = value[n:]
		return text
	}
	skip()
	head = until("; \t(")
	for skip(); value != ""; skip() {
		if value[0] != ';' {
			return head, params, false
		}
		value = value[1:]
		skip()
		if value == "" { // a semicolon at the end is frequent
			return head, params, ok
		}
		name := until("=; \t(")
		skip()
		if !isToken(name) || !strings.HasPrefix(value, "=") {
			return head, params, false
		}
		value = value[1:]
		skip()
		if strings.HasPrefix(value, `"`) {
			text, next, isClosed := address.QuotedString(value, 0)
			if !isClosed {
				return head, params, false
			}
			value = value[next:]
			params = append(params, param{name, text, false})
			continue
		}
		text := until(";(")
		text = strings.TrimRight(text, " \t")
		isEncoded := strings.HasSuffix(name, "*")
		params = append(params, param{name, text, !isEncoded && !isToken(text)})
	}
	return head, params, ok
}

// isToken reports whether s is a token of MIME (RFC 2045 §5.1).
func isToken(s string) bool {
	isOther := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"/[]?=`, r) }
	return s != "" && !strings.ContainsFunc(s, isOther)
}

// missingSection returns the name of the section before that of a parameter, such as
// filename*1*, if the parameters do not have it.
func missingSection(name string, seen map[string]bool) string {
	base, section, ok := strings.Cut(strings.TrimSuffix(name, "*"), "*")
	n, err := strconv.Atoi(section)
	if !ok || err != nil || n == 0 {
		return ""
	}
	before := base + "*" + strconv.Itoa(n-1)
	if seen[before] || seen[before+"*"] {
		return ""
	}
	return before
}

// checkName checks the names of a file (RFC 2183 §2.3).
func (w *walker) checkName(p *Part) {
	name := message.ParamText(p.Header.Value("Content-Type"), "name")
	filename := message.ParamText(p.Header.Value("Content-Disposition"), "filename")
	switch {
	case name != "" && filename == "":
		w.report(p, nameAlone, p.Line, name)
	case name != "" && name != filename:
		w.report(p, nameDiffers, p.Line, name+", "+filename)
	}
	isUnsafe := func(r rune) bool {
		return r == '/' || r == '\\' || unicode.IsControl(r) || termtext.BidiOverride(r)
	}
	if strings.ContainsFunc(p.Name, isUnsafe) || p.Name == ".." {
		w.report(p, nameUnsafe, p.Line, p.Name)
	}
}
