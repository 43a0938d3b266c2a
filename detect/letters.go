package detect

import "strings"

// highs counts the octets over 127 of a text.
type highs struct {
	n     [256]int
	total int
	runs  int // of octets that stand together
}

func count(b []byte) *highs {
	h := new(highs)
	high := false
	for _, c := range b {
		if c >= 0x80 {
			h.n[c]++
			h.total++
			if !high {
				h.runs++
			}
		}
		high = c >= 0x80
	}
	return h
}

// share is the part of the high octets that are from first to last.
func (h *highs) share(first, last int) float64 {
	n := 0
	for _, k := range h.n[first : last+1] {
		n += k
	}
	return float64(n) / float64(h.total)
}

// of counts the octets that are among these.
func (h *highs) of(octets string) (n int) {
	for _, c := range []byte(octets) {
		n += h.n[c]
	}
	return n
}

// kinds counts how many of these octets occur.
func (h *highs) kinds(octets string) (n int) {
	for _, c := range []byte(octets) {
		if h.n[c] > 0 {
			n++
		}
	}
	return n
}

// run is the mean length of what stands in high octets without a break.
func (h *highs) run() float64 { return float64(h.total) / float64(max(h.runs, 1)) }

// isDOSCyrillic reports whether the octets are letters of IBM866: small ones
// are at A0-AF and E0-EF, capitals at 80-9F.
func isDOSCyrillic(h *highs) bool {
	return h.share(0x80, 0xAF)+h.share(0xE0, 0xF1) >= 0.95 && h.share(0xA0, 0xAF) > 0.3 && h.share(0xE0, 0xEF) > 0.1 && h.run() > 3
}

// thai names TIS-620 where the octets are Thai letters in long runs, as a
// language has that puts no blanks between its words, and in their order: a
// leading vowel (E0-E4) stands before a consonant (A1-CE), a sign above or
// below (D1, D4-DA, E7-EE) after one.
func thai(lines []byte, h *highs) string {
	if h.share(0xA1, 0xDA)+h.share(0xDF, 0xFB) < 0.98 || h.share(0xA1, 0xCE) < 0.5 || h.run() < 7 {
		return ""
	}
	// The runs of Chinese are even and have ideographs at B0-F7, those of Thai are as it comes.
	if even, found := countPairs(lines, isEUC, isIdeograph); even > 0 && (h.runs >= 5 || found == even) {
		return ""
	}
	isConsonant := func(c byte) bool { return 0xA1 <= c && c <= 0xCE }
	isSign := func(c byte) bool { return c == 0xD1 || 0xD4 <= c && c <= 0xDA || 0xE7 <= c && c <= 0xEE }
	tests, passed := 0, 0
	for i := 1; i+1 < len(lines); i++ {
		c, ok := lines[i], false
		switch {
		case isSign(c):
			ok = isConsonant(lines[i-1]) || isSign(lines[i-1])
		case 0xE0 <= c && c <= 0xE4:
			ok = isConsonant(lines[i+1])
		default:
			continue
		}
		tests++
		if ok {
			passed++
		}
	}
	if tests == 0 || passed*20 < tests*19 {
		return ""
	}
	return "tis-620"
}

// alphabets are letters of languages that the library takes for others: a
// text that has hardly any more than these, and so many of those that mark it.
var alphabets = [...]struct {
	letters, marks string
	least          int
	charset        string
}{
	// Lithuanian and Latvian, which have the same octets in ISO 8859-13 and windows-1257.
	{"\xE0\xE8\xE6\xEB\xE1\xF0\xF8\xFB\xFE\xC0\xC8\xC6\xCB\xC1\xD0\xD8\xDB\xDE", "\xE8\xEB\xE1\xF0\xFB\xFE", 3, "iso-8859-13"},
	{"\xE2\xE8\xE7\xEC\xEE\xED\xEF\xF2\xF0\xFB\xFE\xC2\xC8\xC7\xCC\xCE\xCD\xCF\xD2\xD0\xDB\xDE", "\xE2\xE7\xEE\xF0\xFB\xFE", 4, "iso-8859-13"},
	// Turkish
	{"\xE2\xE7\xEE\xF0\xF6\xFB\xFC\xFD\xFE\xC2\xC7\xCE\xD0\xD6\xDB\xDC\xDD\xDE", "\xE7\xF0\xFC\xFD\xFE", 3, "iso-8859-9"},
	// Hungarian, by its double acutes
	{"\xE1\xE9\xED\xF3\xF5\xF6\xFA\xFB\xFC\xC1\xC9\xCD\xD3\xD5\xD6\xDA\xDB\xDC", "\xF5\xF6\xFB\xFC", 3, "iso-8859-2"},
	// Finnish, Swedish, German
	{"\xE4\xE5\xF6\xFC\xDF\xC4\xC5\xD6\xDC", "\xE4", 1, "iso-8859-1"},
}

// alphabet names a charset by the letters of a language; empty when none fits.
func (h *highs) alphabet() string {
	letters := float64(h.total) * h.share(0xC0, 0xFF)
	if letters < 0.5*float64(h.total) || h.run() > 2 {
		return ""
	}
	for _, a := range alphabets {
		if float64(h.of(a.letters)) >= 0.98*letters && h.kinds(a.marks) >= a.least {
			return a.charset
		}
	}
	return ""
}

// centralLetters counts, between letters, octets that are letters in ISO
// 8859-2 or windows-1250, and signs or letters of rare words in ISO 8859-1 and windows-1252.
func centralLetters(lines []byte) (n int) {
	const letters = "\x8A\x8D\x8E\x8F\x9A\x9D\x9E\x9F\xA3\xA5\xA6\xA9\xAC\xAE\xB1\xB3\xB6\xB9\xBC\xBE\xBF"
	isLetter := func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0xC0 }
	for i := 1; i+1 < len(lines); i++ {
		if c := lines[i]; c >= 0x80 && isLetter(lines[i-1]) && isLetter(lines[i+1]) && strings.IndexByte(letters, c) >= 0 {
			n++
		}
	}
	return n
}
