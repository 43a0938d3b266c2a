package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// headerLocalMax bounds a local part in a header: those of reply addresses
// are longer than RFC 5321 allows, and servers take them.
const headerLocalMax = 255

// ParseHeader reads the value of an address field of a message (folded or not): comments,
// groups, obsolete routes and encoded words in display names are understood.
// A display name in an unknown charset is kept as it stands; it never becomes
// part of an address. Its error is an *Error.
func ParseHeader(value string) ([]Address, error) {
	p := &lenient{s: value}
	var list []Address
	for {
		if err := p.skip(); err != nil {
			return nil, err
		}
		switch c, ok := p.peek(); {
		case !ok:
			return list, nil // also within a group whose ; was forgotten
		case c == ',':
			p.i++ // an empty element (RFC 5322 §4.4)
		case c == ';': // ends a group; some put it between addresses
			p.i++
			p.group = false
		default:
			a, group, err := p.address()
			if err != nil {
				return nil, err
			}
			if !group {
				list = append(list, a)
			}
		}
	}
}

// lenient walks over the value of a field.
type lenient struct {
	s     string
	i     int
	group bool   // between the : and the ; of a group
	words []word // of the address at hand
}

// word is a piece of a phrase or of a local part.
type word struct {
	text    string // content of a quoted-string, else as it stands
	kind    int
	blank   bool // something that is no word stood before it
	literal bool // may stand in a local part
}

const (
	atomWord = iota // with its dots
	quotedWord
	encodedWord // looks like one (RFC 2047)
)

func (p *lenient) fail(at int, reason string) error {
	return &Error{Input: p.s, Offset: at, Reason: reason}
}

func (p *lenient) peek() (c byte, ok bool) {
	if p.i < len(p.s) {
		return p.s[p.i], true
	}
	return 0, false
}

func (p *lenient) at(c byte) bool { return p.i < len(p.s) && p.s[p.i] == c }

// skip passes over blanks, folds and comments.
func (p *lenient) skip() error {
	next, ok := SkipCFWS(p.s, p.i)
	if !ok {
		return p.fail(next, "the comment is not closed")
	}
	p.i = next
	return nil
}

// address reads one mailbox, or the name and colon that begin a group. It
// stops before the comma or semicolon that ends it.
func (p *lenient) address() (a Address, group bool, err error) {
	start := p.i
	if err := p.phrase(); err != nil {
		return a, false, err
	}
	c, _ := p.peek()
	if c == '@' {
		if a, err = p.addrSpec(start); err != nil {
			return a, false, err
		}
		if p.at('<') {
			a, err = p.twice(a)
		}
		if err != nil {
			return a, false, err
		}
		return a, false, p.finish()
	}
	switch {
	case c == '<':
		name := phraseText(p.words)
		if a, err = p.angleAddr(); err != nil {
			return a, false, err
		}
		a.Name = name
		return a, false, p.finish()
	case c == ':' && !p.group && len(p.words) > 0:
		p.i++
		p.group = true
		return a, true, nil
	case c == ',' || c == ';' || p.i == len(p.s):
		return a, false, p.fail(start, "an @ is missing")
	}
	return a, false, p.fail(p.i, quoteChar(p.s[p.i:])+" is out of place")
}

// twice reads a@b <a@b>, which is broken but frequent. Of two addresses
// nobody can tell whether one is a name or a comma was forgotten.
func (p *lenient) twice(a Address) (Address, error) {
	at := p.i
	b, err := p.angleAddr()
	if err == nil && (!strings.EqualFold(a.Local, b.Local) || a.Domain != b.Domain) {
		err = p.fail(at, "a comma is missing before it, or quotes around the name")
	}
	return b, err
}

// finish wants the end of an address.
func (p *lenient) finish() error {
	if c, ok := p.peek(); ok && c != ',' && c != ';' {
		return p.fail(p.i, "text behind the address")
	}
	return nil
}

// phrase gathers words up to what is none.
func (p *lenient) phrase() error {
	p.words = p.words[:0]
	for {
		before := p.i
		if err := p.skip(); err != nil {
			return err
		}
		w := word{blank: p.i > before, literal: true}
		c, ok := p.peek()
		start := p.i
		switch {
		case !ok:
			return nil
		case c == '"':
			text, next, ok := QuotedString(p.s, p.i)
			if !ok {
				return p.fail(p.i, "the quote is not closed")
			}
			w.text, w.kind, p.i = text, quotedWord, next
		case c == '[' || c == ']' || c == '\\': // in a name; nowhere else
			p.i++
			w.text, w.literal = p.s[start:p.i], false
		case isAtext(c) || c == '.':
			if n := encodedLen(p.s[p.i:]); n > 0 {
				p.i += n
				w.kind = encodedWord
				at, _ := checkDotAtom(p.s[start:p.i])
				w.literal = at < 0
			} else {
				p.skipAtoms()
			}
			w.text = p.s[start:p.i]
		default:
			return nil
		}
		p.words = append(p.words, w)
	}
}

func (p *lenient) skipAtoms() {
	for p.i < len(p.s) && (isAtext(p.s[p.i]) || p.s[p.i] == '.') {
		p.i++
	}
}

// angleAddr reads <addr>, with the route that RFC 5322 §4.4 lets stand before it.
func (p *lenient) angleAddr() (a Address, err error) {
	p.i++
	if err := p.skip(); err != nil {
		return a, err
	}
	if p.at('@') {
		if err := p.route(); err != nil {
			return a, err
		}
	}
	start := p.i
	if err := p.phrase(); err != nil {
		return a, err
	}
	if !p.at('@') {
		return a, p.fail(start, "an @ is missing")
	}
	if a, err = p.addrSpec(start); err != nil {
		return a, err
	}
	if !p.at('>') {
		return a, p.fail(p.i, "> is missing")
	}
	p.i++
	return a, p.skip()
}

// route passes over @one,@two:
func (p *lenient) route() error {
	start := p.i
	for ; p.i < len(p.s); p.i++ {
		if err := p.skip(); err != nil {
			return err
		}
		switch c, _ := p.peek(); {
		case c == ':':
			p.i++
			return p.skip()
		case !isAtext(c) && c != '.' && c != '@' && c != ',':
			return p.fail(start, "a route without its end")
		}
	}
	return p.fail(start, "a route without its end")
}

// addrSpec makes an address of the words before the @ at p.i and of the
// domain behind it, and passes over what may stand between it and the next token.
func (p *lenient) addrSpec(start int) (a Address, err error) {
	for i, w := range p.words {
		dotted := i == 0 || w.kind == atomWord && strings.HasPrefix(w.text, ".") ||
			p.words[i-1].kind == atomWord && strings.HasSuffix(p.words[i-1].text, ".")
		if !w.literal || !dotted {
			return a, p.fail(start, "an address behind a name stands in angle brackets")
		}
	}
	switch len(p.words) {
	case 0:
		return a, p.fail(p.i, "the part before @ is missing")
	case 1:
		a.Local = p.words[0].text
	default: // local parts with blanks and comments in them (RFC 5322 §4.4)
		var b strings.Builder
		for _, w := range p.words {
			b.WriteString(w.text)
		}
		a.Local = b.String()
	}
	if len(a.Local) > headerLocalMax {
		return a, p.fail(start, "the part before @ is too long")
	}
	if !utf8.ValidString(a.Local) || strings.ContainsFunc(a.Local, unicode.IsControl) {
		return a, p.fail(start, "a control character or a foreign byte before @")
	}
	p.i++
	at := p.i
	text, err := p.domainText()
	if err != nil {
		return a, err
	}
	domain, _, reason := toDomain(text)
	if reason != "" {
		return a, p.fail(at, reason)
	}
	a.Domain = domain
	return a, nil
}

// domainText gathers a domain that may have blanks and comments around its
// dots (RFC 5322 §4.4), and passes over what follows it.
func (p *lenient) domainText() (string, error) {
	if err := p.skip(); err != nil {
		return "", err
	}
	if p.at('[') {
		n := strings.IndexByte(p.s[p.i:], ']') + 1
		if n == 0 {
			return "", p.fail(p.i, "the bracket is not closed")
		}
		text := strings.Join(strings.Fields(p.s[p.i:p.i+n]), "")
		p.i += n
		return text, p.skip()
	}
	text := ""
	for {
		start := p.i
		p.skipAtoms()
		text += p.s[start:p.i]
		ended := p.i == start || !strings.HasSuffix(text, ".")
		if err := p.skip(); err != nil {
			return "", err
		}
		if ended && (!p.at('.') || strings.HasSuffix(text, ".")) {
			return text, nil
		}
		if len(text) > 4*domainMax {
			return "", p.fail(p.i, "the domain is too long")
		}
	}
}
