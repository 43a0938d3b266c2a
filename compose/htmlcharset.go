package compose

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mailpipe/internal/charset"
	"mailpipe/internal/htmlref"
)

// Each pattern has the name of a charset as its group.
var (
	// contentCharset is for the content of <meta http-equiv="Content-Type">.
	contentCharset = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)charset\s*=\s*["']?\s*([^\s"';]+)`)
	})
	// xmlCharset is for the declaration with which XHTML may begin.
	xmlCharset = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^<\?xml\s[^>]*?\sencoding\s*=\s*["']([^\s"'>]+)["']`)
	})
)

// htmlCharset returns the charset that a page declares in <meta> or, if it has
// none, in an XML declaration. Unknown names do not count, as in browsers. It
// returns "" for a page that declares none.
func htmlCharset(page []byte) string {
	t := htmlref.NewTokens(bytes.NewReader(page))
	for t.Next() {
		for _, a := range t.Token.Attr {
			start, end := charsetSpan(t.Token, a)
			name := a.Val[start:end]
			if _, err := newDecoder(name, nil); err == nil {
				return name
			}
		}
	}
	if m := xmlCharset().FindSubmatch(page); m != nil {
		return string(m[1])
	}
	return ""
}

// charsetSpan returns where in the value of an attribute a charset is declared.
// An empty span means nowhere.
func charsetSpan(tag html.Token, a html.Attribute) (start, end int) {
	if tag.DataAtom != atom.Meta {
		return 0, 0
	}
	switch a.Key {
	case "charset":
		name := strings.Trim(a.Val, htmlref.Space)
		start = strings.Index(a.Val, name)
		return start, start + len(name)
	case "content":
		m := contentCharset().FindStringSubmatchIndex(a.Val)
		field, _ := htmlref.Find(tag.Attr, "http-equiv")
		if m != nil && strings.EqualFold(field, "content-type") {
			return m[2], m[3]
		}
	}
	return 0, 0
}

// declareUTF8 returns the value of an attribute with UTF-8 as the charset, if it
// declares another one.
func declareUTF8(tag html.Token, a html.Attribute) string {
	start, end := charsetSpan(tag, a)
	if start == end || charset.IsUTF8(a.Val[start:end]) {
		return a.Val
	}
	return a.Val[:start] + "utf-8" + a.Val[end:]
}

// declareUTF8InXML does the same for the XML declaration that a page may begin with.
func declareUTF8InXML(raw []byte) []byte {
	m := xmlCharset().FindSubmatchIndex(raw)
	if m == nil || charset.IsUTF8(string(raw[m[2]:m[3]])) {
		return raw
	}
	return slices.Concat(raw[:m[2]], []byte("utf-8"), raw[m[3]:])
}
