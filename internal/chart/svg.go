package chart

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"math"
	"strings"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// Where things stand in the picture, in pixels.
const (
	pictureWidth = 960
	leftLife     = 116
	rightLife    = 804
	labelMargin  = 18   // from a lifeline to a label
	cellWidth    = 7.53 // of the monospaced letters, all common ones have it
	labelMax     = 84   // columns
	lineHeight   = 17
	gap          = 13 // under an arrow
	fatHeight    = 34
	headHeight   = 118 // title and boxes
	footHeight   = 62
)

const style = `
    text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 12.5px; fill: #1f2937 }
    .title { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 19px; font-weight: 600 }
    .small { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12px; fill: #6b7280 }
    .name { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 14px; font-weight: 600; text-anchor: middle }
    .time { font-size: 11px; fill: #6b7280; text-anchor: end }
    .phase { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12px; fill: #6b7280 }
    .note { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12.5px; fill: #4b5563; text-anchor: middle }
    .fat { fill: #4338ca; font-weight: 600; text-anchor: middle }
    .life { stroke: #9ca3af; stroke-width: 2 }
    .sealed { stroke: #16a34a; stroke-width: 4 }
    .band { fill: #f3f4f6 }
    .box { fill: #ffffff; stroke: #374151; stroke-width: 1.5 }
    .c0 { fill: #1d4ed8; stroke: #1d4ed8 } .c2 { fill: #15803d; stroke: #15803d } .c3 { fill: #0e7490; stroke: #0e7490 }
    .c4 { fill: #b45309; stroke: #b45309 } .c5 { fill: #b91c1c; stroke: #b91c1c } .c9 { fill: #7e22ce; stroke: #7e22ce }
    text.c0, text.c2, text.c3, text.c4, text.c5, text.c9 { stroke: none }
    .arrow { stroke-width: 1.6; fill: none }
    .head { stroke: none }
`

// picture is a pen that moves down.
type picture struct {
	*strings.Builder
	y int
}

// SVG draws a picture. Its error is w's.
func (c *Chart) SVG(w io.Writer) error {
	arrows := c.arrows()
	var bands, lines strings.Builder
	p := picture{&lines, headHeight}
	phase, phaseTop, odd := "", p.y, false
	endPhase := func() {
		if odd && phase != "" {
			fmt.Fprintf(&bands, `<rect class="band" x="0" y="%d" width="%d" height="%d"/>`+"\n", phaseTop, pictureWidth, p.y-phaseTop)
		}
		odd = !odd
	}
	var sealed []int // where encryption began and ended, in turn
	for _, a := range arrows {
		if name := phases[a.stage]; name != phase {
			endPhase()
			phase, phaseTop = name, p.y
			p.text("phase", rightLife+28, p.y+22, name, name)
		}
		p.arrow(a, c.clock(a.at)+" "+c.unit())
		open := len(sealed)%2 == 1
		switch {
		case a.kind == note && a.stage == wire.StageHandshake && !open,
			a.kind == note && a.stage == wire.StageConnect && open: // the next connection
			sealed = append(sealed, p.y-gap-4)
		}
	}
	endPhase()
	if len(sealed)%2 == 1 {
		sealed = append(sealed, p.y+6)
	}

	out := bufio.NewWriter(w) // its first error is Flush's
	height := p.y + footHeight
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">`+"\n", pictureWidth, height)
	fmt.Fprintf(out, "<title>SMTP dialogue with %s</title>\n<style>%s</style>\n", escape(c.Server), style)
	fmt.Fprintf(out, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", pictureWidth, height)
	io.WriteString(out, bands.String())
	c.head(out)
	for _, x := range []int{leftLife, rightLife} {
		fmt.Fprintf(out, `<line class="life" x1="%d" y1="%d" x2="%[1]d" y2="%[3]d"/>`+"\n", x, headHeight-24, p.y+6)
		for i := 0; i < len(sealed); i += 2 {
			fmt.Fprintf(out, `<line class="sealed" x1="%d" y1="%d" x2="%[1]d" y2="%[3]d"/>`+"\n", x, sealed[i], sealed[i+1])
		}
	}
	io.WriteString(out, lines.String())
	legend(out, p.y+38, len(sealed) > 0)
	fmt.Fprint(out, "</svg>\n")
	return out.Flush()
}

// phases are what a course calls the parts of a dialogue.
var phases = map[wire.Stage]string{
	wire.StageConnect:   "connection",
	wire.StageGreeting:  "connection",
	wire.StageHello:     "hello",
	wire.StageTLS:       "encryption",
	wire.StageHandshake: "encryption",
	wire.StageAuth:      "login",
	wire.StageMail:      "envelope",
	wire.StageRcpt:      "envelope",
	wire.StageData:      "envelope",
	wire.StageContent:   "content",
	wire.StageDot:       "content",
	wire.StageQuit:      "farewell",
}

// head draws the title and the two boxes.
func (c *Chart) head(out io.Writer) {
	p := picture{&strings.Builder{}, 0}
	p.text("title", 24, 36, "SMTP dialogue", "")
	if len(c.events) > 0 {
		began := c.events[0].Time.UTC().Format("2006-01-02 15:04:05 UTC")
		fmt.Fprintf(p, `<text class="small" x="%d" y="36" text-anchor="end">%s, %s %s</text>`+"\n", pictureWidth-24, began, c.clock(c.total()), c.unit())
	}
	for _, side := range []struct {
		x    int
		name string
	}{{leftLife, client}, {rightLife, termtext.Escape(c.Server)}} {
		name := cut(side.name, 34, "…")
		width := max(96, int(float64(termtext.Columns(name))*9)+28)
		// A box stays within the picture, its lifeline in its middle where there is room.
		x := min(side.x-width/2, pictureWidth-16-width)
		fmt.Fprintf(p, `<rect class="box" x="%d" y="%d" width="%d" height="32" rx="7"/>`+"\n", x, headHeight-56, width)
		p.text("name", x+width/2, headHeight-35, name, side.name)
	}
	io.WriteString(out, p.String())
}

// text writes a label; what was cut is whole in its tooltip.
func (p *picture) text(class string, x, y int, label, whole string) {
	tip := ""
	if whole != "" && whole != label {
		tip = "<title>" + escape(whole) + "</title>"
	}
	fmt.Fprintf(p, `<text class="%s" x="%d" y="%d" xml:space="preserve">%s%s</text>`+"\n", class, x, y, tip, escape(label))
}

// arrow draws an arrow under its labels and moves down.
func (p *picture) arrow(a arrow, at string) {
	const middle = (leftLife + rightLife) / 2
	switch a.kind {
	case note:
		p.y += lineHeight + 4
		p.text("time", leftLife-16, p.y, at, "")
		p.text("note", middle, p.y, cut(a.lines[0], 90, "…"), a.lines[0])
		p.y += gap - 2
		return
	case content:
		top, bottom, centre := p.y+8, p.y+8+fatHeight, p.y+8+fatHeight/2
		fmt.Fprintf(p, `<path fill="#e0e7ff" stroke="#4338ca" stroke-width="1.6" d="M%d %d H%d V%d L%d %d L%d %d V%d H%d Z"/>`+"\n",
			leftLife+3, top+5, rightLife-26, top-1, rightLife-4, centre, rightLife-26, bottom+1, bottom-5, leftLife+3)
		p.text("time", leftLife-16, centre+4, at, "")
		p.text("fat", middle-10, centre+4, cut(a.lines[0], labelMax, "…"), a.lines[0])
		p.y = bottom + gap
		return
	}
	class := "c0"
	x := leftLife + labelMargin
	if a.kind == reply {
		class = colour(a.class)
		longest := 0
		for _, line := range a.lines {
			longest = max(longest, termtext.Columns(cut(line, labelMax, "…")))
		}
		x = rightLife - labelMargin - int(math.Ceil(float64(longest)*cellWidth))
	}
	for _, line := range a.lines {
		p.y += lineHeight
		p.text(class, x, p.y+4, cut(line, labelMax, "…"), line)
	}
	p.y += 12
	p.text("time", leftLife-16, p.y+4, at, "")
	from, to, back := leftLife+3, rightLife-3, -10
	if a.kind == reply {
		from, to, back = to, from, 10
	}
	fmt.Fprintf(p, `<path class="arrow %s" d="M%d %d H%d"/><path class="head %[1]s" d="M%[5]d %[3]d l%[6]d -5 v10 Z"/>`+"\n", class, from, p.y, to+back, to, back)
	p.y += gap
}

// colour is the class of a reply as a class of the style.
func colour(class byte) string {
	if class >= '2' && class <= '5' {
		return "c" + string(class)
	}
	return "c9"
}

// legend explains the colours.
func legend(out io.Writer, y int, sealed bool) {
	x := leftLife
	for _, entry := range []struct{ class, label string }{
		{"c0", "command, one arrow a flight"}, {"c2", "2yz done"}, {"c3", "3yz go on"}, {"c4", "4yz try later"}, {"c5", "5yz no"}, {"sealed", "encrypted"},
	} {
		if entry.class == "sealed" && !sealed {
			continue
		}
		fmt.Fprintf(out, `<path class="%s" stroke-width="3" d="M%d %d h18"/><text class="small" x="%d" y="%d">%s</text>`+"\n", entry.class, x, y-4, x+25, y, entry.label)
		x += 56 + int(float64(len(entry.label))*6.6)
	}
}

// escape makes text fit for XML; termtext.Escape leaves none of what XML forbids.
func escape(s string) string { return html.EscapeString(termtext.Escape(s)) }
