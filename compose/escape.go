package compose

import "unicode/utf8"

const hexDigits = "0123456789ABCDEF"

// appendHex appends an octet as a mark and two hexadecimal digits.
func appendHex(out []byte, mark, c byte) []byte {
	return append(out, mark, hexDigits[c>>4], hexDigits[c&15])
}

// escape returns s with each octet that keep refuses as a mark and two hexadecimal digits.
func escape(s string, mark byte, keep func(c byte) bool) string {
	var out []byte
	for i := range len(s) {
		if keep(s[i]) {
			out = append(out, s[i])
		} else {
			out = appendHex(out, mark, s[i])
		}
	}
	return string(out)
}

// fit returns how many octets of s fit in room octets when they are encoded, in
// whole characters, and their encoded length.
func fit(s string, room int, encode func(s string) string) (n, length int) {
	for n < len(s) {
		_, size := utf8.DecodeRuneInString(s[n:])
		width := len(encode(s[n : n+size]))
		if length+width > room {
			break
		}
		n += size
		length += width
	}
	return n, length
}
