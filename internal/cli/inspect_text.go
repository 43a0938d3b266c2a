package cli

import (
	"bytes"
	"io"
	"slices"
	"unicode"

	"mailpipe/compose"
	"mailpipe/internal/inspect"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// inspectText prints what a person would read: the texts that are not attachments, and
// of alternatives only the first.
type inspectText struct {
	*inspectCall
	name   string                          // of the file
	chosen map[*inspect.Part]*inspect.Part // which part of an open multipart/alternative is shown
	html   *htmlPage                       // of the part that is read, if it is HTML
	last   byte                            // the last octet that was printed; 0: none
	hasCR  bool                            // the text so far ends with a CR that was not printed

	atTerminal bool
}

func newInspectText(i *inspectCall, name string) *inspectText {
	return &inspectText{
		inspectCall: i, name: name, chosen: map[*inspect.Part]*inspect.Part{}, atTerminal: stdio.IsTerminal(i.Stdout),
	}
}

func (o *inspectText) visitor() inspect.Visitor {
	return inspect.Visitor{Begin: o.begin, End: o.endPart}
}

func (o *inspectText) begin(p *inspect.Part) (c inspect.Content, err error) {
	if p.HasParts || !p.IsText() || p.Disposition == "attachment" || !o.choose(p) {
		return c, nil
	}
	o.separate()
	c.Text = textOutput{o}
	if p.MediaType() == "text/html" {
		o.html = &htmlPage{}
		c.Text = o.html
	}
	return c, nil
}

// choose reports whether a text is shown. It is not if it is in a multipart/alternative of
// which another part is shown.
func (o *inspectText) choose(p *inspect.Part) bool {
	for child := p; child.Parent != nil; child = child.Parent {
		shown, ok := o.chosen[child.Parent]
		if ok && shown != child {
			return false
		}
	}
	for child := p; child.Parent != nil; child = child.Parent {
		if child.Parent.MediaType() == "multipart/alternative" {
			o.chosen[child.Parent] = child
		}
	}
	return true
}

func (o *inspectText) endPart(p *inspect.Part) error {
	delete(o.chosen, p)
	o.hasCR = false
	if o.html == nil {
		return nil
	}
	text, err := compose.HTMLText(o.html.Bytes())
	if err != nil { // nested too deeply
		text = o.html.String()
	}
	o.html = nil
	_, err = io.WriteString(textOutput{o}, text)
	return err
}

// separate prints an empty line between two texts.
func (o *inspectText) separate() {
	switch o.last {
	case 0:
	case '\n':
		o.out.WriteString("\n")
	default:
		o.out.WriteString("\n\n")
	}
}

func (o *inspectText) end(findings *inspect.Findings) error {
	if o.last != 0 && o.last != '\n' {
		o.out.WriteString("\n")
	}
	return o.explainFindings(o.name, findings)
}

// A textOutput prints text with LF as line endings. For a terminal, it escapes all other
// control characters except tabs.
type textOutput struct{ *inspectText }

func (w textOutput) Write(p []byte) (int, error) {
	text := p
	if w.hasCR {
		text = slices.Concat([]byte("\r"), p)
	}
	text, w.hasCR = bytes.CutSuffix(text, []byte("\r"))
	if len(text) == 0 {
		return len(p), nil
	}
	w.last = text[len(text)-1]
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	if w.atTerminal {
		text = escapeControls(text)
	}
	_, err := w.out.Write(text)
	return len(p), err
}

// escapeControls escapes the control characters of a text, except tabs and LFs.
func escapeControls(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		if unicode.IsControl(r) && r != '\t' && r != '\n' {
			b.WriteString(termtext.Escape(string(r)))
			continue
		}
		b.WriteRune(r)
	}
	return b.Bytes()
}

// htmlMax is how many octets of HTML are shown as text.
const htmlMax = 1 << 20

// An htmlPage keeps the beginning of a page.
type htmlPage struct{ bytes.Buffer }

func (h *htmlPage) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), htmlMax-h.Len())])
	return len(p), nil
}
