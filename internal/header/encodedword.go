package header

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/ascii"
)

const (
	wordMax      = 75 // octets of an encoded word (RFC 2047 §2)
	wordMin      = 40 // a shorter one is not written only to fill a line
	wordOverhead = len("=?utf-8?Q??=")
)

// encoded writes s as encoded words (RFC 2047 §2), each after a space. It splits
// s between characters, and only if one word is not enough.
func (h *Writer) encoded(s string) {
	for s != "" {
		if h.shouldFoldBefore(s) {
			h.fold()
		}
		word, n := encodeWord(s, h.wordRoom())
		h.buf = append(append(h.buf, ' '), word...)
		s = s[n:]
	}
}

// wordRoom returns the length of an encoded word that fits in this line.
func (h *Writer) wordRoom() int { return min(wordMax, FoldColumns-h.column()-len(" ")) }

// shouldFoldBefore reports whether the next encoded word of s goes on the next line.
func (h *Writer) shouldFoldBefore(s string) bool {
	room := h.wordRoom()
	_, n := fitWord(s, room)
	switch {
	case n == len(s): // all of s fits
		return false
	case n == 0: // not even one character fits
		return true
	case h.afterName():
		return false
	case room < wordMin:
		return true
	}
	_, n = fitWord(s, wordMax)
	return n == len(s) // one word on the next line, not two on both
}

// encodeWord returns the encoded word of at most room octets that carries most
// of s, and how many octets of s it carries.
func encodeWord(s string, room int) (word string, n int) {
	useB, n := fitWord(s, room)
	if useB {
		return "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s[:n])) + "?=", n
	}
	return "=?utf-8?Q?" + encodeQ(s[:n]) + "?=", n
}

// encodeQ returns s in the Q encoding (RFC 2047 §4.2).
func encodeQ(s string) string { return strings.ReplaceAll(ascii.Escape(s, '=', isPlainQ), "=20", "_") }

// fitWord returns how many octets of s fit in an encoded word of at most room
// octets, and whether the B encoding carries more of them than Q, or the same
// in fewer octets.
func fitWord(s string, room int) (useB bool, n int) {
	q, lenQ := fit(s, room-wordOverhead, func(c byte) bool { return c == ' ' || isPlainQ(c) })
	b := fitB(s, room-wordOverhead)
	if b > q || b == q && base64.StdEncoding.EncodedLen(b) < lenQ {
		return true, b
	}
	return false, q
}

// fitB returns how many octets of s fit in room octets of B: all of s, or whole
// characters in a multiple of 3 octets, which needs no padding. Some readers
// join words before they decode them, and stop at a padding.
func fitB(s string, room int) int {
	n := room / 4 * 3
	if len(s) <= n {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n -= 3
	}
	return max(n, 0)
}

// isPlainQ reports whether an octet stands for itself in Q, also in a display
// name (RFC 2047 §5, rule 3).
func isPlainQ(c byte) bool {
	return ascii.IsAlnum(rune(c)) || strings.IndexByte("!*+-/", c) >= 0
}

// fit returns how many octets of s fit in room octets when they are encoded, in
// whole characters, and their encoded length: one octet for each that isShort accepts,
// three for any other.
func fit(s string, room int, isShort func(c byte) bool) (n, length int) {
	for n < len(s) {
		_, size := utf8.DecodeRuneInString(s[n:])
		width := 0
		for i := n; i < n+size; i++ {
			width++
			if !isShort(s[i]) {
				width += len("XX")
			}
		}
		if length+width > room {
			break
		}
		n += size
		length += width
	}
	return n, length
}
