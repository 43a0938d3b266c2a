package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads one address as typed on a command line: a@b, <a@b> or
// `name <a@b>`, without comments, groups, source routes or encoded words. Its
// error is an *Error.
func Parse(s string) (Address, error) {
	p, err := newStrict(s)
	if err != nil {
		return Address{}, err
	}
	a, err := p.mailbox()
	if err != nil {
		return Address{}, err
	}
	if !p.atEnd() {
		return Address{}, p.fail(p.i, "only one address is allowed here")
	}
	return a, nil
}

// ParseList reads a comma-separated list of addresses as Parse does. Its error
// is an *Error.
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
		if p.atEnd() {
			return list, nil
		}
		p.i++ // the comma
	}
}

// strict is the parser of what a person types.
type strict struct{ scanner }

// newStrict returns an error if s has a character that is never allowed.
func newStrict(s string) (*strict, error) {
	p := &strict{scanner{s: s}}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return nil, p.fail(i, "invalid UTF-8")
			}
		}
		if unicode.IsControl(r) {
			return nil, p.fail(i, "control character")
		}
	}
	return p, nil
}

func (p *strict) skipSpaces() {
	for p.peek() == ' ' {
		p.i++
	}
}

// mailbox reads an address up to a comma or the end.
func (p *strict) mailbox() (a Address, err error) {
	p.skipSpaces()
	start := p.i
	var name []string
	for p.peek() != '<' {
		word, err := p.word()
		if err != nil {
			return a, err
		}
		if p.peek() == '@' && len(name) > 0 {
			return a, p.fail(start, "the address after a name must be in angle brackets")
		}
		if p.peek() == '@' {
			p.i = start
			if a, err = p.addrSpec(); err != nil {
				return a, err
			}
			return a, p.finish("a name that contains @ must be quoted")
		}
		name = append(name, word)
		p.skipSpaces()
	}
	p.i++
	if a, err = p.addrSpec(); err != nil {
		return a, err
	}
	if p.peek() != '>' {
		return a, p.fail(p.i, "missing >")
	}
	p.i++
	a.Name = strings.Join(name, " ")
	return a, p.finish(textAfter)
}

const textAfter = "text after the address"

// finish returns an error unless the address ends here. before is the reason
// if a < comes next.
func (p *strict) finish(before string) error {
	at := p.i
	p.skipSpaces()
	switch p.peek() {
	case 0, ',':
		return nil
	case '<':
		return p.fail(p.i, before)
	case '(', '>', ';', '@':
		return p.unexpected()
	}
	if at < p.i {
		return p.fail(at, "space in the address (a list needs commas)")
	}
	return p.fail(p.i, textAfter)
}

// word reads a word of a name, or what may turn out to be a local part. A
// space, < or @ follows it.
func (p *strict) word() (word string, err error) {
	quoted := p.peek() == '"'
	if quoted {
		if word, err = p.quoted(); err != nil {
			return "", err
		}
	} else {
		word = p.atoms()
	}
	switch p.peek() {
	case ' ', '<':
		return word, nil
	case '@':
		if quoted || word != "" {
			return word, nil
		}
	}
	return "", p.unexpected()
}

// unexpected returns the error for the next octet, which must not be there.
func (p *strict) unexpected() error {
	switch p.peek() {
	case 0, ',':
		return p.fail(p.i, p.missing())
	case '(', ')':
		return p.fail(p.i, "comments are not allowed")
	case ':':
		if at := p.i - len(scheme); at >= 0 && strings.EqualFold(p.s[at:p.i], scheme) {
			return p.fail(at, noScheme)
		}
		return p.fail(p.i, "groups are not allowed (a name that contains a colon must be quoted)")
	case ';':
		return p.fail(p.i, "addresses are separated by commas, not by semicolons")
	case '>':
		return p.fail(p.i, "> without <")
	case '@':
		return p.fail(p.i, "missing part before @")
	case '"':
		return p.fail(p.i, "quote inside a word")
	}
	return p.fail(p.i, describe(p.s[p.i:])+" is not allowed without quotes")
}

// missing returns the reason if an address ends too early.
func (p *strict) missing() string {
	head := strings.TrimRight(p.s[:p.i], " ")
	switch {
	case head == "" || strings.HasSuffix(head, ","):
		return "missing address"
	case strings.Contains(p.s, ","):
		return "missing @ (a name that contains a comma must be quoted)"
	}
	return "missing @"
}

// scheme precedes an address that was copied from a web page.
const (
	scheme   = "mailto"
	noScheme = scheme + ": is not part of an address"
)

// addrSpec reads local@domain.
func (p *strict) addrSpec() (a Address, err error) {
	start := p.i
	if p.peek() == '"' {
		a.Local, err = p.quoted()
	} else {
		a.Local, err = p.dotAtom()
	}
	if err != nil {
		return a, err
	}
	if p.peek() != '@' {
		return a, p.fail(p.i, "missing @")
	}
	p.i++
	a.Domain, err = p.domain()
	if err == nil && len(a.Mailbox()) > pathMax {
		err = p.fail(start, tooLong)
	}
	return a, err
}

// dotAtom reads an unquoted local part.
func (p *strict) dotAtom() (string, error) {
	if p.peek() == '@' && strings.Contains(p.s[p.i:], ":") {
		return "", p.fail(p.i, "source routes are not allowed")
	}
	local := p.upTo("@,<> ")
	if local == "" && p.peek() != '@' {
		return "", p.fail(p.i, "missing address")
	}
	if n := len(scheme); len(local) > n && local[n] == ':' && strings.EqualFold(local[:n], scheme) {
		return "", p.fail(p.i, noScheme)
	}
	if at, reason := checkDotAtom(local); reason != "" {
		return "", p.fail(p.i+at, reason)
	}
	if at := strings.IndexFunc(local, invisible); at >= 0 {
		return "", p.fail(p.i+at, "invisible character")
	}
	p.i += len(local)
	return local, nil
}

// upTo returns what precedes the next of the octets in stop, or the end. It
// does not read it.
func (p *strict) upTo(stop string) string {
	rest := p.s[p.i:]
	if n := strings.IndexAny(rest, stop); n >= 0 {
		return rest[:n]
	}
	return rest
}

// invisible reports whether r is a character that is copied unnoticed with an
// address, such as a directional mark. Joiners are ordinary characters of many
// scripts.
func invisible(r rune) bool {
	const joiners = "\u200c\u200d"
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) && !strings.ContainsRune(joiners, r)
}

// domain reads what follows the @.
func (p *strict) domain() (string, error) {
	text := p.upTo(",<>;()@\" ")
	if p.peek() == '[' {
		text = p.s[p.i:]
		if n := strings.IndexByte(text, ']'); n >= 0 {
			text = text[:n+1]
		}
	}
	domain, at, reason := toDomain(text)
	if reason != "" {
		return "", p.fail(p.i+at, reason)
	}
	p.i += len(text)
	if p.peek() == '@' {
		return "", p.fail(p.i, "second @")
	}
	return domain, nil
}
