package inspect

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mailpipe/internal/htmlref"
)

// htmlTokenMax limits the memory for a token, in octets.
const htmlTokenMax = 1 << 20

// An htmlCheck looks for scripts, forms and cid: URLs in a page.
type htmlCheck struct {
	*leaf
	page               *bufio.Writer
	pipe               *io.PipeWriter
	done               chan struct{}
	hasScript, hasForm bool
	refs               []string // what cid: URLs refer to
}

// refsMax is the number of cid: URLs of a page that are checked.
const refsMax = 1000

// newHTMLCheck returns the check for a page. The caller must call end.
func newHTMLCheck(l *leaf) *htmlCheck {
	r, w := io.Pipe()
	c := &htmlCheck{leaf: l, page: bufio.NewWriterSize(w, 32<<10), pipe: w, done: make(chan struct{})}
	go c.read(r)
	return c
}

// read reads the page.
func (c *htmlCheck) read(r *io.PipeReader) {
	defer close(c.done)
	z := html.NewTokenizer(r)
	z.SetMaxBuf(htmlTokenMax)
	inStyle := false
	for {
		switch z.Next() {
		case html.ErrorToken: // the end, or a token that is too long
			io.Copy(io.Discard, r)
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			inStyle = c.tag(z.Token()) == atom.Style
		case html.TextToken:
			if inStyle {
				c.style(string(z.Raw()))
			}
		}
	}
}

func (c *htmlCheck) tag(t html.Token) atom.Atom {
	c.hasScript = c.hasScript || t.DataAtom == atom.Script || slices.ContainsFunc(t.Attr, isScript)
	c.hasForm = c.hasForm || t.DataAtom == atom.Form
	for _, a := range t.Attr {
		switch a.Key {
		case "style":
			c.style(a.Val)
		case "srcset": // URLs with a comma or a width after each
			for _, candidate := range strings.Fields(a.Val) {
				c.refer(strings.TrimSuffix(candidate, ","))
			}
		default:
			c.refer(strings.TrimSpace(a.Val))
		}
	}
	return t.DataAtom
}

// isScript reports whether an attribute is a script: an event handler, or a URL.
func isScript(a html.Attribute) bool {
	return strings.HasPrefix(a.Key, "on") || htmlref.Scheme(strings.TrimSpace(a.Val)) == "javascript"
}

// style looks for url(cid:...) in a style sheet.
func (c *htmlCheck) style(css string) {
	for {
		_, rest, found := strings.Cut(css, "url(")
		if !found {
			return
		}
		target, after, _ := strings.Cut(rest, ")")
		c.refer(strings.Trim(target, ` '"`))
		css = after
	}
}

// refer notes a URL if it is a cid: URL.
func (c *htmlCheck) refer(target string) {
	if id, ok := htmlref.ContentID(target); ok && len(c.refs) < refsMax {
		c.refs = append(c.refs, clip(id))
	}
}

func (c *htmlCheck) Write(p []byte) (int, error) { return c.page.Write(p) }

// end waits until the page is read, and reports what was found.
func (c *htmlCheck) end() {
	c.page.Flush()
	c.pipe.Close()
	<-c.done
	if c.hasScript {
		c.w.report(c.Part, htmlScript, c.Line, "")
	}
	if c.hasForm {
		c.w.report(c.Part, htmlForm, c.Line, "")
	}
	for _, id := range c.refs {
		c.w.cids.refer(c.Part, id)
	}
}
