// Package queue sends the messages of a spool.
//
// An entry of the spool is in one of three states:
//
//	queued --> removed   every recipient was accepted
//	   |  |
//	   |  +--> failed    refused permanently, or given up; a bounce is queued for it
//	   +-----> held      the outcome is unknown and must not be repeated, or the user holds it
//
// Flush looks through the spool once, and Run does so until its context ends. A
// group is the entries with the same route. A lane is the groups with the same
// servers; they are sent one after another.
//
//	Flush, Run, Continue   flush.go, run.go   start a goroutine for each lane
//	scan                   scan.go            sorts the entries into groups and lanes
//	send, run              group.go           takes entries and delivers them over one session
//	conclude               conclude.go        removes the entry, saves it, or gives it up
//	check, tell            pass.go            count and report what happened
//
// Package attempt knows servers and their limits, and what the result of an attempt
// means. Package bounce writes the bounces.
//
// A process may be killed at any time, and any number of processes may use the
// spool. Only locks and files of the spool coordinate them.
package queue

import (
	"errors"
	"io"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A Queue sends the messages of a spool. Its functions may be called by several
// goroutines at the same time, except Event, and Route of one Flush or Run.
type Queue struct {
	Spool *spool.Spool

	// Route returns the route of a message. It depends only on the Flags of the
	// envelope. If the error is a *spool.DamageError, the message is damaged. If it wraps
	// ErrUnknownAccount, the message is left to others.
	Route func(e *spool.Envelope) (attempt.Route, error)

	// Bounce returns the content of the bounce for a message that failed, or of the
	// notice that it is delayed, for bounce.Writer. If it is nil, there are none.
	Bounce func(e *spool.Entry, delayed bool) (io.WriterTo, error)

	Now   func() time.Time // nil means that of the spool
	Event func(Event)      // what happened; nil ignores it
}

// ErrUnknownAccount means that this process does not have the account of a message.
// Another one that uses the spool may have it.
var ErrUnknownAccount = errors.New("unknown account")

// Options choose the messages that are sent.
type Options struct {
	IDs  []string      // only these entries; nil means all
	All  bool          // whether or not they are due and their server is available
	Jobs int           // servers at once; 0 means 4
	For  time.Duration // no message is started after that; 0 means no limit
}

// A Summary counts messages.
type Summary struct {
	Sent    int // accepted for all recipients
	Waiting int // still queued, or held now; 0 if no message was due
	Failed  int // refused permanently, or given up
	Damaged int // entries that cannot be read
}

// A Kind is what an Event is about.
type Kind int

const (
	Sent        Kind = iota + 1 // a message was accepted for all recipients
	Deferred                    // a message waits for another attempt
	Failed                      // a message was refused permanently, or given up
	Held                        // a message is held, because its outcome is unknown
	Interrupted                 // a process died after it may have sent a message; the outcome is unknown
	ServerDown                  // a server failed, and messages wait for it
	Damaged                     // an entry cannot be read
	Trouble                     // the spool cannot be written, or a bounce cannot be made
)

// An Event is what happened to a message or a server.
type Event struct {
	Kind     Kind
	ID       string
	Envelope *spool.Envelope // of the message; valid only during the call; nil if there is none
	Receipt  *wire.Receipt   // of the attempt, if there was one
	Err      error           // why, except for Sent

	// For ServerDown:
	Server  string    // its name; empty if the route is not valid
	Waiting int       // messages that wait for it
	Next    time.Time // when it is tried again; zero means unknown
}

func (q *Queue) now() time.Time {
	if q.Now == nil {
		return q.Spool.Now()
	}
	return q.Now()
}
