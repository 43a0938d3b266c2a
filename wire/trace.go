package wire

import (
	"fmt"
	"strings"
	"time"
)

// Direction is who wrote a line.
type Direction int

// Both sides, and neither.
const (
	DirSent Direction = iota
	DirReceived
	DirNote // a connection was made, or not, or closed; TLS began
)

// String returns "sent", "received" or "note".
func (d Direction) String() string { return enumWord(int(d), "sent", "received", "note") }

// Event is a line of the dialogue. Credentials never reach it: they read [hidden].
type Event struct {
	Time  time.Time
	Dir   Direction
	Stage Stage
	Text  string // one line without its end, unescaped; for content a summary
	Group int    // the number of the write: lines of one pipelined command group have the same
}

// Trace hears every event in order, from one goroutine at a time.
type Trace func(Event)

const hidden = "[hidden]"

func (c *Client) trace(dir Direction, stage Stage, text string) {
	if c.server.Trace != nil {
		c.server.Trace(Event{Time: time.Now(), Dir: dir, Stage: stage, Text: text, Group: c.groups})
	}
}

// note tells the listener what is neither command nor reply.
func (c *Client) note(stage Stage, text string) { c.trace(DirNote, stage, text) }

func (c *Client) traceReply(stage Stage, r Reply) {
	if c.server.Trace == nil {
		return
	}
	for i, line := range r.Lines {
		sep := "-"
		if i == len(r.Lines)-1 {
			sep = " "
		}
		if stage == StageAuth && r.Code == 334 { // a challenge
			line = hidden
		}
		c.trace(DirReceived, stage, strings.TrimRight(fmt.Sprint(r.Code, sep, line), " "))
	}
}

// hide keeps secrets, and what is made of them, out of traces, errors and
// receipts, also where the server echoes them.
func (c *Client) hide(secrets ...string) {
	for _, s := range secrets {
		if s != "" {
			c.secrets = append(c.secrets, s, hidden)
		}
	}
	c.redactor = strings.NewReplacer(c.secrets...)
}

// redact takes the secrets out of a reply.
func (c *Client) redact(r *Reply) {
	if c.redactor == nil {
		return
	}
	for i, line := range r.Lines {
		r.Lines[i] = c.redactor.Replace(line)
	}
}

// addTime adds the time since the last call to a stage.
func (c *Client) addTime(stage Stage) {
	now := time.Now()
	c.times = appendTime(c.times, StageTime{stage, now.Sub(c.mark)})
	c.mark = now
}

func appendTime(times []StageTime, t StageTime) []StageTime {
	for i := range times {
		if times[i].Stage == t.Stage {
			times[i].Duration += t.Duration
			return times
		}
	}
	return append(times, t)
}
