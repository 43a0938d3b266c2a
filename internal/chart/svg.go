package chart

import (
	"bufio"
	"fmt"
	"io"

	"mailpipe/internal/termtext"
)

// Positions and lengths in the image, in pixels.
const (
	imageWidth = 960
	leftLife   = 116 // of the lifelines
	rightLife  = 804
	headHeight = 118
	footHeight = 62
)

// SVG draws the chart as an image. The error is that of w.
func (c *Chart) SVG(w io.Writer) error {
	d := drawing{y: headHeight}
	for _, a := range c.arrows() {
		d.setPhase(phases[a.stage])
		d.arrow(a, c.clock(a.at)+" "+c.unit())
		d.noteEncryption(a)
	}
	d.end()

	out := bufio.NewWriter(w) // keeps its first error for Flush
	height := d.y + footHeight
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" `, imageWidth, height)
	fmt.Fprintf(out, `viewBox="0 0 %d %d" role="img">`+"\n", imageWidth, height)
	fmt.Fprintf(out, "<title>SMTP dialogue with %s</title>\n<style>%s</style>\n", escape(c.Server), style)
	fmt.Fprintf(out, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", imageWidth, height)
	out.WriteString(d.bands.String())
	c.head(out)
	for _, x := range []int{leftLife, rightLife} {
		verticalLine(out, "life", x, span{headHeight - 24, d.y + lifeBelow})
		for _, s := range d.encrypted {
			verticalLine(out, "encrypted", x, s)
		}
	}
	out.WriteString(d.elements.String())
	legend(out, d.y+38, len(d.encrypted) > 0)
	out.WriteString("</svg>\n")
	return out.Flush()
}

func verticalLine(out io.Writer, class string, x int, s span) {
	fmt.Fprintf(out, `<line class="%s" x1="%d" y1="%d" x2="%[2]d" y2="%[4]d"/>`+"\n", class, x, s.top, s.bottom)
}

// head draws the title and a box for each side.
func (c *Chart) head(out io.Writer) {
	text(out, "title", 24, 36, "SMTP dialogue", "")
	if len(c.events) > 0 {
		began := c.events[0].Time.UTC().Format("2006-01-02 15:04:05 UTC")
		fmt.Fprintf(out, `<text class="small" x="%d" y="36" text-anchor="end">%s, %s %s</text>`+"\n",
			imageWidth-24, began, c.clock(c.total()), c.unit())
	}
	box(out, leftLife, c.client())
	box(out, rightLife, c.Server)
}

// box draws a box with a name at the top of a lifeline. The lifeline is in its
// middle, except if the box would then leave the image.
func box(out io.Writer, lifeline int, name string) {
	const maxName, minWidth, columnWidth, padding, margin = 34, 96, 9, 28, 16
	name = termtext.Escape(name)
	label := termtext.Cut(name, maxName, "…")
	width := max(minWidth, termtext.Columns(label)*columnWidth+padding)
	x := min(lifeline-width/2, imageWidth-margin-width)
	fmt.Fprintf(out, `<rect class="box" x="%d" y="%d" width="%d" height="32" rx="7"/>`+"\n", x, headHeight-56, width)
	text(out, "name", x+width/2, headHeight-35, label, name)
}

// legend explains the colors.
func legend(out io.Writer, y int, hasEncryption bool) {
	x := leftLife
	for _, entry := range []struct{ class, label string }{
		{"c0", "one arrow per command group"},
		{"c2", "2yz done"},
		{"c3", "3yz go on"},
		{"c4", "4yz try later"},
		{"c5", "5yz no"},
		{"encrypted", "encrypted"},
	} {
		if entry.class == "encrypted" && !hasEncryption {
			continue
		}
		fmt.Fprintf(out, `<path class="%s" stroke-width="3" d="M%d %d h18"/>`, entry.class, x, y-4)
		text(out, "small", x+25, y, entry.label, "")
		x += 56 + int(float64(len(entry.label))*6.6)
	}
}

const style = `
    text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 12.5px; fill: #1f2937 }
    .title { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 19px; font-weight: 600 }
    .small { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12px; fill: #6b7280 }
    .name { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 14px; font-weight: 600; text-anchor: middle }
    .time { font-size: 11px; fill: #6b7280; text-anchor: end }
    .phase { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12px; fill: #6b7280 }
    .note { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12.5px; fill: #4b5563; text-anchor: middle }
    .content { fill: #4338ca; font-weight: 600; text-anchor: middle }
    .life { stroke: #9ca3af; stroke-width: 2 }
    .encrypted { stroke: #16a34a; stroke-width: 4 }
    .band { fill: #f3f4f6 }
    .box { fill: #ffffff; stroke: #374151; stroke-width: 1.5 }
    .c0 { fill: #1d4ed8; stroke: #1d4ed8 } .c2 { fill: #15803d; stroke: #15803d } .c3 { fill: #0e7490; stroke: #0e7490 }
    .c4 { fill: #b45309; stroke: #b45309 } .c5 { fill: #b91c1c; stroke: #b91c1c } .c9 { fill: #7e22ce; stroke: #7e22ce }
    text.c0, text.c2, text.c3, text.c4, text.c5, text.c9 { stroke: none }
    .arrow { stroke-width: 1.6; fill: none }
    .head { stroke: none }
`
