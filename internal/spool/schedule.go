package spool

import (
	"cmp"
	"math/rand/v2"
	"time"
)

// The schedule of a message.
const (
	firstPause    = time.Minute
	maxPause      = time.Hour
	defaultMaxAge = 5 * 24 * time.Hour // after which a message is given up
	minAttempts   = 5                  // before a message is given up
	lately        = time.Hour          // the last of them must be so recent
)

// Due reports whether the message is to be sent now. If the clock went back, it is,
// because Next may be far in the future.
func (e *Envelope) Due(now time.Time) bool {
	return e.State == Queued && (!now.Before(e.Next) || now.Before(e.Created) || now.Before(e.Last))
}

// Postpone sets when the message is due again: after a pause that doubles from
// 1 min to 1 h, 20 % more or less, so that messages do not stay in step.
func (e *Envelope) Postpone(now time.Time) {
	pause := doubled(time.Duration(e.Pause)*time.Second, firstPause, maxPause)
	e.Pause = int(pause / time.Second)
	e.Next = now.Add(Jitter(pause))
}

// Expired reports whether the message is to be given up: it is older than its
// maximum age, was tried often enough, and was tried lately. So a laptop that was
// asleep gives up nothing that it has not tried since. Failures of its server since
// it was created count as tries.
func (e *Envelope) Expired(now time.Time, s Server) bool {
	last := e.Last
	if s.Last.After(last) {
		last = s.Last
	}
	wasTried := e.Attempts >= minAttempts || len(s.Recent) == minAttempts && !s.Recent[0].Before(e.Created)
	return e.State == Queued && now.After(e.Expiry()) && wasTried && now.Sub(last) <= lately
}

// Expiry returns when the message reaches its maximum age.
func (e *Envelope) Expiry() time.Time {
	return e.Created.Add(cmp.Or(time.Duration(e.MaxAge)*time.Second, defaultMaxAge))
}

// doubled returns twice the pause, between first and most.
func doubled(pause, first, most time.Duration) time.Duration {
	return min(max(2*pause, first), most)
}

// Jitter returns a duration between 80 % and 120 % of d, so that hosts do not retry in
// step.
func Jitter(d time.Duration) time.Duration {
	return time.Duration((0.8 + 0.4*rand.Float64()) * float64(d))
}
