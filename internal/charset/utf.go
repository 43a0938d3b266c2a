package charset

import (
	"bytes"
	"unicode/utf8"
)

// boms are the byte order marks. UTF-32 comes first: its little-endian mark
// begins with that of UTF-16.
var boms = [...]struct{ mark, charset string }{
	{"\x00\x00\xFE\xFF", "utf-32be"},
	{"\xFF\xFE\x00\x00", "utf-32le"},
	{"\xEF\xBB\xBF", "utf-8"},
	{"\xFE\xFF", "utf-16be"},
	{"\xFF\xFE", "utf-16le"},
}

// CutBOM returns the charset of the byte order mark that p begins with, and what
// follows the mark. Without a mark it returns "" and p.
func CutBOM(p []byte) (charset string, rest []byte) {
	for _, bom := range boms {
		if rest, ok := bytes.CutPrefix(p, []byte(bom.mark)); ok {
			return bom.charset, rest
		}
	}
	return "", p
}

// IncompleteUTF8 returns the number of octets at the end of p that begin a
// character of UTF-8 and do not complete it; 0 means that there are none.
func IncompleteUTF8(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		tail := p[len(p)-n:]
		if !utf8.RuneStart(tail[0]) {
			continue
		}
		if utf8.FullRune(tail) {
			return 0
		}
		return n
	}
	return 0
}

// validPerDamaged is the limit for UTF-8: it has more characters of several octets
// than this for each damaged one. In 3,000 lines of text in other charsets (of the corpus
// that package detect is tested with), no more than three are there by chance.
const validPerDamaged = 4

// maxDamage is the number of invalid octets that one cut character can leave.
const maxDamage = utf8.UTFMax - 1

// MostlyUTF8 reports whether p is UTF-8, except for a few damaged characters: a
// log may be cut inside a character, or include a line in another charset. An
// incomplete character at the end does not count. ASCII is UTF-8.
func MostlyUTF8(p []byte) bool {
	if utf8.Valid(p) {
		return true
	}
	p = p[:len(p)-IncompleteUTF8(p)]
	valid, damaged := 0, 0
	run := 0 // invalid octets since the last valid character
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			if run%maxDamage == 0 {
				damaged++
			}
			run++
		} else {
			if size > 1 {
				valid++
			}
			run = 0
		}
		p = p[size:]
	}
	return valid > validPerDamaged*damaged
}
