package wire

import (
	"fmt"
	"strings"
	"time"
)

// A Direction is the writer of a line of the dialogue.
type Direction int

const (
	DirSent     Direction = iota // the client
	DirReceived                  // the server
	DirNote                      // neither: a connection was made or failed, or TLS began
)

// String returns "sent", "received" or "note".
func (d Direction) String() string { return enumWord(int(d), "sent", "received", "note") }

// An Event is a line of the dialogue. Credentials in it read "[hidden]".
type Event struct {
	Time  time.Time
	Dir   Direction
	Stage Stage
	Text  string // one line without its line ending, not escaped; a summary in place of content
	Group int    // lines that were sent in one write have the same number
}

// A Trace receives the events of a Client in order, one at a time, in the
// goroutine that calls Dial, Deliver or a method of the Client. It must not use
// the Client.
type Trace func(Event)

func (c *Client) trace(dir Direction, stage Stage, text string) {
	if c.server.Trace != nil {
		c.server.Trace(Event{Time: time.Now(), Dir: dir, Stage: stage, Text: text, Group: c.groups})
	}
}

// note traces something that is neither a command nor a reply.
func (c *Client) note(stage Stage, text string) { c.trace(DirNote, stage, text) }

func (c *Client) traceReply(stage Stage, r Reply) {
	for i, line := range r.Lines {
		separator := "-"
		if i == len(r.Lines)-1 {
			separator = " "
		}
		if stage == StageAuth && r.Code == 334 { // a challenge
			line = hidden
		}
		c.trace(DirReceived, stage, strings.TrimRight(fmt.Sprint(r.Code, separator, line), " "))
	}
}

// addTime adds the time since the last call to a stage.
func (c *Client) addTime(stage Stage) {
	now := time.Now()
	c.times = appendTime(c.times, StageTime{stage, now.Sub(c.mark)})
	c.mark = now
}
