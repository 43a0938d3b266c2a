package compose

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mailpipe/internal/htmlref"
)

// HTMLText returns a text version of a page for readers that do not show
// HTML: its words, with paragraphs, lists, tables, quotations and links as a
// person would type them. It fails if the page is nested too deeply to parse.
func HTMLText(page []byte) (string, error) {
	// Mail readers run no scripts, so they show what is in noscript.
	root, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		return "", err
	}
	var t pageText
	t.node(root)
	return t.text(), nil
}

// A pageText is the text of a page or of a table cell.
type pageText struct {
	flow
	pre int // the number of open elements whose text is preformatted
}

func (t *pageText) node(n *html.Node) {
	if n.Type == html.TextNode {
		t.textNode(n.Data)
		return
	}
	if n.Type == html.ElementNode && hidden(n) {
		return
	}
	t.breakLine(margin(n.DataAtom))
	t.element(n)
	t.breakLine(margin(n.DataAtom))
}

func (t *pageText) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		t.node(c)
	}
}

func (t *pageText) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Br:
		t.newline()
	case atom.Hr:
		t.word(strings.Repeat("-", 40))
	case atom.Img:
		if alt := strings.TrimSpace(attribute(n, "alt")); alt != "" {
			t.words("[" + alt + "]")
		}
	case atom.Pre, atom.Listing, atom.Xmp, atom.Plaintext:
		t.pre++
		t.children(n)
		t.pre--
	case atom.Blockquote:
		t.quotes++
		t.children(n)
		t.quotes--
	case atom.Ul:
		t.list(n, bullets)
	case atom.Ol:
		t.list(n, number(attribute(n, "start"), 1))
	case atom.Li:
		t.item(n)
	case atom.A:
		t.link(n)
	case atom.Table:
		t.table(n)
	default:
		t.children(n)
	}
}

// margin returns the number of line breaks before and after an element: 2
// leaves an empty line, 0 is for elements that are part of a line.
func margin(element atom.Atom) int {
	switch element {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Table,
		atom.Blockquote, atom.Pre, atom.Listing, atom.Xmp, atom.Hr, atom.Figure, atom.Fieldset:
		return 2
	case atom.Div, atom.Li, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main,
		atom.Nav, atom.Aside, atom.Address, atom.Form, atom.Figcaption, atom.Caption, atom.Body, atom.Center,
		atom.Legend, atom.Option, atom.Details, atom.Summary:
		return 1
	}
	return 0
}

// hidden reports whether a mail reader shows neither the element nor its content.
func hidden(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Head, atom.Title, atom.Style, atom.Script, atom.Template, atom.Noframes, atom.Noembed,
		atom.Iframe, atom.Textarea, atom.Datalist:
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && styleHides(a.Val) {
			return true
		}
	}
	isOpen := func(a html.Attribute) bool { return a.Key == "open" }
	return n.DataAtom == atom.Dialog && !slices.ContainsFunc(n.Attr, isOpen)
}

// styleHides reports whether a style attribute hides its element. Of two
// declarations of one property, the last one counts.
func styleHides(style string) bool {
	properties := make(map[string]string)
	for declaration := range strings.SplitSeq(strings.ToLower(style), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value, _, _ = strings.Cut(value, "!important")
		properties[strings.TrimSpace(property)] = strings.TrimSpace(value)
	}
	isZero := func(property string) bool {
		value := properties[property]
		return strings.HasPrefix(value, "0") && !strings.ContainsAny(value, "123456789")
	}
	hasNoHeight := properties["overflow"] == "hidden" && (isZero("max-height") || isZero("height"))
	return properties["display"] == "none" || properties["visibility"] == "hidden" || isZero("opacity") || hasNoHeight
}

func (t *pageText) textNode(s string) {
	if t.pre == 0 {
		t.words(s)
		return
	}
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			t.newline()
		}
		t.word(line)
	}
}

// bullets takes the place of a number if the items of a list are not numbered.
const bullets = -1

// list writes a list whose items are numbered from first.
func (t *pageText) list(n *html.Node, first int) {
	t.lists = append(t.lists, first)
	t.children(n)
	t.lists = t.lists[:len(t.lists)-1]
}

func (t *pageText) item(n *html.Node) {
	t.marker = "- "
	if depth := len(t.lists); depth > 0 && t.lists[depth-1] != bullets {
		this := number(attribute(n, "value"), t.lists[depth-1])
		t.marker = fmt.Sprintf("%d. ", this)
		t.lists[depth-1] = this + 1
	}
	t.children(n)
	t.marker = "" // of an empty item, which is left out
}

// number reads the number of a list item.
func number(s string, otherwise int) int {
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return int(n)
	}
	return otherwise
}

// link writes the text of a link and, unless the text ends with it, its target.
func (t *pageText) link(n *html.Node) {
	start := t.out.Len()
	t.children(n)
	href := attribute(n, "href")
	target := linkTarget(href)
	text := strings.TrimSpace(t.out.String()[start:])
	last := text[strings.LastIndexAny(text, htmlref.Space)+1:]
	if target == "" || last == target || last == href {
		return
	}
	if text != "" {
		t.space = true
	}
	t.word("<" + target + ">")
	t.afterURL = true
}

// linkTarget returns what a person can use of a link: a URL, a mail address or
// a telephone number, or "" for a link within the page and the like.
func linkTarget(href string) string {
	_, rest, _ := strings.Cut(href, ":")
	switch htmlref.Scheme(href) {
	case "http", "https", "ftp":
		return href
	case "mailto":
		address, _, _ := strings.Cut(rest, "?") // a subject may follow
		return address
	case "tel":
		return rest
	}
	return ""
}

func attribute(n *html.Node, name string) string {
	value, _ := htmlref.Find(n.Attr, name)
	return value
}
