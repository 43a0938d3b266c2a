package detect

import (
	"bytes"
)

// maxLine is the longest line that mail may carry, in octets (RFC 5322 §2.1.1).
const maxLine = 998

// textEncoding returns the shortest transfer encoding that carries a text,
// whose line ends may change from LF to CRLF. Where more follows than b it is
// never 7bit, which is right for this beginning only.
func textEncoding(b []byte, whole bool) string {
	if whole && isSevenBit(b) {
		return "7bit"
	}
	lines := bytes.Count(b, []byte("\n")) - bytes.Count(b, []byte("\r\n"))
	return shorter(quotedSize(b, true), base64Size(len(b)+lines))
}

// binaryEncoding is the same for what must keep every octet.
func binaryEncoding(b []byte) string {
	return shorter(quotedSize(b, false), base64Size(len(b)))
}

func shorter(quoted, base64 int) string {
	if quoted < base64 {
		return "quoted-printable"
	}
	return "base64"
}

// isSevenBit reports whether a text goes through mail as it is (RFC 2045 §2.7).
// A line that begins "From " does not: many a mailbox adds ">" to it.
func isSevenBit(b []byte) bool {
	if !isASCII(b) || bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	if bytes.Count(b, []byte("\r")) != bytes.Count(b, []byte("\r\n")) {
		return false
	}
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		if len(bytes.TrimSuffix(line, []byte("\r"))) > maxLine || bytes.HasPrefix(line, []byte("From ")) {
			return false
		}
		b = rest
	}
	return true
}

// base64Size is the size of n octets in base64, in lines of 76.
func base64Size(n int) int {
	size := (n + 2) / 3 * 4
	return size + (size+75)/76*2
}

// quotedSize is the size of b in quoted-printable (RFC 2045 §6.7), in lines of
// at most 76. breaks says that LF and CRLF are line ends and stand for themselves.
func quotedSize(b []byte, breaks bool) int {
	size, column := 0, 0
	for i, c := range b {
		cost := 3
		switch {
		case c == '\n' && breaks:
			size, column = size+2, 0
			continue
		case c == '\r' && breaks && i+1 < len(b) && b[i+1] == '\n':
			continue
		case c == ' ' || c == '\t':
			if i+1 < len(b) && b[i+1] != '\n' && b[i+1] != '\r' {
				cost = 1
			}
		case c > ' ' && c < 0x7F && c != '=':
			cost = 1
		}
		if column += cost; column > 75 {
			size, column = size+3, cost
		}
		size += cost
	}
	return size
}
