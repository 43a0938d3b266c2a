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
