package address

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/internal/charset"
)

// encodedLen returns the length of the encoded word that s begins with, or 0
// (RFC 2047 §2). What its text may not hold but often does, such as a comma,
// is let through: it is still one word of a name.
func encodedLen(s string) int {
	if !strings.HasPrefix(s, "=?") {
		return 0
	}
	charset := strings.IndexByte(s[2:], '?')
	if charset <= 0 || len(s) < 2+charset+3 || s[2+charset+2] != '?' {
		return 0
	}
	if strings.IndexByte("bBqQ", s[2+charset+1]) < 0 || strings.ContainsAny(s[:2+charset], " \t\r\n,;:<>@\"(") {
		return 0
	}
	text := 2 + charset + 3
	for i := text; i < len(s); i++ {
		switch c := s[i]; {
		case c == '?':
			end := i + len("?=")
			if end > len(s) || s[i+1] != '=' || end < len(s) && isAtext(s[end]) {
				return 0
			}
			return end
		case c <= ' ' || c >= utf8.RuneSelf:
			return 0
		}
	}
	return 0
}

// phraseText returns the words of a display name as a person reads them.
func phraseText(words []word) string {
	if len(words) == 0 {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(words); {
		if words[i].blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		if words[i].kind != encodedWord {
			b.WriteString(words[i].text)
			i++
			continue
		}
		n := 1 // blanks between encoded words are not shown (RFC 2047 §6.2)
		for i+n < len(words) && words[i+n].kind == encodedWord {
			n++
		}
		decodeWords(&b, words[i:i+n])
		i += n
	}
	name := b.String()
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

// decodeWords writes a run of encoded words. Those of one charset are decoded
// together: some programs split them within a character.
func decodeWords(b *strings.Builder, words []word) {
	for i := 0; i < len(words); {
		name, octets, ok := decodeWord(words[i].text)
		n := 1
		for ok && i+n < len(words) {
			next, more, good := decodeWord(words[i+n].text)
			if !good || !strings.EqualFold(next, name) {
				break
			}
			octets = append(octets, more...)
			n++
		}
		text, known := "", false
		if ok {
			text, known = decode(name, octets)
		}
		for k, w := range words[i : i+n] {
			switch {
			case known && k == 0:
				b.WriteString(text)
			case !known && k > 0:
				b.WriteByte(' ')
				fallthrough
			case !known:
				b.WriteString(w.text)
			}
		}
		i += n
	}
}

// decodeWord takes an encoded word apart. ok is false where its encoding is broken.
func decodeWord(s string) (name string, octets []byte, ok bool) {
	part := strings.SplitN(s[2:len(s)-2], "?", 3)
	name, _, _ = strings.Cut(part[0], "*") // the language (RFC 2231 §5)
	if part[1] == "B" || part[1] == "b" {
		octets, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(part[2], "="))
		return name, octets, err == nil
	}
	text := part[2]
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '_':
			octets = append(octets, ' ')
		case c != '=':
			octets = append(octets, c)
		case i+2 < len(text) && unhex(text[i+1]) < 16 && unhex(text[i+2]) < 16:
			octets = append(octets, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
		default:
			return "", nil, false
		}
	}
	return name, octets, true
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

// decode reads octets of a charset; known is false where they cannot be read.
func decode(name string, octets []byte) (text string, known bool) {
	e, known := charset.Find(name)
	if !known {
		return "", false
	}
	decoded, err := e.NewDecoder().Bytes(octets)
	return string(decoded), err == nil
}
