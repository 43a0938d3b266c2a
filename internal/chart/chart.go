// Package chart draws an SMTP dialogue as a message sequence chart: two lifelines,
// and an arrow with its time for each command group and each reply.
package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// A Chart collects the events of a dialogue and draws them. The zero value is an
// empty chart. A Chart must not be used concurrently.
type Chart struct {
	Client string // name of the left lifeline; empty means mailpipe
	Server string // name of the right lifeline

	Numbered bool // the label of each arrow begins with its number

	events []wire.Event
}

// client returns the name of the left lifeline.
func (c *Chart) client() string { return cmp.Or(c.Client, "mailpipe") }

// Add adds an event after those before it. It can be used as a wire.Trace.
func (c *Chart) Add(e wire.Event) {
	if e.Dir != wire.DirDecision {
		c.events = append(c.events, e)
	}
}

// A kind is what an arrow represents. It decides how the arrow looks.
type kind int

const (
	command kind = iota
	reply
	content
	note // drawn without an arrow
)

// An arrow is what one side sent at once: a command group, a reply with all its
// lines, or the content.
type arrow struct {
	number int // 0: it is a note
	kind   kind
	stage  wire.Stage
	at     time.Duration // since the first event
	lines  []string      // escaped
	class  byte          // first digit of a reply
}

// arrows returns the arrows of the events. In long sequences, it leaves out the
// middle.
func (c *Chart) arrows() []arrow {
	var arrows []arrow
	var numbers Numbers
	for _, e := range c.events {
		a := arrow{
			number: numbers.Of(e),
			kind:   kindOf(e),
			stage:  e.Stage,
			at:     e.Time.Sub(c.events[0].Time),
			lines:  []string{termtext.Escape(e.Text)},
		}
		if a.kind == reply && e.Text != "" {
			a.class = e.Text[0]
		}
		last := len(arrows) - 1
		if last >= 0 && a.number > 0 && a.number == arrows[last].number {
			arrows[last].lines = append(arrows[last].lines, a.lines...)
		} else {
			arrows = append(arrows, a)
		}
	}
	for i, a := range arrows {
		arrows[i].lines = shortenLines(a.lines)
		if c.Numbered && a.number > 0 {
			arrows[i].lines[0] = fmt.Sprintf("(%d) %s", a.number, arrows[i].lines[0])
		}
	}
	return shortenRecipients(arrows)
}

func kindOf(e wire.Event) kind {
	switch {
	case e.Dir == wire.DirNote:
		return note
	case e.Dir == wire.DirReceived:
		return reply
	case e.Stage == wire.StageContent && !strings.HasPrefix(e.Text, "BDAT "):
		return content
	}
	return command
}

// Of a sequence of more than maxShown lines or replies, the first and the last are
// drawn. To leave out fewer than three is not worth a line that says so.
const (
	firstShown = 6
	lastShown  = 3
	maxShown   = firstShown + lastShown + 3
)

// shortenLines leaves out the middle of the lines of an arrow.
func shortenLines(lines []string) []string {
	if len(lines) <= maxShown {
		return lines
	}
	left := fmt.Sprintf("... %d more lines ...", len(lines)-firstShown-lastShown)
	return slices.Concat(lines[:firstShown], []string{left}, lines[len(lines)-lastShown:])
}

// shortenRecipients leaves out the middle of each sequence of replies that accept
// a recipient. It leaves out no refusal.
func shortenRecipients(arrows []arrow) []arrow {
	isAccepted := func(a arrow) bool {
		return a.kind == reply && a.stage == wire.StageRcpt && a.class == '2'
	}
	var out []arrow
	for len(arrows) > 0 {
		n := slices.IndexFunc(arrows, func(a arrow) bool { return !isAccepted(a) })
		switch {
		case n < 0:
			n = len(arrows)
		case n == 0:
			n = 1
		}
		if n <= maxShown {
			out = append(out, arrows[:n]...)
		} else {
			out = append(out, arrows[:firstShown]...)
			out = append(out, arrow{
				kind:  note,
				stage: wire.StageRcpt,
				at:    arrows[firstShown].at,
				lines: []string{fmt.Sprintf("%d more recipients accepted", n-firstShown-lastShown)},
			})
			out = append(out, arrows[n-lastShown:n]...)
		}
		arrows = arrows[n:]
	}
	return out
}

// total returns the time from the first event to the last.
func (c *Chart) total() time.Duration {
	if len(c.events) == 0 {
		return 0
	}
	return c.events[len(c.events)-1].Time.Sub(c.events[0].Time)
}

// unit returns the unit of all times of the chart: "ms", or "s" if the dialogue
// took ten seconds.
func (c *Chart) unit() string {
	if c.total() >= 10*time.Second {
		return "s"
	}
	return "ms"
}

// clock returns a time as a number of units.
func (c *Chart) clock(d time.Duration) string {
	if c.unit() == "s" {
		return fmt.Sprintf("%.2f", d.Seconds())
	}
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}
