package ascii

const hexDigits = "0123456789ABCDEF"

// AppendHex appends an octet as a mark and two hexadecimal digits.
func AppendHex(out []byte, mark, c byte) []byte {
	return append(out, mark, hexDigits[c>>4], hexDigits[c&15])
}

// Escape returns s with each octet that keep refuses as a mark and two hexadecimal digits.
func Escape(s string, mark byte, keep func(c byte) bool) string {
	var out []byte
	for i := range len(s) {
		if keep(s[i]) {
			out = append(out, s[i])
		} else {
			out = AppendHex(out, mark, s[i])
		}
	}
	return string(out)
}

// IsAlnum reports whether r is a letter or a digit of US-ASCII.
func IsAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
