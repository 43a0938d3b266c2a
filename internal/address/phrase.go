package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A word is a part of a display name or of a local part.
type word struct {
	text    string // content of a quoted-string, otherwise as written
	kind    wordKind
	spaced  bool // whitespace or a comment precedes it
	isLocal bool // may be in a local part
}

type wordKind int

const (
	atomWord    wordKind = iota // also with dots
	quotedWord                  // a quoted-string
	encodedWord                 // has the form of an encoded word (RFC 2047)
)

// phrase reads words up to the next character that does not belong to one.
func (p *lenient) phrase() error {
	p.words = p.words[:0]
	for {
		before := p.i
		if err := p.skip(); err != nil {
			return err
		}
		spaced := p.i > before
		if p.atEnd() {
			return nil
		}
		w, err := p.word()
		if err != nil || w.text == "" && w.kind != quotedWord {
			return err
		}
		w.spaced = spaced
		p.words = append(p.words, w)
	}
}

// word reads one word. It returns the zero word if the next character does not
// belong to one.
func (p *lenient) word() (word, error) {
	switch c := p.peek(); {
	case c == '"':
		text, err := p.quoted()
		return word{text: text, kind: quotedWord, isLocal: true}, err
	case c == '[' || c == ']' || c == '\\': // in a name such as [Team], and nowhere else
		p.i++
		return word{text: string(c)}, nil
	}
	if n := encodedLen(p.s[p.i:]); n > 0 {
		text := p.s[p.i : p.i+n]
		p.i += n
		_, reason := checkDotAtom(text)
		return word{text: text, kind: encodedWord, isLocal: reason == ""}, nil
	}
	return word{text: p.atoms(), isLocal: true}, nil
}

// joinLocal returns the local part that the words make up (RFC 5322 §4.4 allows
// whitespace and comments around its dots). ok is false if there is no dot
// between two of them, so that the first is the name before an address.
func joinLocal(words []word) (local string, ok bool) {
	if len(words) == 1 {
		return words[0].text, words[0].isLocal
	}
	var b strings.Builder
	for i, w := range words {
		if !w.isLocal || i > 0 && !dotBetween(words[i-1], w) {
			return "", false
		}
		b.WriteString(w.text)
	}
	return b.String(), true
}

func dotBetween(a, b word) bool {
	return a.kind == atomWord && strings.HasSuffix(a.text, ".") ||
		b.kind == atomWord && strings.HasPrefix(b.text, ".")
}

// phraseText returns the words of a display name as they are shown to a person.
func phraseText(words []word) string {
	var b strings.Builder
	for len(words) > 0 {
		if words[0].spaced && b.Len() > 0 {
			b.WriteByte(' ')
		}
		n := 0
		for n < len(words) && words[n].kind == encodedWord {
			n++
		}
		if n > 0 {
			decodeWords(&b, words[:n]) // without the whitespace between them (RFC 2047 §6.2)
		} else {
			b.WriteString(words[0].text)
			n = 1
		}
		words = words[n:]
	}
	return printable(b.String())
}

// commentText returns the comments among whitespace, without the parentheses at
// the beginning and at the end, as they are shown to a person.
func commentText(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimSuffix(strings.TrimPrefix(s, "("), ")")
	return printable(unquotePair.Replace(s))
}

var unquotePair = strings.NewReplacer("\\\\", "\\", "\\(", "(", "\\)", ")", "\r", "", "\n", "")

// printable returns a name in UTF-8 and without control characters.
func printable(name string) string {
	if !utf8.ValidString(name) {
		name, _ = charmap.Windows1252.NewDecoder().String(name)
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, name)
	return strings.TrimSpace(name)
}
