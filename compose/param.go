package compose

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

type param struct{ name, value string }

// param writes one parameter of a structured field (RFC 2045 §5.1, RFC 2231).
// What is not plain goes percent-encoded, in sections where it is long: never
// as an encoded word, and never folded inside quotes.
func (h *header) param(p param) {
	h.buf = append(h.buf, ';')
	if v, ok := plainValue(p.value); ok && len(p.name)+len(v)+3 <= foldColumns {
		h.put(" ", p.name+"="+v)
		return
	}
	v := percentEncode(p.value)
	if whole := p.name + "*=utf-8''" + v; len(whole)+2 <= foldColumns {
		h.put(" ", whole)
		return
	}
	for section := 0; v != ""; section++ {
		piece := p.name + "*" + strconv.Itoa(section) + "*="
		if section == 0 {
			piece += "utf-8''"
		} else {
			h.buf = append(h.buf, ';')
		}
		n := cutPercent(v, foldColumns-2-len(piece))
		h.fold()
		h.put(" ", piece+v[:n])
		v = v[n:]
	}
}

// plainValue returns a value as a token or a quoted string, where all readers
// understand it: some split at `;` and `,` even between quotes.
func plainValue(v string) (string, bool) {
	token := v != ""
	for i := range len(v) {
		c := v[i]
		switch {
		case c < ' ' || c > '~' || strings.IndexByte("\"\\;,", c) >= 0:
			return "", false
		case !isAlnum(rune(c)) && strings.IndexByte("!#$&+-^_`{|}~.", c) < 0:
			token = false
		}
	}
	switch {
	case token:
		return v, true
	case strings.Contains(v, "=?") || strings.HasPrefix(v, " ") || strings.HasSuffix(v, " "):
		return "", false // readers decode the one and trim the others
	}
	return `"` + v + `"`, true
}

// percentEncode encodes a value in UTF-8 (RFC 2231 §4).
func percentEncode(v string) string {
	var b strings.Builder
	for i := range len(v) {
		if c := v[i]; isAlnum(rune(c)) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

// cutPercent returns the length of the longest beginning of v, at most limit,
// that ends between two characters.
func cutPercent(v string, limit int) int {
	if len(v) <= limit {
		return len(v)
	}
	n := 0
	for i := 0; i < len(v) && i <= limit; {
		n = i
		i += percentWidth(v[i:])
	}
	return n
}

// percentWidth is the length of the first character of v.
func percentWidth(v string) int {
	if v[0] != '%' {
		return 1
	}
	width := 3
	for len(v) > width+2 && v[width] == '%' {
		c, err := strconv.ParseUint(v[width+1:width+3], 16, 8)
		if err != nil || utf8.RuneStart(byte(c)) {
			break
		}
		width += 3
	}
	return width
}
