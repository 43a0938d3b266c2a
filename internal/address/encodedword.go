package address

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/charset"
)

// encodedLen returns the length of the encoded word at the beginning of s, or 0
// (RFC 2047 §2). It accepts characters in it that are not allowed but frequent,
// such as a comma.
func encodedLen(s string) int {
	body, ok := strings.CutPrefix(s, "=?")
	if !ok {
		return 0
	}
	charset, rest, _ := strings.Cut(body, "?")
	if charset == "" || strings.ContainsAny(charset, " \t\r\n,;:<>@\"(") {
		return 0
	}
	if len(rest) < 2 || strings.IndexByte("bBqQ", rest[0]) < 0 || rest[1] != '?' {
		return 0
	}
	start := len(s) - len(rest) + 2
	for i := start; i < len(s); i++ {
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

// EncodedWord returns the length of the encoded word at the beginning of s, or 0, its
// charset and its octets. ok is false if they are not encoded correctly.
func EncodedWord(s string) (n int, charset string, octets []byte, ok bool) {
	n = encodedLen(s)
	if n > 0 {
		charset, octets, ok = decodeWord(s[:n])
	}
	return n, charset, octets, ok
}

// decodeWords writes a sequence of encoded words to b.
func decodeWords(b *strings.Builder, words []word) {
	for len(words) > 0 {
		n, text := decodeSome(words)
		b.WriteString(text)
		words = words[n:]
	}
}

// decodeSome decodes the first encoded word, together with those of the same
// charset that follow, because some programs split a character between them.
// It returns the number of words and their text: as written, if it cannot be
// decoded.
func decodeSome(words []word) (n int, text string) {
	charset, octets, ok := decodeWord(words[0].text)
	n = 1
	for ok && n < len(words) {
		next, more, good := decodeWord(words[n].text)
		if !good || !strings.EqualFold(next, charset) {
			break
		}
		octets = append(octets, more...)
		n++
	}
	if ok {
		if text, ok := decode(charset, octets); ok {
			return n, text
		}
	}
	var written []string
	for _, w := range words[:n] {
		written = append(written, w.text)
	}
	return n, strings.Join(written, " ")
}

// decodeWord returns the charset of an encoded word and its octets. ok is false
// if they are not encoded correctly.
func decodeWord(s string) (charset string, octets []byte, ok bool) {
	parts := strings.SplitN(s[len("=?"):len(s)-len("?=")], "?", 3)
	charset, _, _ = strings.Cut(parts[0], "*") // without the language (RFC 2231 §5)
	if parts[1] == "B" || parts[1] == "b" {
		octets, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[2], "="))
		return charset, octets, err == nil
	}
	octets, ok = decodeQ(parts[2])
	return charset, octets, ok
}

// decodeQ decodes the Q encoding (RFC 2047 §4.2).
func decodeQ(s string) (octets []byte, ok bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '_':
			octets = append(octets, ' ')
		case '=':
			if i+2 >= len(s) {
				return nil, false
			}
			octet, err := hex.DecodeString(s[i+1 : i+3])
			if err != nil {
				return nil, false
			}
			octets = append(octets, octet...)
			i += 2
		default:
			octets = append(octets, s[i])
		}
	}
	return octets, true
}

// decode converts octets of a charset to UTF-8. ok is false if the charset is
// unknown or the octets are invalid.
func decode(name string, octets []byte) (text string, ok bool) {
	encoding, ok := charset.Find(name)
	if !ok {
		return "", false
	}
	decoded, err := encoding.NewDecoder().Bytes(octets)
	return string(decoded), err == nil
}

// DecodeOctets returns octets of a charset in UTF-8, or as they are if the charset is
// unknown or the octets are invalid.
func DecodeOctets(charset, octets string) string {
	if text, ok := decode(charset, []byte(octets)); ok {
		return text
	}
	return octets
}

// DecodeText returns unstructured text with its encoded words decoded (RFC 2047
// §6.2). Words that cannot be decoded stay as they are.
func DecodeText(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var b strings.Builder
	for s != "" {
		text := strings.TrimLeft(s, " \t")
		n := encodedLen(text)
		if n == 0 {
			n = strings.IndexAny(text, " \t")
			if n < 0 {
				n = len(text)
			}
			n += len(s) - len(text)
			b.WriteString(s[:n])
			s = s[n:]
			continue
		}
		b.WriteString(s[:len(s)-len(text)])
		var words []word
		for ; n > 0; n = encodedLen(strings.TrimLeft(s, " \t")) {
			s = strings.TrimLeft(s, " \t")
			words = append(words, word{text: s[:n]})
			s = s[n:]
		}
		decodeWords(&b, words) // without the whitespace between them
	}
	return b.String()
}
