package message

import (
	"strconv"
	"strings"

	"mailpipe/internal/address"
)

// structure reads from the header what tells the end of the message: the
// boundary of a multipart, or "" when the end of input is the end.
func (h Header) structure() (boundary string, err error) {
	var contentType *Field
	for i, f := range h {
		switch {
		case f.is("Content-Type") && contentType != nil:
			return "", &Error{Kind: ErrStructure, Line: f.Line, Field: f.Name, Why: "a second one"}
		case f.is("Content-Type"):
			contentType = &h[i]
		case f.is("Content-Transfer-Encoding") && strings.EqualFold(mechanism(f.Value()), "binary"):
			return "", &Error{Kind: ErrStructure, Line: f.Line, Field: f.Name, Why: "binary cannot go through SMTP"}
		}
	}
	if contentType == nil {
		return "", nil
	}
	boundary, why := parseBoundary(contentType.Value())
	if why != "" {
		return "", &Error{Kind: ErrStructure, Line: contentType.Line, Field: contentType.Name, Why: why}
	}
	return boundary, nil
}

// mechanism returns the first token of a value (RFC 2045 §6.1).
func mechanism(value string) string {
	p := params{s: value}
	p.skip()
	return p.token("; \t(")
}

// parseBoundary returns the boundary of a multipart type, or "" for any other
// type (RFC 2046 §5.1.1). It takes what stands in real mail; where
// that is not one certain boundary, why says so.
func parseBoundary(value string) (boundary, why string) {
	p := params{s: value}
	p.skip()
	if !strings.EqualFold(p.token("/; \t("), "multipart") {
		return "", ""
	}
	var found candidates
	for p.next() {
		p.skip()
		name := strings.ToLower(p.token("=; \t("))
		p.skip()
		if !p.at('=') {
			continue
		}
		p.i++
		p.skip()
		var text string
		if p.at('"') {
			var ok bool
			if text, p.i, ok = address.QuotedString(p.s, p.i); !ok {
				break
			}
		} else {
			text = p.token("; \t(")
		}
		found.add(name, text)
	}
	return found.boundary()
}

// params walks over a structured value (RFC 2045 §5.1).
type params struct {
	s string
	i int
}

func (p *params) at(c byte) bool { return p.i < len(p.s) && p.s[p.i] == c }

// skip passes over blanks and comments; one that is not closed hides the rest.
func (p *params) skip() {
	next, ok := address.SkipCFWS(p.s, p.i)
	if !ok {
		next = len(p.s)
	}
	p.i = next
}

// token reads up to one of stop. Many programs leave out the quotes where
// there should be some, so that is all that ends it.
func (p *params) token(stop string) string {
	start := p.i
	if n := strings.IndexAny(p.s[start:], stop); n >= 0 {
		p.i += n
	} else {
		p.i = len(p.s)
	}
	return p.s[start:p.i]
}

// next moves behind the next semicolon outside quotes and comments.
func (p *params) next() bool {
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

// candidates gathers the forms in which a boundary may be given: plain, and
// extended or in pieces (RFC 2231).
type candidates struct {
	whole  []string
	pieces map[int]string
	clash  bool // two different pieces have one number
}

func (c *candidates) add(name, text string) {
	rest, ok := strings.CutPrefix(name, "boundary")
	if !ok {
		return
	}
	number, extended := strings.CutSuffix(rest, "*")
	if number == "" { // boundary, boundary*
		if extended {
			text = percent(withoutCharset(text))
		}
		c.whole = append(c.whole, text)
		return
	}
	digits, ok := strings.CutPrefix(number, "*")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || strconv.Itoa(n) != digits {
		return
	}
	if extended && n == 0 {
		text = withoutCharset(text)
	}
	if extended {
		text = percent(text)
	}
	if old, twice := c.pieces[n]; twice && old != text {
		c.clash = true
	}
	if c.pieces == nil {
		c.pieces = map[int]string{}
	}
	c.pieces[n] = text
}

func (c *candidates) boundary() (boundary, why string) {
	var joined strings.Builder
	for n := 0; ; n++ {
		piece, ok := c.pieces[n]
		if !ok {
			break
		}
		joined.WriteString(piece)
	}
	if joined.Len() > 0 {
		c.whole = append(c.whole, joined.String())
	}
	for _, text := range c.whole {
		if text != c.whole[0] {
			c.clash = true
		}
	}
	switch {
	case c.clash:
		return "", "two different boundaries"
	case len(c.whole) == 0 || c.whole[0] == "":
		return "", "a multipart without a boundary"
	}
	return c.whole[0], ""
}

// withoutCharset cuts charset'language' off (RFC 2231 §4).
func withoutCharset(s string) string {
	if part := strings.SplitN(s, "'", 3); len(part) == 3 {
		return part[2]
	}
	return s
}

// percent decodes %XX and leaves alone what is none.
func percent(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
