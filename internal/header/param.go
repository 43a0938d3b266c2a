package header

import (
	"strconv"
	"strings"

	"mailpipe/internal/ascii"
)

// Param writes a parameter of a structured field (RFC 2045 §5.1). A value that
// is not plain is percent-encoded, and split into sections if it is long (RFC
// 2231 §3 and §4). It is never an encoded word, and never folded inside quotes.
func (h *Writer) Param(name, value string) {
	const charset = "utf-8''"
	if len(value) < paramMax { // it may fit in a line
		plain, isPlain := plainValue(value)
		if whole := name + "=" + plain; isPlain && len(whole) < paramMax {
			h.PutParam(whole)
			return
		}
		if whole := name + "*=" + charset + percentEncode(value); len(whole) < paramMax {
			h.PutParam(whole)
			return
		}
	}
	h.buf = append(h.buf, ';')
	rest := value
	for section := 0; rest != ""; section++ {
		piece := " " + name + "*" + strconv.Itoa(section) + "*="
		if section == 0 {
			piece += charset
		} else {
			h.buf = append(h.buf, ';')
		}
		n, _ := fit(rest, paramMax-len(piece), isPlainPercent)
		h.fold()
		h.Put(piece + percentEncode(rest[:n]))
		rest = rest[n:]
	}
}

// PutParam writes a parameter, name=value, that needs no encoding.
func (h *Writer) PutParam(param string) {
	h.buf = append(h.buf, ';')
	h.Put(" " + param)
}

// paramMax is the length of a line with one parameter, without the semicolon
// that may follow.
const paramMax = FoldColumns - len(";")

// plainValue returns a value as a token or a quoted string, if all readers
// understand it: some split at `;` and `,` even in quotes, some decode what
// looks like an encoded word, and some trim spaces.
func plainValue(v string) (plain string, ok bool) {
	isForbidden := func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune("\"\\;,", r) }
	isSpecial := func(r rune) bool { return !ascii.IsAlnum(r) && !strings.ContainsRune("!#$&+-^_`{|}~.", r) }
	switch {
	case strings.ContainsFunc(v, isForbidden):
		return "", false
	case v != "" && !strings.ContainsFunc(v, isSpecial):
		return v, true
	case strings.Contains(v, "=?"), strings.HasPrefix(v, " "), strings.HasSuffix(v, " "):
		return "", false
	}
	return `"` + v + `"`, true
}

// percentEncode encodes a value in UTF-8 (RFC 2231 §4).
func percentEncode(v string) string { return ascii.Escape(v, '%', isPlainPercent) }

func isPlainPercent(c byte) bool { return ascii.IsAlnum(rune(c)) || strings.IndexByte("-._~", c) >= 0 }
