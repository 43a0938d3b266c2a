package detect

import (
	"bytes"
	"encoding/base64"

	"mailpipe/internal/ascii"
)

// maxLine is the longest line that mail may carry, in octets (RFC 5322 §2.1.1).
const maxLine = 998

// shortestEncoding returns the transfer encoding that makes content shortest. A
// text may change its line endings from LF to CRLF; other content must keep
// every octet. If content is not whole, any octet may follow.
func shortestEncoding(content []byte, isText, isWhole bool) string {
	if isText && isWhole && isSevenBit(content) {
		return "7bit"
	}
	size := len(content)
	if isText {
		size += bytes.Count(content, []byte("\n")) - bytes.Count(content, []byte("\r\n"))
	}
	if quotedSize(content, isText) < base64Size(size) {
		return "quoted-printable"
	}
	return "base64"
}

// isSevenBit reports whether a text can be sent as it is (RFC 2045 §2.7). A line
// that begins with "From " cannot, because mailbox files put ">" before it.
func isSevenBit(b []byte) bool {
	hasBareCR := bytes.Count(b, []byte("\r")) != bytes.Count(b, []byte("\r\n"))
	hasNUL := bytes.IndexByte(b, 0) >= 0
	if !ascii.Only(b) || hasNUL || hasBareCR {
		return false
	}
	for line := range bytes.Lines(b) {
		if bytes.HasPrefix(line, []byte("From ")) || len(bytes.TrimRight(line, "\r\n")) > maxLine {
			return false
		}
	}
	return true
}

// base64Size returns the length of n octets in base64, in lines of 76.
func base64Size(n int) int {
	size := base64.StdEncoding.EncodedLen(n)
	return size + (size+75)/76*len("\r\n")
}

// quotedSize returns the length of b in quoted-printable (RFC 2045 §6.7), in
// lines of 76. A soft line break may come early so as not to cut "=XX"; this is
// not counted. In a text, LF and CRLF are line endings and are not quoted.
func quotedSize(b []byte, isText bool) (size int) {
	const lineMax = 75 // and the "=" of a soft line break
	for len(b) > 0 {
		line, rest, hasEnd := b, []byte(nil), false
		if isText {
			line, rest, hasEnd = bytes.Cut(b, []byte("\n"))
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		n := 0
		for _, c := range line {
			n += quotedLength[c]
		}
		if bytes.HasSuffix(line, []byte(" ")) || bytes.HasSuffix(line, []byte("\t")) {
			n += len("=20") - 1
		}
		size += n + max(n-1, 0)/lineMax*len("=\r\n")
		if hasEnd {
			size += len("\r\n")
		}
		b = rest
	}
	return size
}

// quotedLength is the length of each octet in quoted-printable. A table is several
// times as fast as comparisons, whose results in binary content are random.
var quotedLength = func() (length [256]int) {
	for c := range length {
		length[c] = len("=XX")
		if c == '\t' || ' ' <= c && c <= '~' && c != '=' {
			length[c] = 1
		}
	}
	return length
}()
