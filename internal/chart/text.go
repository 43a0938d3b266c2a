package chart

import (
	"bufio"
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

// A pen is the characters that a chart is drawn with. Each string takes one column
// except the mark.
type pen struct {
	life                       string // of a lifeline
	line, thickLine, dots      string // of an arrow, of the arrow of the content, of a note
	leaveLeft, leaveRight      string // where an arrow leaves a lifeline
	leaveThick                 string
	headRight, headLeft        string       // of an arrow
	top, middle, bottom        string       // at the left of the lines of a reply
	endTop, endMiddle, endLast string       // at the right of the lines of a command group
	box                        [3][3]string // left corner, edge, right corner of its three lines
	mark                       string       // ends a text that was cut
}

var utf8Pen = pen{
	life: "│",
	line: "─", thickLine: "═", dots: "┄",
	leaveLeft: "├", leaveRight: "┤",
	leaveThick: "╞",
	headRight:  "▶", headLeft: "◀",
	top: "┬", middle: "├", bottom: "└",
	endTop: "┬", endMiddle: "┤", endLast: "┘",
	box:  [3][3]string{{"┌", "─", "┐"}, {"│", " ", "│"}, {"└", "┬", "┘"}},
	mark: "…",
}

var asciiPen = pen{
	life: "|",
	line: "-", thickLine: "=", dots: ".",
	leaveLeft: "|", leaveRight: "|",
	leaveThick: "|",
	headRight:  ">", headLeft: "<",
	top: "+", middle: "+", bottom: "+",
	endTop: "+", endMiddle: "+", endLast: "+",
	box:  [3][3]string{{"+", "-", "+"}, {"|", " ", "|"}, {"+", "+", "+"}},
	mark: "...",
}

// Text draws the chart with box-drawing characters, or with ASCII only. An error is
// one of w.
func (c *Chart) Text(w io.Writer, ascii bool) error {
	p := utf8Pen
	server := termtext.Escape(c.Server)
	if ascii {
		p = asciiPen
		server = onlyASCII(server)
	}
	out := bufio.NewWriter(w) // keeps its first error for Flush
	lifelines := p.life + strings.Repeat(" ", innerWidth) + p.life
	p.boxes(out, server)
	fmt.Fprintf(out, "%*s %s\n", timeWidth, c.unit(), lifelines)
	for _, a := range c.arrows() {
		at := c.clock(a.at)
		for i, line := range a.lines {
			if ascii {
				line = onlyASCII(line)
			}
			fmt.Fprintf(out, "%*s %s\n", timeWidth, at, p.row(a.kind, line, i, len(a.lines)))
			at = ""
		}
	}
	fmt.Fprintf(out, "%*s %s\n", timeWidth, "", lifelines)
	return out.Flush()
}

// boxes draws a box with a name above each lifeline. The outer side of a box is one
// column beyond its lifeline.
func (p pen) boxes(out io.Writer, server string) {
	const maxName = 40
	server = cut(server, maxName, p.mark)
	left := termtext.Columns(clientName) + 2 // columns inside the boxes
	right := termtext.Columns(server) + 2
	gap := strings.Repeat(" ", innerWidth-left-right)
	edge := p.box[0][1]
	for i, inside := range [][2]string{
		{strings.Repeat(edge, left), strings.Repeat(edge, right)},
		{" " + clientName + " ", " " + server + " "},
		// The lifelines begin at the first and the last column.
		{p.box[2][1] + strings.Repeat(edge, left-1), strings.Repeat(edge, right-1) + p.box[2][1]},
	} {
		from, to := p.box[i][0], p.box[i][2]
		fmt.Fprintf(out, "%*s%s%s%s%s%s%s%s\n", timeWidth, "", from, inside[0], to, gap, from, inside[1], to)
	}
}

// row draws line i of the n lines of an arrow, with both lifelines.
func (p pen) row(k kind, line string, i, n int) string {
	text := " " + cut(line, maxText, p.mark) + " "
	switch k {
	case content:
		return p.leaveThick + between(p.thickLine+p.thickLine, text, p.thickLine, p.headRight) + p.life
	case note:
		left := (innerWidth - termtext.Columns(text)) / 2
		return p.life + between(strings.Repeat(p.dots, left), text, p.dots, "") + p.life
	case reply:
		start := p.headLeft + p.line + p.line
		if n > 1 {
			start = choose(i, n, p.headLeft+p.line+p.top, "  "+p.middle, "  "+p.bottom)
		}
		return p.life + between(start+p.line, text, p.line, "") + p.leaveRight
	default:
		end := p.line + p.line + p.headRight
		if n > 1 {
			end = choose(i, n, p.endTop+p.line+p.headRight, p.endMiddle+"  ", p.endLast+"  ")
		}
		return p.leaveLeft + between(p.line+p.line, text, p.line, end) + p.life
	}
}

// between returns what is between the lifelines, innerWidth columns: the beginning
// of an arrow, a text, the line of the arrow, its end.
func between(start, text, line, end string) string {
	rest := innerWidth - termtext.Columns(start+text+end)
	return start + text + strings.Repeat(line, rest) + end
}

// choose returns the string for the first of n lines, for the last, or for one
// between them.
func choose(i, n int, first, middle, last string) string {
	switch i {
	case 0:
		return first
	case n - 1:
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
