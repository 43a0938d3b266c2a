package chart

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"mailpipe/internal/termtext"
)

// The columns of a text chart: a time, a blank, the left lifeline, what is
// between, the right lifeline. Together they fit in 80.
const (
	timeWidth  = 8
	innerWidth = 68
)

// pen has the characters of a chart.
type pen struct {
	life, dash, fat, dots      string // lines; life is upright
	fromLeft, fromRight        string // where an arrow leaves a lifeline
	fatFrom                    string
	right, left                string // heads
	top, middle, bottom        string // where the lines of a reply meet at the left
	endTop, endMid, endBottom  string // where the lines of a flight meet at the right
	boxTop, boxMiddle, boxDown [3]string
	mark                       string // of a text that was cut
}

var utf8Pen = pen{
	life: "│", dash: "─", fat: "═", dots: "┄",
	fromLeft: "├", fromRight: "┤", fatFrom: "╞",
	right: "▶", left: "◀",
	top: "┬", middle: "├", bottom: "└",
	endTop: "┬", endMid: "┤", endBottom: "┘",
	boxTop: [3]string{"┌", "─", "┐"}, boxMiddle: [3]string{"│", " ", "│"}, boxDown: [3]string{"└", "┬", "┘"},
	mark: "…",
}

var asciiPen = pen{
	life: "|", dash: "-", fat: "=", dots: ".",
	fromLeft: "|", fromRight: "|", fatFrom: "|",
	right: ">", left: "<",
	top: "+", middle: "+", bottom: "+",
	endTop: "+", endMid: "+", endBottom: "+",
	boxTop: [3]string{"+", "-", "+"}, boxMiddle: [3]string{"|", " ", "|"}, boxDown: [3]string{"+", "+", "+"},
	mark: "...",
}

// Text draws with box characters, or in ASCII. Its error is w's.
func (c *Chart) Text(w io.Writer, ascii bool) error {
	p := utf8Pen
	if ascii {
		p = asciiPen
	}
	out := bufio.NewWriter(w) // its first error is Flush's
	c.boxes(out, p, ascii)
	for _, a := range c.arrows() {
		at := c.clock(a.at)
		for i, line := range a.lines {
			if ascii {
				line = asASCII(line)
			}
			fmt.Fprintf(out, "%*s %s\n", timeWidth, at, p.row(a.kind, line, i, len(a.lines)))
			at = ""
		}
	}
	fmt.Fprintf(out, "%*s %s%s%s\n", timeWidth, "", p.life, strings.Repeat(" ", innerWidth), p.life)
	return out.Flush()
}

// boxes names the two sides over their lifelines, and the unit of time.
func (c *Chart) boxes(out io.Writer, p pen, ascii bool) {
	server := termtext.Escape(c.Server)
	if ascii {
		server = asASCII(server)
	}
	server = cut(server, 40, p.mark)
	left, right := termtext.Columns(client)+2, termtext.Columns(server)+2
	// Both boxes have their lifeline in the second column from the outer side.
	gap := innerWidth - left - right
	for i, edge := range [][3]string{p.boxTop, p.boxMiddle, p.boxDown} {
		l, r := strings.Repeat(edge[1], left), strings.Repeat(edge[1], right)
		switch i {
		case 1:
			l, r = " "+client+" ", " "+server+" "
		case 2:
			l = edge[1] + strings.Repeat(p.boxTop[1], left-1)
			r = strings.Repeat(p.boxTop[1], right-1) + edge[1]
		}
		fmt.Fprintf(out, "%s%s%s%s%s%s%s\n", strings.Repeat(" ", timeWidth), edge[0], l, edge[2], strings.Repeat(" ", gap), edge[0]+r, edge[2])
	}
	fmt.Fprintf(out, "%*s %s%s%s\n", timeWidth, c.unit(), p.life, strings.Repeat(" ", innerWidth), p.life)
}

// row draws line i of n between the lifelines.
func (p pen) row(k kind, line string, i, n int) string {
	dash := func(width int) string { return strings.Repeat(p.dash, max(width, 0)) }
	line = " " + cut(line, innerWidth-8, p.mark) + " "
	switch k {
	case content:
		return p.fatFrom + p.fat + p.fat + line + strings.Repeat(p.fat, innerWidth-3-termtext.Columns(line)) + p.right + p.life
	case note:
		rest := innerWidth - termtext.Columns(line)
		return p.life + strings.Repeat(p.dots, rest/2) + line + strings.Repeat(p.dots, rest-rest/2) + p.life
	case reply:
		head := p.left + p.dash + p.dash
		if n > 1 {
			head = []string{p.left + p.dash + p.top, "  " + p.middle, "  " + p.bottom}[place(i, n)]
		}
		return p.life + head + p.dash + line + dash(innerWidth-4-termtext.Columns(line)) + p.fromRight
	default:
		tail := p.dash + p.dash + p.right
		if n > 1 {
			tail = []string{p.endTop + p.dash + p.right, p.endMid + "  ", p.endBottom + "  "}[place(i, n)]
		}
		return p.fromLeft + p.dash + p.dash + line + dash(innerWidth-5-termtext.Columns(line)) + tail + p.life
	}
}

// place is 0 for the first of n lines, 2 for the last, else 1.
func place(i, n int) int {
	switch i {
	case 0:
		return 0
	case n - 1:
		return 2
	}
	return 1
}

// asASCII puts a question mark for what a terminal without UTF-8 cannot show.
func asASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0x7E {
			return '?'
		}
		return r
	}, s)
}
