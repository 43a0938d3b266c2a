package cli

import (
	"cmp"
	"strings"

	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// A columnStyle says how the fields of a line are separated.
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
	"part":    {6, 34, 17, 10, 11, 30},
	"status":  {30, 9, 7},
	"error":   {6, 20},
	"warning": {6, 20},
}

// colours are the colours of each kind of line (ECMA-48 §8.3.117).
var colours = map[string]string{
	"file": "1", "header": "36", "part": "32", "status": "35", "error": "31", "warning": "33",
}

// kindWidth is the columns of the kind of a line.
const kindWidth = 8

// line prints a line. Empty fields are shown as "-".
func (o *inspectLines) line(kind string, fields ...string) {
	for i, f := range fields {
		fields[i] = cmp.Or(termtext.Escape(f), "-")
	}
	text := kind + "\t" + strings.Join(fields, "\t")
	if o.columns != tabs {
		text = o.inColumns(kind, fields)
	}
	o.out.WriteString(text + "\n") // the last Flush returns its error
}

func (o *inspectLines) inColumns(kind string, fields []string) string {
	var b strings.Builder
	first := pad(kind, kindWidth)
	if o.columns == colouredColumns {
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
