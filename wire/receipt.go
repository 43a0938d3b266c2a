package wire

import (
	"crypto/tls"
	"time"
)

// An Outcome is what became of the message for one recipient.
type Outcome int

const (
	OutcomeUnknown  Outcome = iota // the message may have been delivered
	OutcomeAccepted                // the server has taken responsibility for the message
	OutcomeRefused                 // not delivered; another attempt would not help
	OutcomeDeferred                // not delivered; another attempt may succeed
)

// String returns "unknown", "accepted", "refused" or "deferred".
func (o Outcome) String() string {
	return enumWord(int(o), "unknown", "accepted", "refused", "deferred")
}

// A Recipient is an address of the envelope and its outcome.
type Recipient struct {
	Address string
	Outcome Outcome
	Reply   Reply  // the reply that decided the outcome; zero if there was none
	Reason  string // why there was no reply; otherwise empty
}

// A Receipt reports what became of a message. It is valid also if there was an
// error.
type Receipt struct {
	Server        string  // the name of the last server
	FailedServers []error // the errors of the servers that were tried before it, in this order
	Recipients    []Recipient

	TLS      *tls.ConnectionState // of the last connection to Server that was ready for mail; nil means unencrypted
	Verified bool                 // the server's certificate was verified
	Times    []StageTime          // of all connections that were ready for mail, in the order of the dialogue

	// ContentDone is closed when content.WriteTo has returned, or if it was never
	// called. After an error WriteTo may still be running, blocked on its source:
	// its next Write fails. Wait for ContentDone before you reuse the source.
	ContentDone <-chan struct{}
}

// A StageTime is the time that a stage took.
type StageTime struct {
	Stage    Stage
	Duration time.Duration
}

// addClient adds to r what is known of the connection of c.
func (r *Receipt) addClient(c *Client) {
	r.TLS, r.Verified = c.tls, c.verified
	for _, t := range c.times {
		r.Times = appendTime(r.Times, t)
	}
}

// appendTime adds t to the time of its stage.
func appendTime(times []StageTime, t StageTime) []StageTime {
	for i := range times {
		if times[i].Stage == t.Stage {
			times[i].Duration += t.Duration
			return times
		}
	}
	return append(times, t)
}
