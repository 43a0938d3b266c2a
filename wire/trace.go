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
	DirDecision                  // neither: the Text is a Decision of the client
)

// String returns "sent", "received", "note" or "decision".
func (d Direction) String() string { return enumWord(int(d), "sent", "received", "note", "decision") }

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
	c.server.trace(Event{Dir: dir, Stage: stage, Text: text, Group: c.groups})
}

func (s *Server) trace(e Event) {
	if s.Trace != nil {
		e.Time = time.Now()
		s.Trace(e)
	}
}

// traceContent traces content as it is sent.
func (c *Client) traceContent(p []byte) {
	if c.server.TraceContent != nil {
		_, _ = c.server.TraceContent.Write(p)
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
