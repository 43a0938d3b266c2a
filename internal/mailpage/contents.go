package mailpage

import (
	"bytes"
	"io"
	"strconv"

	"mailpipe/internal/buffer"
	"mailpipe/internal/charset"
	"mailpipe/internal/inspect"
)

// Limits of what is shown, in octets.
const (
	textMax   = 1 << 20   // of a text
	htmlMax   = 512 << 10 // of HTML, which is held in memory
	sourceMax = 256 << 10 // of the source of a mail
)

// contents writes the contents of a mail while it is read again.
type contents struct {
	*Mail
	out      io.Writer
	place    int          // of the part in the mail
	text     *limit       // of the part that is read, or nil
	isHTML   bool         // the part that is read is HTML
	html     buffer.Store // its beginning
	embedded int64        // octets of images in HTML so far
}

// Show writes the mail to the page. It reads the mail again.
func (m *Mail) Show(findings *inspect.Findings, mail io.Reader) error {
	out := m.page.out
	m.page.begin(m.title)
	put(out, "<article>\n<h1>%</h1>\n", m.title)
	if err := m.showFindings(findings); err != nil {
		return err
	}
	if _, err := io.Copy(out, m.outline.Reader()); err != nil {
		return err
	}
	put(out, "</table>\n<h2>Contents</h2>\n")
	head := bytes.NewBuffer(make([]byte, 0, sourceMax))
	source := &limit{w: head, max: sourceMax}
	c := &contents{Mail: m, out: out}
	defer c.html.Close()
	_, err := inspect.Read(io.TeeReader(mail, source), inspect.Visitor{Begin: c.begin, End: c.end})
	if err != nil {
		return err
	}
	put(out, "<details class=\"source\">\n<summary>Source</summary>\n<pre>\n")
	var decoder charset.Mixed
	if _, err := (escaper{out}).Write(decoder.Decode(head.Bytes(), true)); err != nil {
		return err
	}
	put(out, "</pre>\n")
	if source.isCut() {
		put(out, "<p class=\"note\">The mail goes on after the first %.</p>\n", octets(sourceMax))
	}
	put(out, "</details>\n</article>\n")
	return out.Flush()
}

func (m *Mail) showFindings(findings *inspect.Findings) error {
	out := m.page.out
	if len(findings.List) == 0 {
		put(out, "<p class=\"valid\">No errors, no warnings.</p>\n")
		return nil
	}
	put(out, "<ul class=\"findings\">\n")
	for _, f := range findings.List {
		put(out, "<li class=\"%\"><b>%</b> line % <code>%</code> %</li>\n",
			string(f.Severity), string(f.Severity), strconv.Itoa(f.Line), f.ID, f.Words())
	}
	put(out, "</ul>\n")
	return nil
}

func (c *contents) begin(p *inspect.Part) (content inspect.Content, err error) {
	c.place++
	if isShown(p) {
		put(c.out, "<section id=\"%\">\n<h3>% <small>%</small> %</h3>\n",
			c.id(p), p.Number, declaredType(p), p.Name)
	}
	if p.Parent != nil && isMessage(p.Parent) {
		c.fields(c.out, p.Header)
	}
	switch {
	case p.HasParts:
	case p.MediaType() == "text/html":
		c.isHTML = true
		c.html.Reset()
		c.text = &limit{w: &c.html, max: htmlMax}
		content.Text = c.text
	case p.IsText():
		put(c.out, "<pre>\n")
		c.text = &limit{w: escaper{c.out}, max: textMax}
		content.Text = c.text
	case isImage(p):
		err = c.image(p)
	}
	return content, err
}

func (c *contents) end(p *inspect.Part) (err error) {
	if !isShown(p) {
		return nil
	}
	switch {
	case c.isHTML:
		err = c.frame(c.html.Reader())
	case c.text != nil:
		put(c.out, "</pre>\n")
	}
	if c.text != nil && c.text.isCut() {
		put(c.out, "<p class=\"note\">The first % of % are shown.</p>\n", octets(c.text.max), octets(c.text.size))
	}
	c.isHTML, c.text = false, nil
	put(c.out, "</section>\n")
	return err
}

// image shows an image.
func (c *contents) image(p *inspect.Part) error {
	index, isKnown := c.images.part[c.place]
	switch {
	case !isKnown: // the mail has changed
		return nil
	case c.images.all[index].isTooLarge:
		put(c.out, "<p class=\"note\">Larger than %, not shown.</p>\n", octets(imageMax))
		return nil
	}
	put(c.out, "<img alt=\"%\" src=\"", p.Name)
	if err := c.images.write(c.out, index); err != nil {
		return err
	}
	put(c.out, "\">\n")
	return nil
}
