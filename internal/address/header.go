package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseHeader reads the value of an address field of a message, folded or not.
// It understands comments, groups, obsolete source routes, and encoded words in
// display names. A display name never becomes part of an address; in an unknown
// charset it is not decoded. The error is an *Error.
func ParseHeader(value string) ([]Address, error) {
	p := &lenient{scanner: scanner{s: value}}
	return p.list()
}

// CheckHeader is ParseHeader, but returns an error also for a group without a
// semicolon and for a semicolon that ends no group (RFC 5322 §3.4).
func CheckHeader(value string) ([]Address, error) {
	p := &lenient{scanner: scanner{s: value}, strict: true}
	return p.list()
}

// ParseLocal reads a list as ParseHeader does, but an address may be the name of a
// user of this host, without @ and domain. A comment is the display name of an
// address that has no other, as in the old form root (Cron Daemon).
func ParseLocal(value string) ([]Address, error) {
	p := &lenient{scanner: scanner{s: value}, local: true}
	return p.list()
}

func (p *lenient) list() ([]Address, error) {
	var list []Address
	for {
		if err := p.skip(); err != nil {
			return nil, err
		}
		switch {
		case p.strict && p.inGroup && p.atEnd():
			return nil, p.fail(p.i, "missing semicolon after a group")
		case p.strict && !p.inGroup && p.peek() == ';':
			return nil, p.fail(p.i, "a semicolon that ends no group")
		case p.atEnd(): // also in a group, whose semicolon is often forgotten
			return list, nil
		case p.peek() == ',': // also after an empty element (RFC 5322 §4.4)
			p.i++
		case p.peek() == ';': // ends a group; some programs put it between addresses
			p.i++
			p.inGroup = false
		default:
			a, isGroup, err := p.address()
			if err != nil {
				return nil, err
			}
			if !isGroup {
				list = append(list, a)
			}
		}
	}
}

// lenient is the parser of a header field.
type lenient struct {
	scanner
	strict  bool   // each group must have its semicolon, and no other may occur
	local   bool   // an address may have no domain, and a comment may be a display name
	inGroup bool   // after the colon of a group, and before its semicolon
	words   []word // of the address that is being read
	comment string // of that address
}

// skip skips whitespace, folding and comments.
func (p *lenient) skip() error {
	next, ok := SkipCFWS(p.s, p.i)
	if !ok {
		return p.fail(next, "unclosed comment")
	}
	if p.local {
		p.comment += p.s[p.i:next]
	}
	p.i = next
	return nil
}

// address reads one mailbox, or the name and the colon that begin a group. It
// stops before the comma or the semicolon.
func (p *lenient) address() (a Address, isGroup bool, err error) {
	start := p.i
	defer func() { p.comment = "" }()
	if err := p.phrase(); err != nil {
		return a, false, err
	}
	switch c := p.peek(); {
	case c == '@':
		a, err = p.bareAddr(start)
	case c == '<':
		name := phraseText(p.words)
		a, err = p.angleAddr()
		a.Name = name
	case c == ':' && !p.inGroup && len(p.words) > 0:
		p.i++
		p.inGroup = true
		return a, true, nil
	case c == ',', c == ';', p.atEnd():
		if !p.local {
			return a, false, p.fail(start, "missing @")
		}
		a.Local, err = p.localPart(start)
	default:
		return a, false, p.fail(p.i, "unexpected "+describe(p.s[p.i:]))
	}
	if err == nil && !p.atEnd() && p.peek() != ',' && p.peek() != ';' {
		err = p.fail(p.i, textAfter)
	}
	if a.Name == "" && p.local {
		a.Name = commentText(p.comment)
	}
	return a, false, err
}

// bareAddr reads a@b, and a@b <a@b>, which is wrong but frequent. If the two
// differ, the first may be a name or a comma may be missing, so it fails.
func (p *lenient) bareAddr(start int) (Address, error) {
	a, err := p.addrSpec(start)
	if err != nil || p.peek() != '<' {
		return a, err
	}
	at := p.i
	b, err := p.angleAddr()
	if err == nil && (!strings.EqualFold(a.Local, b.Local) || a.Domain != b.Domain) {
		err = p.fail(at, "missing comma before it, or quotes around the name")
	}
	return b, err
}

// angleAddr reads <addr>, also with an obsolete source route (RFC 5322 §4.4),
// and skips what follows.
func (p *lenient) angleAddr() (a Address, err error) {
	p.i++
	if err := p.skip(); err != nil {
		return a, err
	}
	if p.peek() == '@' {
		if err := p.skipRoute(); err != nil {
			return a, err
		}
	}
	start := p.i
	if err := p.phrase(); err != nil {
		return a, err
	}
	switch {
	case p.peek() == '@':
		a, err = p.addrSpec(start)
	case p.local:
		a.Local, err = p.localPart(start)
	default:
		err = p.fail(start, "missing @")
	}
	if err != nil {
		return a, err
	}
	if p.peek() != '>' {
		return a, p.fail(p.i, "missing >")
	}
	p.i++
	return a, p.skip()
}

// skipRoute skips @one,@two:
func (p *lenient) skipRoute() error {
	start := p.i
	for ; !p.atEnd(); p.i++ {
		if err := p.skip(); err != nil {
			return err
		}
		switch c := p.peek(); {
		case c == ':':
			p.i++
			return p.skip()
		case !isAtext(c) && c != '.' && c != '@' && c != ',':
			return p.fail(start, "source route without a colon")
		}
	}
	return p.fail(start, "source route without a colon")
}

// addrSpec makes an address of the words that were read, which begin at start,
// and of the domain after the @ that comes next. It skips what follows.
func (p *lenient) addrSpec(start int) (a Address, err error) {
	local, err := p.localPart(start)
	if err != nil {
		return a, err
	}
	p.i++
	at := p.i
	text, err := p.domain()
	if err != nil {
		return a, err
	}
	domain, _, reason := toDomain(text)
	if reason != "" {
		return a, p.fail(at, reason)
	}
	a = Address{Local: local, Domain: domain}
	if len(a.Mailbox()) > pathMax {
		return a, p.fail(start, tooLong)
	}
	return a, nil
}

// localPart returns the local part that the words make up. They begin at start.
func (p *lenient) localPart(start int) (string, error) {
	if len(p.words) == 0 {
		return "", p.fail(p.i, "missing part before @")
	}
	local, ok := joinLocal(p.words)
	switch {
	case !ok:
		return "", p.fail(start, "the address after a name must be in angle brackets")
	case !utf8.ValidString(local) || strings.ContainsFunc(local, unicode.IsControl):
		return "", p.fail(start, "control character or invalid UTF-8 before @")
	case len(quoteLocal(local)) > pathMax:
		return "", p.fail(start, tooLong)
	}
	return local, nil
}

// domain reads a domain, which may have whitespace and comments around its dots
// (RFC 5322 §4.4), and skips what follows.
func (p *lenient) domain() (string, error) {
	if err := p.skip(); err != nil {
		return "", err
	}
	if p.peek() == '[' {
		n := strings.IndexByte(p.s[p.i:], ']') + 1
		if n == 0 {
			return "", p.fail(p.i, "unclosed bracket")
		}
		literal := strings.Join(strings.Fields(p.s[p.i:p.i+n]), "")
		p.i += n
		return literal, p.skip()
	}
	text := ""
	for {
		label := p.atoms()
		text += label
		if err := p.skip(); err != nil {
			return "", err
		}
		dotBefore := label != "" && strings.HasSuffix(text, ".")
		dotAfter := p.peek() == '.' && !strings.HasSuffix(text, ".")
		if !dotBefore && !dotAfter {
			return text, nil
		}
		if len(text) > 4*domainMax {
			return "", p.fail(p.i, "the domain is too long")
		}
	}
}
