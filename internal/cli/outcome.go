package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"mailpipe/internal/message"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// outcome returns the error of a delivery with a line for each recipient that
// was not served, and a hint. If err is nil, it notes who accepted the mail.
func (d *deliveryRequest) outcome(err error, m *message.Message) error {
	if err == nil {
		d.noteAccepted()
		return nil
	}
	details := alsoTried(d.receipt.FailedServers, err)
	if d.namesRecipients(err) {
		details = append(details, d.notServed()...)
	}
	return &failure{err: err, details: details, hint: cmp.Or(d.resendHint(), d.hint(err, m))}
}

func (d *deliveryRequest) noteAccepted() {
	if !d.flags.Bool("verbose") && !d.attended {
		return
	}
	r := d.receipt
	d.noteFailed(r.FailedServers)
	for _, to := range r.Recipients {
		d.note("%s: accepted by %s: %s", termtext.Line(to.Address), termtext.Line(r.Server), to.Reply)
	}
}

// noteFailed notes why the servers before the one that was used could not be used.
func (d *deliveryRequest) noteFailed(failed []error) {
	for _, err := range failed {
		d.note("%s; the next server was tried", err)
	}
}

// alsoTried returns a line for each server except the one that err is about.
func alsoTried(failed []error, err error) []string {
	var lines []string
	for _, other := range failed {
		if !errors.Is(err, other) {
			lines = append(lines, "also tried: "+other.Error())
		}
	}
	return lines
}

// namesRecipients reports whether err needs a line for each recipient: it is
// about some of them, their replies may differ, or the complete reply was requested.
func (d *deliveryRequest) namesRecipients(err error) bool {
	all := d.receipt.Recipients
	switch {
	case exitCode(err) == exitUnavailable:
		return true
	case len(all) == 1:
		return d.flags.Bool("verbose")
	}
	return !haveOneReason(all)
}

// haveOneReason reports whether all recipients have the same outcome for the
// same reason, and none has a reply.
func haveOneReason(all []wire.Recipient) bool {
	for _, to := range all {
		if to.Reply.Code != 0 || to.Outcome != all[0].Outcome || to.Reason != all[0].Reason {
			return false
		}
	}
	return true
}

// notServed returns a line for each recipient that was not served, and for whom the
// mail is not queued.
func (d *deliveryRequest) notServed() []string {
	var lines []string
	outcome := d.keeper.outcome()
	for _, to := range d.receipt.Recipients {
		if to.Outcome == wire.OutcomeAccepted || outcome(to) == queued {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s: %s", termtext.Line(to.Address), to.Outcome, d.reasonFor(to)))
	}
	return lines
}

// reasonFor returns the reply to a recipient, complete with --verbose, or why
// there was none.
func (d *deliveryRequest) reasonFor(to wire.Recipient) string {
	switch {
	case to.Reply.Code == 0:
		return termtext.Line(to.Reason)
	case d.flags.Bool("verbose"):
		return termtext.Escape(fmt.Sprintf("%d %s", to.Reply.Code, strings.Join(to.Reply.Lines, " ")))
	}
	return to.Reply.String()
}

// dialogueError returns the error of wire in err, or nil.
func dialogueError(err error) *wire.Error {
	e, _ := errors.AsType[*wire.Error](err)
	return e
}

// uncertain reports whether a mail may have been delivered although its
// delivery failed.
func uncertain(err error) bool {
	e := dialogueError(err)
	return e != nil && e.Uncertain
}
