package detect

import (
	"bytes"

	"mailpipe/internal/ascii"
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
	return shorter(b, true, base64Size(len(b)+lines))
}

// binaryEncoding is the same for what must keep every octet.
func binaryEncoding(b []byte) string {
	return shorter(b, false, base64Size(len(b)))
}

func shorter(b []byte, breaks bool, base64 int) string {
	if quotedSize(b, breaks, base64) < base64 {
		return "quoted-printable"
	}
	return "base64"
}

// isSevenBit reports whether a text goes through mail as it is (RFC 2045 §2.7).
// A line that begins "From " does not: many a mailbox adds ">" to it.
func isSevenBit(b []byte) bool {
	if !ascii.Only(b) || bytes.IndexByte(b, 0) >= 0 || bytes.Count(b, []byte("\r")) != bytes.Count(b, []byte("\r\n")) {
		return false
	}
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			end = len(b)
		}
		line := b[:end]
		if len(line) > maxLine && len(bytes.TrimSuffix(line, []byte("\r"))) > maxLine || bytes.HasPrefix(line, []byte("From ")) {
			return false
		}
		b = b[min(end+1, len(b)):]
	}
	return true
}

// base64Size is the size of n octets in base64, in lines of 76.
func base64Size(n int) int {
	size := (n + 2) / 3 * 4
	return size + (size+75)/76*2
}

// quotedSize is the size of b in quoted-printable (RFC 2045 §6.7), in lines of
// at most 76, but for soft line breaks that come early so as not to cut a "=XX".
// breaks says that LF and CRLF are line ends and stand for themselves. When it
// is clear that the size is over enough, the rest is counted as if it needed no quoting.
func quotedSize(b []byte, breaks bool, enough int) (size int) {
	const lineMax = 75 // and the "=" of a soft line break
	const piece = 60 * lineMax
	for len(b) > 0 {
		if size+len(b) > enough {
			return size + len(b)
		}
		line, after := b, 0
		if end := bytes.IndexByte(b, '\n'); breaks && end >= 0 {
			line, after = bytes.TrimSuffix(b[:end], []byte("\r")), 2
			b = b[end+1:]
		} else {
			line = b[:min(len(b), piece)]
			b = b[len(line):]
		}
		n := len(line) + 2*countQuoted(line)
		if end := len(line) - 1; end >= 0 && (line[end] == ' ' || line[end] == '\t') {
			n += 2
		}
		if n > lineMax {
			size += (n - 1) / lineMax * 3
		}
		size += n + after
	}
	return size
}
