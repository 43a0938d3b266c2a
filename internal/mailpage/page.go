// Package mailpage shows mails as one HTML page, which neither loads nor runs anything.
package mailpage

import (
	"bufio"
	_ "embed"
	"html"
	"io"
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
)

// Policy is the Content-Security-Policy of the page. The HTML in it inherits the policy:
// no script, no form, no navigation of a frame and no request.
const Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

//go:embed style.css
var style string

// A Page is an HTML page of mails. Errors of its writer are returned by a later call.
type Page struct {
	out   *bufio.Writer
	mails int // begun so far
}

// New returns a page that is written to w.
func New(w io.Writer) *Page { return &Page{out: bufio.NewWriterSize(w, 32<<10)} }

// begin writes the beginning of the page, once.
func (p *Page) begin(title string) {
	p.mails++
	if p.mails > 1 {
		return
	}
	put(p.out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"+
		"<meta http-equiv=\"Content-Security-Policy\" content=\"%\">\n"+
		"<meta name=\"viewport\" content=\"width=device-width\">\n"+
		"<meta name=\"color-scheme\" content=\"light dark\">\n"+
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>%</title>\n<style>\n", Policy, title)
	io.WriteString(p.out, style+"</style>\n</head>\n<body>\n")
}

// End writes the end of the page, unless there is no mail. p may be nil.
func (p *Page) End() error {
	if p == nil || p.mails == 0 {
		return nil
	}
	put(p.out, "</body>\n</html>\n")
	return p.out.Flush()
}

// put writes HTML in which each % is replaced by a text, escaped. w keeps its errors.
func put(w io.Writer, format string, texts ...string) {
	var b strings.Builder
	for i, piece := range strings.Split(format, "%") {
		if i > 0 {
			b.WriteString(html.EscapeString(termtext.Escape(texts[i-1])))
		}
		b.WriteString(piece)
	}
	io.WriteString(w, b.String())
}

// octets returns a number of octets as a person writes it.
func octets(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MiB"
	case n >= 1<<10:
		return strconv.FormatFloat(float64(n)/(1<<10), 'f', 1, 64) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " octets"
}
