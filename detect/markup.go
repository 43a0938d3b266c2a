package detect

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// roots are the root elements that have a media type, without namespace prefix.
var roots = table(`
image/svg+xml         svg
application/rss+xml   rss
application/atom+xml  feed
application/gpx+xml   gpx
application/vnd.google-earth.kml+xml  kml
`)

// byMarkup recognizes XML and HTML by the root element.
func byMarkup(s *sample) (mediaType, why string) {
	m := readMarkup(s.text.body)
	root := m.root[strings.LastIndexByte(m.root, ':')+1:]
	if !m.prolog { // HTML has no case
		root = strings.ToLower(root)
	}
	rootType := roots()[root]
	named := provenNames()[s.ext]
	isNamedHTML := named == "text/html" || named == "application/xhtml+xml"

	// RSS has no namespace; the other roots are also words of prose: <feed>.
	isRootType := rootType != "" && (m.isXML() || root == "rss" || named == rootType)
	// Without a sign of XML, a text is XML if it is one element that HTML lacks.
	isOneElement := s.whole && m.endsWithRoot(s.text.body) && htmlTags()[root] == ""
	isXML := m.prolog || m.root != "" && !isNamedHTML && (m.namespace || named != "" || isOneElement)

	switch {
	case root == "html" && named == "application/xhtml+xml":
		return named, "root element html and file name"
	case root == "html", m.doctype == "html":
		return "text/html", "root element html"
	case isRootType:
		return rootType, "root element " + root
	case isXML:
		return "application/xml", "XML"
	case isNamedHTML && hasHTMLTag(s.text.body):
		return "text/html", "HTML tags and file name"
	}
	return "", ""
}

// A markup is how a document of XML or HTML begins.
type markup struct {
	prolog    bool   // an XML declaration
	doctype   string // name of the root element in the document type declaration
	root      string // name of the root element; empty if there is none
	namespace bool   // the root element has an xmlns attribute
}

// isXML reports whether something says that the document is XML and not HTML.
func (m markup) isXML() bool { return m.prolog || m.namespace }

// endsWithRoot reports whether the end tag of the root element is the last thing
// in b.
func (m markup) endsWithRoot(b []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(b, " \t\r\n"), []byte("</"+m.root+">"))
}

// elementName matches an XML name. It treats all characters beyond ASCII as letters.
var elementName = lazyRegexp(`^[a-z_\x{80}-\x{10FFFF}][a-z0-9_.:\x{80}-\x{10FFFF}-]{0,99}$`)

// readMarkup reads b up to the root element. The tokenizer is one of HTML: an XML
// declaration is a comment to it, and a document type declaration ends at the
// first ">", even if more declarations follow in brackets.
func readMarkup(b []byte) (m markup) {
	inBrackets := false
	for z := html.NewTokenizer(bytes.NewReader(b)); ; {
		token := z.Next()
		raw := z.Raw()
		switch token {
		case html.CommentToken:
			m.prolog = m.prolog || string(firstWord(raw)) == "<?xml"
		case html.DoctypeToken:
			name, _, _ := bytes.Cut(firstWord(z.Text()), []byte("["))
			m.doctype = strings.ToLower(string(name))
			inBrackets = bytes.IndexByte(raw, '[') >= 0
		case html.StartTagToken, html.SelfClosingTagToken:
			m.namespace = bytes.Contains(raw, []byte("xmlns"))
			name, _ := z.TagName()
			if elementName().Match(name) {
				m.root = string(raw[1:][:len(name)]) // TagName is in lower case
			}
			return m
		case html.TextToken:
			if !inBrackets && len(bytes.TrimSpace(raw)) > 0 {
				return m
			}
		default:
			return m
		}
	}
}

// firstWord returns b up to the first whitespace.
func firstWord(b []byte) []byte {
	if i := bytes.IndexAny(b, " \t\r\n"); i >= 0 {
		return b[:i]
	}
	return b
}

// htmlTags has the elements of HTML that a file named .html may begin with. In
// other texts they prove nothing: prose may contain <a> and <p>.
var htmlTags = table("html head body title meta link script style base h1 h2 h3 h4 p br hr div span" +
	" a b i em strong font center pre code tt img table tr td ul ol li dl dt" +
	" form input frameset frame iframe section article nav main header footer object blockquote")

// hasHTMLTag reports whether b has a tag of HTML or a comment.
func hasHTMLTag(b []byte) bool {
	for z := html.NewTokenizer(bytes.NewReader(b)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.CommentToken:
			return true
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); htmlTags()[string(name)] != "" {
				return true
			}
		}
	}
}
