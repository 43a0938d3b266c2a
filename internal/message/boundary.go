package message

import (
	"iter"
	"strings"

	"mailpipe/internal/address"
)

// boundary returns the boundary of a multipart, or "" if the end of the input is
// the end of the message. Content-Transfer-Encoding does not matter: MIME::Lite
// and others write "binary" for content that is plain lines.
func (h Header) boundary() (string, error) {
	var contentType Field
	for f := range h.Fields() {
		switch {
		case !f.Is("Content-Type"):
		case contentType.Raw != nil:
			return "", &Error{Kind: ErrStructure, Line: f.Line, Field: f.Name(), Why: "duplicate field"}
		default:
			contentType = f
		}
	}
	boundary, why := parseBoundary(contentType.Value())
	if why != "" {
		return "", &Error{Kind: ErrStructure, Line: contentType.Line, Field: contentType.Name(), Why: why}
	}
	return boundary, nil
}

// A Param is a parameter of a MIME field (RFC 2045 §5.1).
type Param struct {
	Name  string // as written, with the stars of RFC 2231
	Value string // without quotes, not decoded
}

// Type returns the value before the parameters of Content-Type,
// Content-Disposition or Content-Transfer-Encoding, in lower case.
func Type(value string) string {
	p := mediaType{s: value}
	p.skip()
	return strings.ToLower(strings.TrimSpace(p.token("; \t(")))
}

// Params returns the parameters of Content-Type or Content-Disposition. It accepts
// the mistakes of real mail.
func Params(value string) iter.Seq[Param] {
	return func(yield func(Param) bool) {
		p := mediaType{s: value}
		for p.nextParameter() {
			name, text, ok := p.parameter()
			if !ok || name != "" && !yield(Param{name, text}) {
				return
			}
		}
	}
}

// ParamValue returns the first value of a parameter of Content-Type or
// Content-Disposition as it is written, or "".
func ParamValue(value, name string) string {
	for p := range Params(value) {
		if strings.EqualFold(p.Name, name) {
			return p.Value
		}
	}
	return ""
}

// Boundary returns the boundary that a value of Content-Type declares, or "".
func Boundary(value string) string {
	boundary, _ := parseBoundary(value)
	return boundary
}

// parseBoundary returns the boundary of a multipart type, or "" for any other
// type (RFC 2046 §5.1.1). It accepts the mistakes of real mail, unless they
// leave the boundary uncertain: why is then the reason.
func parseBoundary(value string) (boundary, why string) {
	kind, _, _ := strings.Cut(Type(value), "/")
	if kind != "multipart" {
		return "", ""
	}
	found := paramValues{name: "boundary"}
	for p := range Params(value) {
		found.add(strings.ToLower(p.Name), p.Value)
	}
	return found.boundary()
}

// A mediaType is the value of Content-Type while it is read (RFC 2045 §5.1).
type mediaType struct {
	s string
	i int // offset of what comes next
}

func (p *mediaType) at(c byte) bool { return p.i < len(p.s) && p.s[p.i] == c }

// skip skips whitespace and comments. An unclosed comment hides the rest.
func (p *mediaType) skip() {
	next, ok := address.SkipCFWS(p.s, p.i)
	if !ok {
		next = len(p.s)
	}
	p.i = next
}

// token reads up to one of the octets in stop. It reads other special
// characters as well, because many programs leave out the quotes around them.
func (p *mediaType) token(stop string) string {
	start := p.i
	if n := strings.IndexAny(p.s[start:], stop); n >= 0 {
		p.i += n
	} else {
		p.i = len(p.s)
	}
	return p.s[start:p.i]
}

// nextParameter skips everything up to and including the next semicolon outside
// quotes and comments, and reports whether there was one.
func (p *mediaType) nextParameter() bool {
	for p.skip(); p.i < len(p.s); p.skip() {
		switch p.s[p.i] {
		case ';':
			p.i++
			return true
		case '"':
			_, next, ok := address.QuotedString(p.s, p.i)
			if !ok {
				return false
			}
			p.i = next
		default:
			p.i++
		}
	}
	return false
}

// parameter reads name=value. The name is "" if there is no equals sign. ok is
// false if a quote is not closed.
func (p *mediaType) parameter() (name, value string, ok bool) {
	p.skip()
	name = p.token("=; \t(")
	p.skip()
	if !p.at('=') {
		return "", "", true
	}
	p.i++
	p.skip()
	if p.at('"') {
		value, p.i, ok = address.QuotedString(p.s, p.i)
		return name, value, ok
	}
	return name, p.token("; \t("), true
}
