package compose

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

const (
	wordMax      = 75 // of an encoded word, RFC 2047 §2
	wordMin      = 40 // less room than that is left free: one word less is worth more than a full line
	wordOverhead = len("=?utf-8?Q??=")
)

// encoded writes s as encoded words (RFC 2047 §2), one where it fits, cut
// between characters where not, each after a blank.
func (h *header) encoded(s string) {
	for s != "" {
		room := min(wordMax, foldColumns-h.col()-1)
		_, n := encodeWord(s, room)
		if n < len(s) && !h.bare() {
			_, most := encodeWord(s, wordMax)
			if most == len(s) || room < wordMin {
				h.fold()
				room, n = wordMax, most
			}
		}
		if n == 0 { // the name of the field fills the line
			h.fold()
			room = wordMax
		}
		word, n := encodeWord(s, room)
		h.buf = append(append(h.buf, ' '), word...)
		s = s[n:]
	}
}

// encodeWord returns the encoded word of at most room octets that carries most
// of s, and how much that is.
func encodeWord(s string, room int) (word string, n int) {
	room -= wordOverhead
	q, qLen := fitQ(s, room)
	b := fitB(s, room/4*3)
	if b > q || b == q && base64.StdEncoding.EncodedLen(b) < qLen {
		return "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s[:b])) + "?=", b
	}
	var w strings.Builder
	w.WriteString("=?utf-8?Q?")
	for i := range q {
		switch c := s[i]; {
		case c == ' ':
			w.WriteByte('_')
		case isQ(c):
			w.WriteByte(c)
		default:
			w.WriteByte('=')
			w.WriteByte(hexDigits[c>>4])
			w.WriteByte(hexDigits[c&15])
		}
	}
	w.WriteString("?=")
	return w.String(), q
}

// fitQ returns how many octets of s the Q encoding fits into room, and their encoded length.
func fitQ(s string, room int) (n, length int) {
	for n < len(s) {
		_, size := utf8.DecodeRuneInString(s[n:])
		width := 3 * size
		if s[n] == ' ' || isQ(s[n]) {
			width = 1
		}
		if length+width > room {
			break
		}
		n += size
		length += width
	}
	return n, length
}

// fitB returns how many of the first limit octets of s go into a B word: all of
// s, or whole characters that fill it without padding. Readers join words before
// they decode them, and stop at a padding.
func fitB(s string, limit int) int {
	if len(s) <= limit {
		return len(s)
	}
	for n := limit / 3 * 3; n > 0; n -= 3 {
		if utf8.RuneStart(s[n]) {
			return n
		}
	}
	return 0
}

// isQ tells what stands for itself in a Q word, in a phrase too (RFC 2047 §5, rule 3).
func isQ(c byte) bool {
	return isAlnum(rune(c)) || strings.IndexByte("!*+-/", c) >= 0
}
