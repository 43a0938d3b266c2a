package chart

import (
	"fmt"
	"html"
	"io"
	"math"
	"strings"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// Lengths of arrows and labels, in pixels.
const (
	middle      = (leftLife + rightLife) / 2
	labelMargin = 18   // from a lifeline to a label
	cellWidth   = 7.53 // of a column; the usual monospaced fonts agree on it
	lineHeight  = 17
	gap         = 13 // below an arrow
	thickHeight = 34 // of the arrow of the content
	lifeBelow   = 6  // of a lifeline below the last arrow
)

// maxLabel and maxNote are the longest label of an arrow and the longest note, in
// columns.
const (
	maxLabel = 84
	maxNote  = 90
)

// phases are the names that courses give to the parts of a dialogue.
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

// A span is a vertical part of the image.
type span struct{ top, bottom int }

// A drawing is the part of an image that grows with the dialogue: the arrows, and
// what depends on their positions.
type drawing struct {
	elements  strings.Builder
	bands     strings.Builder // backgrounds of every other phase
	encrypted []span          // the bottom of the last is 0 while it grows

	y        int // below the last arrow
	phase    string
	phaseTop int
	isOdd    bool // the phase gets a band
}

// setPhase begins a phase, unless it is the same as before.
func (d *drawing) setPhase(name string) {
	if name == d.phase {
		return
	}
	d.endPhase()
	d.phase, d.phaseTop = name, d.y
	text(&d.elements, "phase", rightLife+28, d.y+22, name, name)
}

func (d *drawing) endPhase() {
	if d.isOdd && d.phase != "" {
		fmt.Fprintf(&d.bands, `<rect class="band" x="0" y="%d" width="%d" height="%d"/>`+"\n",
			d.phaseTop, imageWidth, d.y-d.phaseTop)
	}
	d.isOdd = !d.isOdd
}

// noteEncryption marks the lifelines as encrypted from the end of a handshake to
// the next connection.
func (d *drawing) noteEncryption(a arrow) {
	last := len(d.encrypted) - 1
	isEncrypted := last >= 0 && d.encrypted[last].bottom == 0
	at := d.y - gap - 4
	switch {
	case a.kind != note:
	case a.stage == wire.StageHandshake && !isEncrypted:
		d.encrypted = append(d.encrypted, span{top: at})
	case a.stage == wire.StageConnect && isEncrypted:
		d.encrypted[last].bottom = at
	}
}

// end ends what still grows.
func (d *drawing) end() {
	d.endPhase()
	if last := len(d.encrypted) - 1; last >= 0 && d.encrypted[last].bottom == 0 {
		d.encrypted[last].bottom = d.y + lifeBelow
	}
}

// arrow draws an arrow, its time and its labels.
func (d *drawing) arrow(a arrow, time string) {
	switch a.kind {
	case note:
		d.y += lineHeight + 4
		d.time(d.y, time)
		text(&d.elements, "note", middle, d.y, termtext.Cut(a.lines[0], maxNote, "…"), a.lines[0])
		d.y += gap - 2
	case content:
		d.contentArrow(a.lines[0], time)
	case reply:
		longest := 0 // columns
		for _, line := range a.lines {
			longest = max(longest, termtext.Columns(termtext.Cut(line, maxLabel, "…")))
		}
		width := int(math.Ceil(float64(longest) * cellWidth))
		d.thinArrow(replyColor(a.class), a.lines, rightLife-labelMargin-width, time, rightLife-3, leftLife+3)
	default:
		d.thinArrow("c0", a.lines, leftLife+labelMargin, time, leftLife+3, rightLife-3)
	}
}

// thinArrow draws the arrow of a command group or a reply between two positions,
// below its labels.
func (d *drawing) thinArrow(class string, labels []string, x int, time string, from, to int) {
	for _, label := range labels {
		d.y += lineHeight
		text(&d.elements, class, x, d.y+4, termtext.Cut(label, maxLabel, "…"), label)
	}
	d.y += 12
	d.time(d.y+4, time)
	headWidth := 10
	if from < to {
		headWidth = -headWidth // its base is to the left of its tip
	}
	fmt.Fprintf(&d.elements, `<path class="arrow %s" d="M%d %d H%d"/>`, class, from, d.y, to+headWidth)
	fmt.Fprintf(&d.elements, `<path class="head %s" d="M%d %d l%d -5 v10 Z"/>`+"\n", class, to, d.y, headWidth)
	d.y += gap
}

// contentArrow draws a thick arrow with its label inside.
func (d *drawing) contentArrow(label, time string) {
	top := d.y + 8
	bottom, center := top+thickHeight, top+thickHeight/2
	const left, tip = leftLife + 3, rightLife - 4
	const neck = tip - 22 // where the head begins
	fmt.Fprintf(&d.elements, `<path fill="#e0e7ff" stroke="#4338ca" stroke-width="1.6" `)
	fmt.Fprintf(&d.elements, `d="M%d %d H%d V%d L%d %d L%d %d V%d H%d Z"/>`+"\n",
		left, top+5, neck, top-1, tip, center, neck, bottom+1, bottom-5, left)
	d.time(center+4, time)
	text(&d.elements, "content", middle-10, center+4, termtext.Cut(label, maxLabel, "…"), label)
	d.y = bottom + gap
}

func (d *drawing) time(y int, time string) { text(&d.elements, "time", leftLife-16, y, time, "") }

// replyColor returns the class of the color of a reply.
func replyColor(class byte) string {
	if class >= '2' && class <= '5' {
		return "c" + string(class)
	}
	return "c9"
}

// text writes a label. If it was cut, its tooltip shows the whole text.
func text(out io.Writer, class string, x, y int, label, whole string) {
	tooltip := ""
	if whole != "" && whole != label {
		tooltip = "<title>" + escape(whole) + "</title>"
	}
	fmt.Fprintf(out, `<text class="%s" x="%d" y="%d" xml:space="preserve">%s%s</text>`+"\n",
		class, x, y, tooltip, escape(label))
}

// escape returns text as XML. termtext.Escape leaves no character that XML forbids.
func escape(s string) string { return html.EscapeString(termtext.Escape(s)) }
