package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads one bare addr-spec, <addr> or `name <addr>` as typed on a command line:
// no comments, groups, routes or encoded words. Its error is an *Error.
func Parse(s string) (Address, error) {
	p, err := newStrict(s)
	if err != nil {
		return Address{}, err
	}
	a, err := p.mailbox()
	if err != nil {
		return Address{}, err
	}
	if p.i < len(s) {
		return Address{}, p.fail(p.i, "one address is wanted here, not a list")
	}
	return a, nil
}

// ParseList reads a comma list of what Parse reads. Its error is an *Error.
func ParseList(s string) ([]Address, error) {
	p, err := newStrict(s)
	if err != nil {
		return nil, err
	}
	var list []Address
	for {
		a, err := p.mailbox()
		if err != nil {
			return nil, err
		}
		list = append(list, a)
		if p.i == len(s) {
			return list, nil
		}
		p.i++ // the comma
	}
}

// strict walks over what was typed.
type strict struct {
	s string
	i int
}

// newStrict refuses what may stand nowhere in an address.
func newStrict(s string) (*strict, error) {
	p := &strict{s: s}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return nil, p.fail(i, "this is not UTF-8")
			}
		}
		if unicode.IsControl(r) {
			return nil, p.fail(i, "a control character")
		}
	}
	return p, nil
}

func (p *strict) fail(at int, reason string) error {
	return &Error{Input: p.s, Offset: at, Reason: reason}
}

// peek returns the octet at p.i, or 0 at the end.
func (p *strict) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func (p *strict) skipBlanks() {
	for p.peek() == ' ' {
		p.i++
	}
}

// mailbox reads up to a comma or the end.
func (p *strict) mailbox() (a Address, err error) {
	p.skipBlanks()
	start := p.i
	var words []string
	for p.peek() != '<' {
		word, err := p.word()
		if err != nil {
			return a, err
		}
		if p.peek() == '@' {
			if len(words) > 0 {
				return a, p.fail(start, "an address behind a name stands in angle brackets")
			}
			p.i = start
			a, err = p.addrSpec()
			if err != nil {
				return a, err
			}
			return a, p.finish("a name with @ wants quotes")
		}
		words = append(words, word)
		p.skipBlanks()
	}
	p.i++
	a, err = p.addrSpec()
	if err != nil {
		return a, err
	}
	if p.peek() != '>' {
		return a, p.fail(p.i, "> is missing")
	}
	p.i++
	a.Name = strings.Join(words, " ")
	return a, p.finish("text behind the address")
}

// finish wants the end of an address.
func (p *strict) finish(otherwise string) error {
	at := p.i
	p.skipBlanks()
	switch p.peek() {
	case 0, ',':
		return nil
	case '<':
		return p.fail(p.i, otherwise)
	case '(', '>', ';', '@':
		return p.unexpected()
	}
	if at < p.i {
		return p.fail(at, "a blank in the address; a comma stands between two")
	}
	return p.fail(p.i, "text behind the address")
}

// word reads a word of a name, or what may turn out to be a local part. It
// stops at a blank, <, or @.
func (p *strict) word() (string, error) {
	if p.peek() == '"' {
		word, err := p.quoted()
		if err == nil && p.peek() != ' ' && p.peek() != '<' && p.peek() != '@' {
			return "", p.unexpected()
		}
		return word, err
	}
	start := p.i
	for p.i < len(p.s) && (isAtext(p.s[p.i]) || p.s[p.i] == '.') {
		p.i++
	}
	if c := p.peek(); c == ' ' || c == '<' || c == '@' && p.i > start {
		return p.s[start:p.i], nil
	}
	return "", p.unexpected()
}

// quoted reads a quoted-string.
func (p *strict) quoted() (string, error) {
	text, next, ok := QuotedString(p.s, p.i)
	if !ok {
		return "", p.fail(p.i, "the quote is not closed")
	}
	p.i = next
	return text, nil
}

// unexpected says why the octet at p.i cannot stand there.
func (p *strict) unexpected() error {
	switch p.peek() {
	case 0, ',':
		if head := strings.TrimRight(p.s[:p.i], " "); head == "" || head[len(head)-1] == ',' {
			return p.fail(p.i, "an address is missing")
		}
		if strings.Contains(p.s, ",") {
			return p.fail(p.i, "an @ is missing (a name with a comma wants quotes)")
		}
		return p.fail(p.i, "an @ is missing")
	case '(', ')':
		return p.fail(p.i, "comments are not allowed")
	case ':':
		if at := p.i - len(scheme); at >= 0 && strings.EqualFold(p.s[at:p.i], scheme) {
			return p.fail(at, noScheme)
		}
		return p.fail(p.i, "groups are not allowed (a name with a colon wants quotes)")
	case ';':
		return p.fail(p.i, "a comma stands between addresses, not a semicolon")
	case '>':
		return p.fail(p.i, "> without <")
	case '@':
		return p.fail(p.i, "the part before @ is missing")
	case '"':
		return p.fail(p.i, "a quote within a word")
	}
	return p.fail(p.i, quoteChar(p.s[p.i:])+" is not allowed without quotes")
}

// scheme stands before an address that was copied from a page.
const (
	scheme   = "mailto"
	noScheme = scheme + ": is no part of an address"
)

// addrSpec reads local@domain.
func (p *strict) addrSpec() (a Address, err error) {
	start := p.i
	switch {
	case p.peek() == '"':
		if a.Local, err = p.quoted(); err != nil {
			return a, err
		}
	case p.peek() == '@' && strings.Contains(p.s[p.i:], ":"):
		return a, p.fail(p.i, "source routes are not allowed")
	default:
		end := strings.IndexAny(p.s[p.i:], "@,<> ")
		if end < 0 {
			end = len(p.s) - p.i
		}
		a.Local = p.s[p.i : p.i+end]
		if a.Local == "" && p.peek() != '@' {
			return a, p.fail(p.i, "an address is missing")
		}
		if n := len(scheme); len(a.Local) > n && a.Local[n] == ':' && strings.EqualFold(a.Local[:n], scheme) {
			return a, p.fail(p.i, noScheme)
		}
		if at, reason := checkDotAtom(a.Local); at >= 0 {
			return a, p.fail(p.i+at, reason)
		}
		for i, r := range a.Local {
			if invisible(r) {
				return a, p.fail(p.i+i, "an invisible character")
			}
		}
		p.i += end
	}
	if p.peek() != '@' {
		return a, p.fail(p.i, "an @ is missing")
	}
	if len(quoteLocal(a.Local)) > localMax {
		return a, p.fail(start, "the part before @ is longer than 64 octets")
	}
	p.i++
	return a, p.domain(&a)
}

// invisible tells the characters that are copied along with an address and not
// seen, as a mark of direction. Joiners are ordinary in many scripts.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

// domain reads what follows the @.
func (p *strict) domain(a *Address) error {
	end := strings.IndexAny(p.s[p.i:], ",<>;()@\" ")
	if p.peek() == '[' {
		end = strings.IndexByte(p.s[p.i:], ']') + 1 // 0: none
	}
	if end < 0 || end == 0 && p.peek() == '[' {
		end = len(p.s) - p.i
	}
	domain, at, reason := toDomain(p.s[p.i : p.i+end])
	if reason != "" {
		return p.fail(p.i+at, reason)
	}
	a.Domain = domain
	p.i += end
	if p.peek() == '@' {
		return p.fail(p.i, "a second @")
	}
	return nil
}
