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

	"mailpipe/internal/htmlref"
)

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
	t := htmlref.NewTokens(page)
	isFirst, hasBase, inStyle := true, false, false
	for t.Next() {
		raw := t.Raw
		switch {
		case t.IsStart(atom.Link):
			raw, err = rewriteLink(t.Token, raw, links)
		case t.IsStartTag():
			raw, err = rewriteTag(t.Token, raw, links.link)
		case inStyle && t.Token.Type == html.TextToken:
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
		href, ok := htmlref.Find(t.Token.Attr, "href")
		if t.IsStart(atom.Base) && ok && !hasBase {
			links.setBase(href)
			hasBase = true
		}
		isFirst, inStyle = false, t.IsStart(atom.Style)
	}
	return !t.IsTooLong(), t.CopyRest(w)
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
	if media, ok := htmlref.Find(tag.Attr, "media"); ok {
		start = `<style media="` + html.EscapeString(media) + `">`
	}
	return []byte(start + css + "</style>"), nil
}

// styleSheetHref returns the href of a link to a style sheet that is in use.
func styleSheetHref(tag html.Token) (href string, ok bool) {
	rel, _ := htmlref.Find(tag.Attr, "rel")
	types := strings.Fields(strings.ToLower(rel))
	if !slices.Contains(types, "stylesheet") || slices.Contains(types, "alternate") {
		return "", false
	}
	mediaType, ok := htmlref.Find(tag.Attr, "type")
	if ok && !strings.EqualFold(mediaType, "text/css") && mediaType != "" {
		return "", false
	}
	if _, isDisabled := htmlref.Find(tag.Attr, "disabled"); isDisabled {
		return "", false
	}
	return htmlref.Find(tag.Attr, "href")
}

func rewriteStyle(raw []byte, links pageLinks) ([]byte, error) {
	css, err := links.style(string(raw))
	return []byte(css), err
}

// rewriteTag rewrites the values of attributes in a start tag.
func rewriteTag(tag html.Token, raw []byte, link htmlref.Link) ([]byte, error) {
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
func rewriteValue(tag html.Token, a html.Attribute, link htmlref.Link) (string, error) {
	value, err := htmlref.Attribute(tag, a, link)
	a.Val = value
	return declareUTF8(tag, a), err
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
	attributes := bytes.IndexAny(tag, htmlref.Space+"/>") // after the name of the element
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
