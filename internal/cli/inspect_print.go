package cli

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"mailpipe/internal/inspect"
	"mailpipe/internal/message"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// An inspectPrinter writes lines of fields: separated by tabs, or in columns.
type inspectPrinter struct {
	w       io.Writer
	columns columnStyle
	err     error // the first of w
}

// A columnStyle says how fields are separated.
type columnStyle int

const (
	tabs columnStyle = iota
	plainColumns
	colouredColumns
)

// columns returns how the output looks: for a program, or for a person at a terminal.
func (i *inspectCall) columns() columnStyle {
	switch {
	case !stdio.IsTerminal(i.Stdout):
		return tabs
	case i.Getenv("NO_COLOR") != "":
		return plainColumns
	}
	return colouredColumns
}

// widths are the columns of each kind of line, except the last.
var widths = map[string][]int{
	"header":  {14},
	"part":    {6, 34, 16, 10, 10},
	"status":  {30, 9, 7},
	"error":   {6, 20},
	"warning": {6, 20},
}

// colours are the colours of each kind of line (ECMA-48 §8.3.117).
var colours = map[string]string{
	"file": "1", "header": "36", "part": "32", "status": "35", "error": "31", "warning": "33",
}

const kindWidth = 8

func newInspectPrinter(w io.Writer, columns columnStyle) *inspectPrinter {
	return &inspectPrinter{w: w, columns: columns}
}

// line writes a line. Empty fields are shown as "-".
func (p *inspectPrinter) line(kind string, fields ...string) {
	for i, f := range fields {
		fields[i] = cmp.Or(termtext.Escape(f), "-")
	}
	text := kind + "\t" + strings.Join(fields, "\t")
	if p.columns != tabs {
		text = p.inColumns(kind, fields)
	}
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text+"\n")
	}
}

func (p *inspectPrinter) inColumns(kind string, fields []string) string {
	var b strings.Builder
	first := pad(kind, kindWidth)
	if p.columns == colouredColumns {
		first = "\x1b[" + colours[kind] + "m" + first + "\x1b[0m"
	}
	b.WriteString(first)
	for i, f := range fields {
		if i < len(fields)-1 {
			f = pad(f, widths[kind][i])
		}
		b.WriteString(f)
	}
	return b.String()
}

// pad returns s with spaces up to a width, and at least one.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-termtext.Columns(s), 1))
}

// shown are the fields that are printed without --headers.
var shown = []string{"from", "to", "cc", "reply-to", "date", "subject", "message-id"}

// header writes the fields of the mail: those of shown, or all.
func (p *inspectPrinter) header(h message.Header, all bool) {
	for f := range h.Fields() {
		if all || slices.Contains(shown, strings.ToLower(f.Name())) {
			p.line("header", f.Name(), inspect.Value(f))
		}
	}
}

func (p *inspectPrinter) part(part *inspect.Part) {
	mediaType, octets := part.Type, strconv.FormatInt(part.Octets, 10)
	if part.Charset != "" {
		mediaType += "; charset=" + part.Charset
	}
	if part.HasParts {
		octets = ""
	}
	p.line("part", part.Number, mediaType, part.Encoding, octets, part.Disposition, part.Name)
}

func (p *inspectPrinter) findings(all *inspect.Findings) {
	for _, f := range all.List {
		p.line(string(f.Severity), strconv.Itoa(f.Line), f.ID, f.Words())
	}
}
