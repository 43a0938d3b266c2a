package mailpage

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mailpipe/internal/htmlref"
)

// namesMax is the number of images that are not loaded and are named.
const namesMax = 100

// notLoaded is the URL of an image that is not loaded.
const notLoaded = "about:invalid"

// linkStyle shows links, which have lost their href, as such. Any style of the mail
// takes precedence.
const linkStyle = "<style>:where(a[title]) { color: LinkText; text-decoration: underline }</style>"

// A frame is HTML of a mail, prepared for an iframe. What protects its reader is the
// sandbox and the policy. The HTML is changed so that the images in the mail are seen,
// the others are counted, and links are shown but lead nowhere.
type frame struct {
	*contents
	w         io.Writer // of the value of srcdoc
	missing   int       // images that are not loaded
	names     []string  // of the first
	hasStyle  bool      // linkStyle was written
	skipsText bool      // the element has text that is not shown
	inStyle   bool
}

// frame shows HTML.
func (c *contents) frame(page io.Reader) error {
	put(c.out, "<iframe sandbox srcdoc=\"")
	f := &frame{contents: c, w: escaper{c.out}}
	tokens := htmlref.NewTokens(page)
	for tokens.Next() {
		if err := f.token(tokens); err != nil {
			return err
		}
	}
	put(c.out, "\"></iframe>\n")
	if f.missing == 0 {
		return nil
	}
	put(c.out, "<details class=\"note\">\n<summary>Not in the mail and not loaded: %</summary>\n<ul>\n",
		count(f.missing))
	for _, name := range f.names {
		put(c.out, "<li>%</li>\n", name)
	}
	put(c.out, "</ul>\n</details>\n")
	return nil
}

func count(n int) string {
	if n == 1 {
		return "1 image or style sheet"
	}
	return strconv.Itoa(n) + " images or style sheets"
}

// token writes a token.
func (f *frame) token(t *htmlref.Tokens) error {
	if !f.hasStyle && t.Token.Type != html.DoctypeToken && len(bytes.TrimSpace(t.Raw)) > 0 {
		f.hasStyle = true
		io.WriteString(f.w, linkStyle)
	}
	inStyle, skipsText := f.inStyle, f.skipsText
	f.inStyle, f.skipsText = t.IsStart(atom.Style), t.IsStartTag() && hasHiddenText(t.Token.DataAtom)
	switch {
	case t.IsStartTag():
		return f.startTag(t.Token)
	case t.Token.Type == html.CommentToken, t.Token.Type == html.TextToken && skipsText,
		t.Token.Type == html.EndTagToken && isLeftOut(endTag(t.Raw)):
		return nil
	case t.Token.Type == html.TextToken && inStyle:
		return f.style(string(t.Raw))
	}
	_, err := f.w.Write(t.Raw)
	return err
}

// endTag returns the element that an end tag ends.
func endTag(raw []byte) atom.Atom {
	name := raw[len("</"):]
	if end := bytes.IndexAny(name, htmlref.Space+"/>"); end >= 0 {
		name = name[:end]
	}
	return atom.Lookup(bytes.ToLower(name))
}

// isLeftOut reports whether the tags of an element are left out: it loads something,
// changes what follows, or is unknown in mails.
func isLeftOut(element atom.Atom) bool {
	switch element {
	case atom.Script, atom.Noscript, atom.Link, atom.Meta, atom.Base, atom.Title, atom.Svg, atom.Math,
		atom.Iframe, atom.Frame, atom.Frameset, atom.Noframes, atom.Object, atom.Embed, atom.Noembed, atom.Applet,
		atom.Audio, atom.Video, atom.Track, atom.Xmp, atom.Plaintext, atom.Template:
		return true
	}
	return false
}

// hasHiddenText reports whether the text in an element is not HTML and is not shown.
func hasHiddenText(element atom.Atom) bool {
	switch element {
	case atom.Script, atom.Title, atom.Iframe, atom.Noframes, atom.Noembed, atom.Xmp, atom.Plaintext:
		return true
	}
	return false
}

func (f *frame) startTag(tag html.Token) error {
	rel, _ := htmlref.Find(tag.Attr, "rel")
	if tag.DataAtom == atom.Link && slices.Contains(strings.Fields(strings.ToLower(rel)), "stylesheet") {
		href, _ := htmlref.Find(tag.Attr, "href")
		f.leave(href)
	}
	if isLeftOut(tag.DataAtom) {
		return nil
	}
	var b strings.Builder
	b.WriteString("<" + unmarked(tag.Data))
	for _, a := range tag.Attr {
		if strings.ContainsAny(a.Key, `"'<=&`+mark) {
			continue
		}
		a.Val = unmarked(a.Val)
		name, value, err := f.attribute(tag, a)
		if err != nil {
			return err
		}
		if name != "" {
			b.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
		}
	}
	return f.write(b.String() + ">")
}

// attribute returns what is shown of an attribute. No name means nothing.
func (f *frame) attribute(tag html.Token, a html.Attribute) (name, value string, err error) {
	isImage := tag.DataAtom == atom.Image || tag.DataAtom == atom.Img || tag.DataAtom == atom.Input
	switch {
	case strings.HasPrefix(a.Key, "on"):
		return "", "", nil
	case a.Key == "href" && !isImage:
		return "title", a.Val, nil
	case a.Key == "action", a.Key == "formaction", a.Key == "ping", a.Key == "target",
		a.Key == "xlink:href" && !isImage, a.Key == "src" && !isImage:
		return "", "", nil
	}
	value, err = htmlref.Attribute(tag, a, f.link)
	return a.Key, value, err
}

func (f *frame) style(css string) error {
	for _, reference := range htmlref.CSSImports(css) {
		f.leave(reference)
	}
	css, err := htmlref.CSS(unmarked(css), f.link)
	if err != nil {
		return err
	}
	return f.write(css)
}

// mark is around the index of an image. Browsers drop it in HTML.
const mark = "\x00"

// unmarked returns a text of the mail without what would be a mark.
func unmarked(s string) string { return strings.ReplaceAll(s, mark, "") }

// link returns what a reference to an image becomes: a mark, for which write writes the
// image, or notLoaded.
func (f *frame) link(reference string) (string, error) {
	if htmlref.Scheme(reference) == "data" || strings.HasPrefix(reference, "#") {
		return reference, nil
	}
	if id, isCID := htmlref.ContentID(reference); isCID {
		index, ok := f.images.byID(id)
		if ok && f.embedded+f.images.all[index].size <= embedMax {
			f.embedded += f.images.all[index].size
			return mark + strconv.Itoa(index) + mark, nil
		}
	}
	f.leave(reference)
	return notLoaded, nil
}

// leave notes that an image is not loaded.
func (f *frame) leave(reference string) {
	f.missing++
	if len(f.names) < namesMax {
		f.names = append(f.names, clip(reference))
	}
}

// write writes HTML with marks.
func (f *frame) write(s string) error {
	for i, piece := range strings.Split(s, mark) {
		if i%2 == 0 {
			if _, err := io.WriteString(f.w, piece); err != nil {
				return err
			}
			continue
		}
		index, err := strconv.Atoi(piece)
		if err != nil {
			return err
		}
		if err := f.images.write(f.w, index); err != nil {
			return err
		}
	}
	return nil
}
