package compose

import (
	"html"
	"regexp"
	"strings"
)

// metaPattern is compiled where it is needed: few mails have HTML of another charset.
const metaPattern = `(?i)<meta\s[^>]*charset\s*=\s*["']?\s*([a-z0-9_.:-]+)`

// metaCharset returns the charset that HTML names in its head, or "".
func metaCharset(raw []byte) string {
	m := regexp.MustCompile(metaPattern).FindSubmatch(raw[:min(len(raw), 4096)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

// pictureAttributes of elements name pictures; an empty element is any.
var pictureAttributes = map[[2]string]bool{
	{"img", "src"}: true, {"input", "src"}: true, {"video", "poster"}: true,
	{"image", "href"}: true, {"image", "xlink:href"}: true, {"", "background"}: true,
}

// rewriteHTML replaces the references to pictures by what link returns for
// them, and a charset that is named by the one that it has now. All else stays
// byte for byte. What follows a <base> is relative to that, and so not local.
func rewriteHTML(doc []byte, link func(string) (string, error)) ([]byte, error) {
	out := make([]byte, 0, len(doc)+len(doc)/16)
	for token := range htmlTokens(doc) {
		piece := token.raw
		var err error
		switch {
		case token.kind == htmlStart, token.kind == htmlEmpty:
			if token.name == "base" {
				link = func(ref string) (string, error) { return ref, nil }
			}
			piece, err = rewriteTag(token, link)
		case token.kind == htmlText && token.name == "style":
			var css string
			css, err = rewriteCSS(string(piece), link)
			piece = []byte(css)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, piece...)
	}
	return out, nil
}

// rewriteTag rewrites the attributes of one start tag.
func rewriteTag(token htmlToken, link func(string) (string, error)) ([]byte, error) {
	name, tag := token.name, token.raw
	var out []byte
	done := 0
	for at := len("<") + len(name); ; {
		a, next, ok := nextAttribute(tag, at)
		if !ok {
			break
		}
		at = next
		value := unescapeValue(string(tag[a.start:a.end]))
		replaced, err := rewriteValue(name, a.name, value, link)
		if err != nil {
			return nil, err
		}
		if replaced != value {
			out = append(append(out, tag[done:a.start]...), html.EscapeString(replaced)...)
			done = a.end
		}
	}
	return append(out, tag[done:]...), nil
}

func rewriteValue(tag, attribute, value string, link func(string) (string, error)) (string, error) {
	switch {
	case pictureAttributes[[2]string{tag, attribute}], pictureAttributes[[2]string{"", attribute}]:
		if trimmed := strings.TrimSpace(value); trimmed != "" {
			ref, err := link(trimmed)
			if err != nil || ref == trimmed {
				return value, err
			}
			return ref, nil
		}
	case attribute == "srcset" && (tag == "img" || tag == "source"):
		return rewriteSrcset(value, link)
	case attribute == "style":
		return rewriteCSS(value, link)
	case tag == "meta" && attribute == "charset" && !strings.EqualFold(value, "utf-8"):
		return "utf-8", nil
	case tag == "meta" && attribute == "content":
		if i := indexFold(value, "charset="); i >= 0 && !isUTF8Name(value[i+len("charset="):]) {
			return value[:i] + "charset=utf-8", nil
		}
	}
	return value, nil
}

// rewriteSrcset rewrites a list of pictures with their sizes. As browsers see
// it, a comma ends a name only where a blank follows: "a,b.png 1x" is one, and
// so is "data:image/png;base64,xx== 2x".
func rewriteSrcset(value string, link func(string) (string, error)) (string, error) {
	var out strings.Builder
	for {
		name := strings.TrimLeft(value, blanks+",")
		out.WriteString(value[:len(value)-len(name)])
		if name == "" {
			return out.String(), nil
		}
		n := strings.IndexAny(name, blanks)
		if n < 0 {
			n = len(name)
		}
		old := strings.TrimRight(name[:n], ",")
		ref, err := link(old)
		if err != nil {
			return "", err
		}
		out.WriteString(ref)
		value = name[len(old):]
		if len(old) == n { // its size follows
			if n = strings.IndexByte(value, ','); n < 0 {
				n = len(value)
			}
			out.WriteString(value[:n])
			value = value[n:]
		}
	}
}

// indexFold is where word stands in s in any case, or -1. (The place in a
// lower-case copy is another one where a letter changes its length, as "İ" does.)
func indexFold(s, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}
