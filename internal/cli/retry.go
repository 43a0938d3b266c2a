package cli

import (
	"slices"
	"time"

	"mailpipe/internal/attempt"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// The pauses between attempts. Tests shorten them.
var (
	firstPause = time.Second
	maxPause   = time.Minute
)

// attempts sends the content until the servers accept it, until another attempt
// makes no sense, or until the time of --retry-for is over.
func (d *deliveryRequest) attempts(k *keeper, c *content) error {
	end := time.Now().Add(d.retryFor)
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := d.attempt(k, c)
		wait := spool.Jitter(pause)
		if k.down || !d.isTemporary(err) || !time.Now().Add(wait).Before(end) || d.signals.Context().Err() != nil {
			return err
		}
		d.progress.Show(d.reading)
		if bad := c.complete(d.receipt.ContentDone); bad != nil {
			if c.err != nil { // the message itself is bad
				return c.err
			}
			return &failure{err: err, details: []string{"the mail cannot be sent again: " + bad.Error()}}
		}
		if d.flags.Bool("verbose") {
			d.note("%s; the next attempt follows", err)
		}
		if !d.pause(wait) {
			return err
		}
	}
}

// attempt makes one attempt through all servers that are available, for the
// recipients that were neither accepted nor refused yet.
func (d *deliveryRequest) attempt(k *keeper, c *content) error {
	route, release, err := k.available()
	if err != nil {
		return err
	}
	defer release()
	e := d.envelope
	if k.entry != nil {
		e.BeforeDot, e.AfterDot = k.entry.Dot, attempt.Progress(k.entry)
	}
	m := &wire.Mail{Envelope: e, Content: watchedContent{k.content(c), func() { d.signals.Postpone() }},
		Before: d.receipt.Recipients}
	if k.spools.current() != nil {
		m.Next = k.next
	}
	if d.repaired != nil {
		m.Convert = d.convert
	}
	k.session = wire.NewSession(route.Servers)
	d.size = d.envelope.Size
	d.connecting(route.Servers[0])
	d.receipt, err = k.session.Deliver(d.signals.Context(), m)
	d.progress.End()
	if err != nil {
		k.session.Close()
	}
	k.record(err)
	return err
}

// isTemporary reports whether another attempt makes sense after an error.
func (d *deliveryRequest) isTemporary(err error) bool {
	e := dialogueError(err)
	if e == nil || e.Uncertain && d.unknown == "hold" {
		return false
	}
	if exitCode(err) == exitTemporary {
		return true
	}
	someAccepted := slices.ContainsFunc(d.receipt.Recipients, func(to wire.Recipient) bool {
		return to.Outcome == wire.OutcomeAccepted
	})
	return someAccepted && slices.ContainsFunc(d.receipt.Recipients, isPending)
}

// isPending reports whether another attempt would serve a recipient.
func isPending(to wire.Recipient) bool {
	return to.Outcome == wire.OutcomeDeferred || to.Outcome == wire.OutcomeUnknown
}

// pause waits for a duration. It reports whether no signal ended it.
func (d *deliveryRequest) pause(pause time.Duration) bool {
	d.progress.Begin("waiting for the next attempt", 0)
	select {
	case <-time.After(pause):
		return true
	case <-d.signals.Context().Done():
		return false
	}
}
