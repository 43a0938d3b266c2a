package compose

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A linkFunc returns what a reference to an image becomes: itself, or the URL
// of a part.
type linkFunc func(reference string) (string, error)

// pageLinks replaces the references of a page. A linker does so.
type pageLinks interface {
	setBase(href string)
	link(reference string) (string, error)
	style(css string) (string, error)
	styleSheet(reference string) (css string, ok bool, err error)
}

// rewriteHTML writes the page with the replacements of links for its images and
// style sheets, and with UTF-8 as the charset that it declares. All other octets stay
// as they are. isWhole is false if a token was too long to be read: what follows
// it is copied.
func rewriteHTML(w io.Writer, page io.Reader, links pageLinks) (isWhole bool, err error) {
	t := newTokenReader(page)
	isFirst, hasBase, inStyle := true, false, false
	for t.next() {
		raw := t.raw
		switch {
		case t.isStart(atom.Link):
			raw, err = rewriteLink(t.token, raw, links)
		case t.isStartTag():
			raw, err = rewriteTag(t.token, raw, links.link)
		case inStyle && t.token.Type == html.TextToken:
			raw, err = rewriteStyle(raw, links)
		case isFirst:
			raw = declareUTF8InXML(raw)
		}
		if err != nil {
			return false, err
		}
		if _, err := w.Write(raw); err != nil {
			return false, err
		}
		href, ok := findAttribute(t.token.Attr, "href")
		if t.isStart(atom.Base) && ok && !hasBase {
			links.setBase(href)
			hasBase = true
		}
		isFirst, inStyle = false, t.isStart(atom.Style)
	}
	return !t.isTooLong(), t.copyRest(w)
}

// rewriteLink replaces a link to a style sheet by the style sheet.
func rewriteLink(tag html.Token, raw []byte, links pageLinks) ([]byte, error) {
	href, ok := styleSheetHref(tag)
	if !ok {
		return raw, nil
	}
	css, ok, err := links.styleSheet(href)
	if err != nil || !ok {
		return raw, err
	}
	start := "<style>"
	if media, ok := findAttribute(tag.Attr, "media"); ok {
		start = `<style media="` + html.EscapeString(media) + `">`
	}
	return []byte(start + css + "</style>"), nil
}

// styleSheetHref returns the href of a link to a style sheet that is in use.
func styleSheetHref(tag html.Token) (href string, ok bool) {
	rel, _ := findAttribute(tag.Attr, "rel")
	types := strings.Fields(strings.ToLower(rel))
	if !slices.Contains(types, "stylesheet") || slices.Contains(types, "alternate") {
		return "", false
	}
	mediaType, ok := findAttribute(tag.Attr, "type")
	if ok && !strings.EqualFold(mediaType, "text/css") && mediaType != "" {
		return "", false
	}
	if _, isDisabled := findAttribute(tag.Attr, "disabled"); isDisabled {
		return "", false
	}
	return findAttribute(tag.Attr, "href")
}

func rewriteStyle(raw []byte, links pageLinks) ([]byte, error) {
	css, err := links.style(string(raw))
	return []byte(css), err
}

// rewriteTag rewrites the values of attributes in a start tag.
func rewriteTag(tag html.Token, raw []byte, link linkFunc) ([]byte, error) {
	var out []byte
	done := 0
	for _, a := range tag.Attr {
		value, err := rewriteValue(tag, a, link)
		if err != nil {
			return nil, err
		}
		if value == a.Val {
			continue
		}
		start, end := valueSpan(raw, a.Key)
		out = append(out, raw[done:start]...)
		out = append(out, html.EscapeString(value)...)
		done = end
	}
	return append(out, raw[done:]...), nil
}

// rewriteValue returns the new value of an attribute.
func rewriteValue(tag html.Token, a html.Attribute, link linkFunc) (string, error) {
	switch {
	case namesImage(tag.DataAtom, a.Key):
		return rewriteReference(a.Val, link)
	case a.Key == "srcset" && (tag.DataAtom == atom.Img || tag.DataAtom == atom.Source):
		return rewriteSrcset(a.Val, link)
	case a.Key == "style":
		return rewriteCSS(a.Val, link)
	}
	return declareUTF8(tag, a), nil
}

// namesImage reports whether the attribute of that element is the URL of an image.
func namesImage(element atom.Atom, attribute string) bool {
	switch attribute {
	case "background":
		return true // an old attribute, which browsers know in several elements
	case "src":
		return element == atom.Img || element == atom.Image || element == atom.Input
	case "poster":
		return element == atom.Video
	case "href", "xlink:href":
		return element == atom.Image // in SVG
	}
	return false
}

// rewriteReference keeps the value, with its spaces, unless link changes the reference.
func rewriteReference(value string, link linkFunc) (string, error) {
	reference := strings.Trim(value, htmlSpace)
	if reference == "" {
		return value, nil
	}
	linked, err := link(reference)
	if err != nil || linked == reference {
		return value, err
	}
	return linked, nil
}

// attributePattern matches an attribute of a start tag that is complete. Its
// groups are the name, and the value in double quotes, in single quotes or
// without quotes.
var attributePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)?))?`)
})

// valueSpan returns where the value of an attribute is in a start tag, which has
// that attribute. The tokenizer does not report it.
func valueSpan(tag []byte, name string) (start, end int) {
	attributes := bytes.IndexAny(tag, htmlSpace+"/>") // after the name of the element
	for _, m := range attributePattern().FindAllSubmatchIndex(tag[attributes:], -1) {
		if !strings.EqualFold(string(tag[attributes+m[2]:attributes+m[3]]), name) {
			continue
		}
		for group := 4; group < len(m); group += 2 {
			if m[group] >= 0 {
				return attributes + m[group], attributes + m[group+1]
			}
		}
	}
	return len(tag), len(tag)
}
