package wire

import "time"

// Direction is who wrote a line.
type Direction int

const (
	Sent Direction = iota
	Received
	Noted // neither: TLS began, the connection was closed
)

// Event is a line of the dialogue. Credentials never reach it: they read [hidden].
type Event struct {
	Time   time.Time
	Dir    Direction
	Stage  Stage
	Text   string // one line without its end, unescaped; for content a summary
	Flight int    // lines sent in one write share a number
}

// Trace hears every event in order, from one goroutine at a time.
type Trace func(Event)
