package bounce

import (
	"fmt"
	"strings"
	"time"

	"mailpipe/internal/spool"
)

// text returns the part for people (RFC 6522 §3).
func (n *Notice) text(subject string) string {
	e := n.Envelope
	var b strings.Builder
	if n.Delayed {
		b.WriteString("This message has not been delivered yet. You need not send it again.\n\n")
	} else {
		b.WriteString("This message could not be delivered.\n\n")
	}
	fmt.Fprintf(&b, "    Subject: %s\n", subject)
	fmt.Fprintf(&b, "    Date:    %s\n", date(e.Created))
	fmt.Fprintf(&b, "    Host:    %s\n", n.Host)
	b.WriteString("\n" + n.intro() + "\n\n")
	for _, r := range recipients(n.Envelope, n.Delayed) {
		fmt.Fprintf(&b, "    %s\n        %s\n", printable(r.Address), n.reason(r))
	}
	b.WriteString("\n" + n.outlook())
	return b.String()
}

func (n *Notice) intro() string {
	if n.Delayed {
		return "These recipients do not have it:"
	}
	return "These recipients do not have it, and mailpipe does not try again:"
}

// reason returns why a recipient does not have the mail.
func (n *Notice) reason(r spool.Recipient) string {
	switch {
	case r.Code != 0:
		return printable(replyOf(r))
	case r.Outcome == "unknown":
		return "the outcome is unknown: the recipient may have the message"
	case r.Reply != "":
		return printable(r.Reply)
	}
	return printable(n.Envelope.Reason)
}

// outlook returns what happens next, and what the reader can do.
func (n *Notice) outlook() string {
	e := n.Envelope
	short := e.ID[strings.LastIndexByte(e.ID, '-')+1:]
	if n.Delayed {
		return fmt.Sprintf("mailpipe tries until %s.\n", date(e.Expiry()))
	}
	return fmt.Sprintf("It was tried %s in %s. On %s,\n\"mailpipe queue retry %s\" tries it again.\n",
		times(e.Attempts), age(e.Last.Sub(e.Created)), n.Host, short)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// age returns a duration in the largest unit of which there are at least two.
func age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", max(d, 0)/time.Second)
}
