package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// version is that of the envelopes that this program writes and understands.
const version = 1

// A State says what happens to an entry.
type State string

const (
	Queued State = "queued" // it is sent when it is due
	Held   State = "held"   // it waits for the user
	Failed State = "failed" // it was refused permanently, or given up
)

// An Envelope says to whom a message goes, and what became of it
// so far. It has no password, and nothing from the configuration file, which is
// read at each attempt.
type Envelope struct {
	Version int       `json:"version"`
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Host    string    `json:"host"`
	User    string    `json:"user"`
	State   State     `json:"state"`

	From         string      `json:"from"` // empty means the null sender
	Recipients   []Recipient `json:"recipients"`
	DSN          DSN         `json:"dsn,omitzero"`
	AllOrNothing bool        `json:"all_or_nothing,omitempty"`
	Chunking     bool        `json:"chunking,omitempty"`
	Repair       bool        `json:"repair,omitempty"` // convert it for a server that needs that

	Size      int64  `json:"size"`   // of the content, in octets
	CRC32C    string `json:"crc32c"` // of the content, in hexadecimal
	EightBit  bool   `json:"eight_bit,omitempty"`
	UTF8      string `json:"utf8,omitempty"` // what needs SMTPUTF8; empty means nothing
	MessageID string `json:"message_id,omitempty"`

	Flags   []Flag `json:"flags"`             // that chose the server, the account and TLS
	Unknown string `json:"unknown"`           // what to do after an unknown outcome: "retry" or "hold"
	MaxAge  int    `json:"max_age,omitempty"` // in seconds; 0 means 5 days
	OnFail  string `json:"on_fail,omitempty"` // who gets the bounce; empty means From

	Attempts int       `json:"attempts"`
	Last     time.Time `json:"last,omitzero"` // the last attempt; zero means none
	Next     time.Time `json:"next"`
	Pause    int       `json:"pause,omitempty"` // in seconds, before Next
	Reason   string    `json:"reason"`          // why the message waits or failed; not escaped
	History  []Attempt `json:"history,omitempty"`

	Bounce   string `json:"bounce,omitempty"`    // the ID of the bounce; empty means none
	Bounced  bool   `json:"bounced,omitempty"`   // the bounce was created
	Delay    string `json:"delay,omitempty"`     // the ID of the delay notice; empty means none
	Delayed  bool   `json:"delayed,omitempty"`   // the delay notice was created
	BounceOf string `json:"bounce_of,omitempty"` // of a bounce or a delay notice: the ID of the message

	Moving *Moving `json:"moving,omitempty"` // not nil: the held copy of an entry that is being moved

	// The address in From of a bounce. It becomes the sender if a server refuses the null sender.
	BounceFrom string `json:"bounce_from,omitempty"`
}

// A Moving is what a copy keeps of its original until that is removed.
type Moving struct {
	From   string `json:"from"` // the directory, quoted as in Go: it may be invalid UTF-8
	State  State  `json:"state"`
	Reason string `json:"reason"`
}

// A Recipient is an address and the outcome for it.
type Recipient struct {
	Address  string `json:"address"`
	Notify   string `json:"notify,omitempty"`  // NOTIFY; empty means that of DSN
	Outcome  string `json:"outcome,omitempty"` // empty, accepted, refused, deferred or unknown
	Code     int    `json:"code,omitempty"`    // of the reply
	Enhanced string `json:"enhanced,omitempty"`
	Reply    string `json:"reply,omitempty"` // the words of the reply, or why there was none
}

// A DSN is the request for delivery status notifications (RFC 3461).
type DSN struct {
	Notify     string `json:"notify,omitempty"`
	Return     string `json:"ret,omitempty"`
	EnvelopeID string `json:"envid,omitempty"`
}

// A Flag is a flag of the command line, without its dashes.
type Flag struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
}

// FlagsKey returns a string that is different for different flags.
func FlagsKey(flags []Flag) string {
	var key []byte
	for _, f := range flags {
		key = strconv.AppendQuote(strconv.AppendQuote(key, f.Name), f.Value)
	}
	return string(key)
}

// An Attempt is one line of the history.
type Attempt struct {
	Time   time.Time `json:"time"`
	Server string    `json:"server"`
	Result string    `json:"result"`
}

// Notify returns the NOTIFY of each recipient that has its own.
func (e *Envelope) Notify() map[string]string {
	all := map[string]string{}
	for _, r := range e.Recipients {
		if r.Notify != "" {
			all[r.Address] = r.Notify
		}
	}
	return all
}

// Pending returns the recipients that neither have the message nor were refused.
func (e *Envelope) Pending() []string {
	var list []string
	for _, r := range e.Recipients {
		if !r.IsDone() {
			list = append(list, r.Address)
		}
	}
	return list
}

// IsDone reports whether r has the message or was refused permanently.
func (r *Recipient) IsDone() bool { return r.Outcome == "accepted" || r.Outcome == "refused" }

// SetUnknown records that the outcome is unknown, and why.
func (r *Recipient) SetUnknown(why error) {
	*r = Recipient{Address: r.Address, Notify: r.Notify, Outcome: "unknown", Reply: why.Error()}
}

// ForgetRefusals makes the recipients pending again that were refused.
func (e *Envelope) ForgetRefusals() {
	for i := range e.Recipients {
		if e.Recipients[i].Outcome == "refused" {
			e.Recipients[i].Outcome = ""
		}
	}
}

// Unfinished reports whether a process died between the steps to a bounce or delay
// notice. The copy of a message that is being moved has no steps to take.
func (e *Envelope) Unfinished() bool {
	return e.Moving == nil && (e.Bounce != "" && !e.Bounced || e.Delay != "" && !e.Delayed)
}

// historyMax is how many attempts the history has.
const historyMax = 20

// Note adds an attempt to the history. Of a long history, the first attempt and
// the last ones are kept.
func (e *Envelope) Note(a Attempt) {
	e.History = append(e.History, a)
	if n := len(e.History); n > historyMax {
		e.History = append(e.History[:1:1], e.History[n-historyMax+1:]...)
	}
}

// Decode reads the JSON text of an envelope into e, which is zero. The error is the
// reason of a DamageError.
func Decode(id string, text []byte, e *Envelope) error {
	err := json.Unmarshal(text, e)
	switch {
	case e.Version > version: // whatever else is wrong
		return fmt.Errorf("written by a newer mailpipe (version %d)", e.Version)
	case err != nil:
		return fmt.Errorf("invalid envelope: %w", err)
	case e.Version < 1:
		return fmt.Errorf("invalid envelope: version %d", e.Version)
	case !IsID(id):
		return errors.New("invalid ID")
	case e.ID != id:
		return fmt.Errorf("invalid envelope: it is that of %q", e.ID)
	case e.State != Queued && e.State != Held && e.State != Failed:
		return fmt.Errorf("invalid envelope: unknown state %q", e.State)
	case len(e.Recipients) == 0:
		return fmt.Errorf("invalid envelope: no recipients")
	}
	return nil
}
