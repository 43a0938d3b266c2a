package chart

import (
	"fmt"
	"io"
	"strings"

	"mailpipe/internal/termtext"
)

// A line of a text chart has a time, a space, the left lifeline, what is between
// the lifelines, and the right lifeline: 79 columns.
const (
	timeWidth  = 8
	innerWidth = 68
)

// maxText is the longest text between the lifelines, in columns. The rest is for
// the spaces around it and the ends of an arrow.
const maxText = innerWidth - 8

// asciiLines replaces box-drawing characters.
var asciiLines = strings.NewReplacer(
	"│", "|", "├", "|", "┤", "|", "╞", "|",
	"─", "-", "═", "=", "┄", ".", "◀", "<", "▶", ">",
	"┌", "+", "┐", "+", "└", "+", "┘", "+", "┬", "+",
)

// Text draws the chart with box-drawing characters, or with ASCII only. The error is
// that of w.
func (c *Chart) Text(w io.Writer, ascii bool) error {
	d := textDrawing{ascii: ascii}
	lifelines := "│" + strings.Repeat(" ", innerWidth) + "│"
	d.boxes(termtext.Escape(c.client()), termtext.Escape(c.Server))
	d.row(c.unit(), lifelines)
	for _, a := range c.arrows() {
		time := c.clock(a.at)
		for i, line := range a.lines {
			text := " " + d.label(line, maxText) + " "
			d.row(time, arrowRow(a.kind, text, i, len(a.lines)))
			time = ""
		}
	}
	d.row("", lifelines)
	chart := d.String()
	if ascii {
		chart = asciiLines.Replace(chart)
	}
	_, err := io.WriteString(w, chart)
	return err
}

// A textDrawing is the lines of a text chart.
type textDrawing struct {
	strings.Builder
	ascii bool // all text is ASCII
}

// row writes a line of the chart.
func (d *textDrawing) row(time, rest string) {
	fmt.Fprintf(d, "%*s %s\n", timeWidth, time, rest)
}

// label returns text that is cut to at most limit columns.
func (d *textDrawing) label(text string, limit int) string {
	if d.ascii {
		return termtext.Cut(onlyASCII(text), limit, "...")
	}
	return termtext.Cut(text, limit, "…")
}

// boxes draws a box with a name above each lifeline. The outer side of a box is one
// column beyond its lifeline.
func (d *textDrawing) boxes(client, server string) {
	const maxClient, maxServer = 20, 40
	client, server = d.label(client, maxClient), d.label(server, maxServer)
	left := termtext.Columns(client) + 2 // columns inside the boxes
	right := termtext.Columns(server) + 2
	dashes := func(n int) string { return strings.Repeat("─", n) }
	gap := strings.Repeat(" ", innerWidth-left-right)
	margin := strings.Repeat(" ", timeWidth)
	fmt.Fprintf(d, "%s┌%s┐%s┌%s┐\n", margin, dashes(left), gap, dashes(right))
	fmt.Fprintf(d, "%s│ %s │%s│ %s │\n", margin, client, gap, server)
	fmt.Fprintf(d, "%s└┬%s┘%s└%s┬┘\n", margin, dashes(left-1), gap, dashes(right-1))
}

// arrowRow returns line i of the n lines of an arrow, with both lifelines.
func arrowRow(k kind, text string, i, n int) string {
	switch k {
	case content:
		return "╞" + between("══", text, "═", "▶") + "│"
	case note:
		left := (innerWidth - termtext.Columns(text)) / 2
		return "│" + between(strings.Repeat("┄", left), text, "┄", "") + "│"
	case reply:
		return "│" + between(choose(i, n, "◀───", "◀─┬─", "  ├─", "  └─"), text, "─", "") + "┤"
	default:
		return "├" + between("──", text, "─", choose(i, n, "──▶", "┬─▶", "┤  ", "┘  ")) + "│"
	}
}

// between returns what is between the lifelines, innerWidth columns: the beginning
// of an arrow, a text, the line of the arrow, its end.
func between(start, text, line, end string) string {
	rest := innerWidth - termtext.Columns(start+text+end)
	return start + text + strings.Repeat(line, rest) + end
}

// choose returns the string for the only line, or for the first of n, the last, or
// one between them.
func choose(i, n int, only, first, middle, last string) string {
	switch {
	case n == 1:
		return only
	case i == 0:
		return first
	case i == n-1:
		return last
	}
	return middle
}

// onlyASCII returns s with a question mark for each character beyond ASCII.
func onlyASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, s)
}
