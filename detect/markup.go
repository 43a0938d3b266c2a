package detect

import (
	"bytes"
	"strings"
)

// roots are the root elements that have a type of their own, without namespace prefix.
var roots = table(`
image/svg+xml         svg
application/rss+xml   rss
application/atom+xml  feed
application/gpx+xml   gpx
application/vnd.google-earth.kml+xml  kml
`)

// byMarkup tells XML and HTML by the root element, past prolog, comments and doctype.
func byMarkup(s *sample, t text) (mediaType, why string) {
	named := provenNames()[s.ext]
	isHTML := named == "text/html" || named == "application/xhtml+xml"
	m := readMarkup(t.body)
	root := m.root
	if !m.prolog { // only XML tells HTML from html
		root = strings.ToLower(root)
	}
	if i := strings.LastIndexByte(root, ':'); i >= 0 {
		root = root[i+1:]
	}
	switch {
	case named == "application/xhtml+xml" && root == "html":
		return named, "its root element is html, and it is named so"
	case strings.EqualFold(m.doctype, "html"), root == "html":
		return "text/html", "its root element is html"
	case roots()[root] != "" && (m.prolog || m.namespace || root == "rss" || named == roots()[root]):
		return roots()[root], "its root element is " + root
	case m.prolog, m.root != "" && !isHTML && (m.namespace || named != "" || s.whole && closes(t.body, m.root) && !isWeak(root)):
		return "application/xml", "it is XML"
	case isHTML && hasTag(t.body):
		return "text/html", "it has tags of HTML, and is named so"
	}
	return "", ""
}

// closes reports whether the last thing in b is the end of the root element.
func closes(b []byte, root string) bool {
	b = bytes.TrimRight(b, " \t\r\n")
	return bytes.HasSuffix(b, []byte("</"+root+">"))
}

// markup is what stands at the front of a document.
type markup struct {
	prolog    bool   // <?xml
	doctype   string // the name in it
	root      string
	namespace bool // xmlns in the root element
}

// tagMax is how long the tag of the root may be: what goes on longer is none.
const tagMax = 8 << 10

func readMarkup(b []byte) (m markup) {
	for {
		b = bytes.TrimLeft(b, " \t\r\n\f")
		switch {
		case hasPrefixFold(b, "<?"):
			m.prolog = m.prolog || hasPrefixFold(b, "<?xml") && len(b) > 5 && isBlank(b[5])
			if b = after(b, "?>"); b == nil {
				return m
			}
		case hasPrefixFold(b, "<!--"):
			if b = after(b[4:], "-->"); b == nil {
				return m
			}
		case hasPrefixFold(b, "<!doctype"):
			m.doctype = name(bytes.TrimLeft(b[9:], " \t\r\n"))
			if b = afterDoctype(b); b == nil {
				return m
			}
		case len(b) > 1 && b[0] == '<':
			m.root = name(b[1:])
			tag, _, closed := bytes.Cut(b[:min(len(b), tagMax)], []byte(">"))
			if !closed && len(b) > tagMax {
				m.root = ""
			}
			m.namespace = bytes.Contains(tag, []byte("xmlns"))
			return m
		default:
			return m
		}
	}
}

// afterDoctype skips a document type declaration and the subset in it.
func afterDoctype(b []byte) []byte {
	depth := 0
	for i, c := range b {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			return b[i+1:]
		}
	}
	return nil
}

func after(b []byte, sep string) []byte {
	if _, rest, ok := bytes.Cut(b, []byte(sep)); ok {
		return rest
	}
	return nil
}

// name returns the XML name at the front of b, as far as ASCII goes.
func name(b []byte) string {
	for i, c := range b {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c >= 0x80
		if !letter && (i == 0 || (c < '0' || c > '9') && c != ':' && c != '-' && c != '.') {
			if c == '>' || c == '/' || isBlank(c) || c == '[' {
				return string(b[:i])
			}
			return ""
		}
		if i == 100 {
			return ""
		}
	}
	return string(b)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
}

// hasTag reports whether b holds a tag that HTML knows, or a comment.
func hasTag(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '<')
		if i < 0 {
			return false
		}
		b = b[i+1:]
		if isWeak(strings.ToLower(name(bytes.TrimPrefix(b, []byte("/"))))) || bytes.HasPrefix(b, []byte("!--")) {
			return true
		}
	}
}

// weakTags are HTML's only where the name says so: prose has many a <a> or <p>.
const weakTags = " head body title meta link script style base h1 h2 h3 h4 p br hr div span" +
	" a b i em strong font center pre code tt img table tr td ul ol li dl dt" +
	" form input frameset frame iframe section article nav main header footer object blockquote "

func isWeak(tag string) bool { return tag != "" && strings.Contains(weakTags, " "+tag+" ") }
