// Package chart draws an SMTP dialogue as a message sequence chart: two
// lifelines, an arrow for each command and each reply, with its time.
package chart

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// client is the name over the left lifeline.
const client = "mailpipe"

// Chart gathers events. The zero value is ready.
type Chart struct {
	Server string // name over the right lifeline

	events []wire.Event
}

// Add is a wire.Trace.
func (c *Chart) Add(e wire.Event) { c.events = append(c.events, e) }

// kind is how an arrow looks.
type kind int

const (
	command kind = iota
	reply
	content
	note // no arrow
)

// arrow is what one side said in one breath: the commands of a flight, the
// lines of a reply, the content.
type arrow struct {
	kind  kind
	stage wire.Stage
	at    time.Duration // since the first event
	lines []string      // safe for a terminal
	class byte          // of a reply: '2' to '5'
}

// arrows puts the events together and leaves out the middle of what is long.
func (c *Chart) arrows() []arrow {
	var arrows []arrow
	more := false // the reply goes on
	flight := 0
	for _, e := range c.events {
		a := arrow{stage: e.Stage, at: e.Time.Sub(c.events[0].Time), lines: []string{termtext.Escape(e.Text)}}
		joins := false
		switch {
		case e.Dir == wire.DirNote:
			a.kind = note
		case e.Dir == wire.DirReceived:
			a.kind = reply
			if e.Text != "" {
				a.class = e.Text[0]
			}
			joins = more
			more = len(e.Text) > 3 && e.Text[3] == '-'
		case e.Stage == wire.StageContent && !isCommand(e.Text):
			a.kind = content
		default:
			joins = e.Group != 0 && e.Group == flight
			flight = e.Group
		}
		if last := len(arrows) - 1; joins && last >= 0 && arrows[last].kind == a.kind {
			arrows[last].lines = append(arrows[last].lines, a.lines...)
			continue
		}
		arrows = append(arrows, a)
	}
	for i := range arrows {
		arrows[i].lines = shorten(arrows[i].lines)
	}
	return shortenReplies(arrows)
}

// isCommand tells BDAT, which goes with the content, from the summary of it.
func isCommand(text string) bool { return strings.HasPrefix(text, "BDAT ") }

// Of a long run the first and the last are shown.
const (
	firstShown = 6
	lastShown  = 3
	runMax     = firstShown + lastShown + 3
)

// shorten leaves out the middle of the lines of one arrow.
func shorten(lines []string) []string {
	if len(lines) <= runMax {
		return lines
	}
	return slices.Concat(lines[:firstShown],
		[]string{fmt.Sprintf("... %d more lines ...", len(lines)-firstShown-lastShown)},
		lines[len(lines)-lastShown:])
}

// shortenReplies leaves out the middle of each run of recipients that were
// accepted. A refusal is always shown.
func shortenReplies(arrows []arrow) []arrow {
	var out []arrow
	for len(arrows) > 0 {
		n := 0
		for n < len(arrows) && arrows[n].kind == reply && arrows[n].stage == wire.StageRcpt && arrows[n].class == '2' {
			n++
		}
		if n <= runMax {
			n = max(n, 1)
			out = append(out, arrows[:n]...)
			arrows = arrows[n:]
			continue
		}
		out = append(out, arrows[:firstShown]...)
		left := n - firstShown - lastShown
		out = append(out, arrow{kind: note, stage: wire.StageRcpt, at: arrows[firstShown].at, lines: []string{fmt.Sprintf("%d more recipients accepted", left)}})
		out = append(out, arrows[n-lastShown:n]...)
		arrows = arrows[n:]
	}
	return out
}

// total is the time from the first event to the last.
func (c *Chart) total() time.Duration {
	if len(c.events) == 0 {
		return 0
	}
	return c.events[len(c.events)-1].Time.Sub(c.events[0].Time)
}

// clock shows a time in milliseconds, and in seconds where the dialogue took
// ten of them: unit is the same for all times of a chart.
func (c *Chart) clock(d time.Duration) string {
	if c.unit() == "s" {
		return fmt.Sprintf("%.2f", d.Seconds())
	}
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}

func (c *Chart) unit() string {
	if c.total() >= 10*time.Second {
		return "s"
	}
	return "ms"
}
