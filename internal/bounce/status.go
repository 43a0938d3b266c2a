package bounce

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"mailpipe/compose"
	"mailpipe/internal/ascii"
	"mailpipe/internal/spool"
)

// status returns the part for programs (RFC 3464 §2): fields about the mail, and
// then, after an empty line, fields about each recipient.
func (n *Notice) status() compose.Part {
	e := n.Envelope
	var b strings.Builder
	if e.DSN.EnvelopeID != "" {
		writeField(&b, "Original-Envelope-Id", e.DSN.EnvelopeID)
	}
	writeField(&b, "Reporting-MTA", "dns; "+n.Host)
	writeField(&b, "Arrival-Date", date(e.Created))
	for _, r := range recipients(n.Envelope, n.Delayed) {
		b.WriteString("\n")
		writeField(&b, "Final-Recipient", typedAddress(r.Address))
		writeField(&b, "Action", n.action())
		writeField(&b, "Status", statusOf(r))
		if r.Code != 0 {
			writeField(&b, "Diagnostic-Code", "smtp; "+replyOf(r))
		}
		if !e.Last.IsZero() {
			writeField(&b, "Last-Attempt-Date", date(e.Last))
		}
		if n.Delayed {
			writeField(&b, "Will-Retry-Until", date(e.Expiry()))
		}
	}
	part := compose.Bytes("", []byte(b.String()))
	part.Type, part.Encoding = "message/delivery-status", "7bit"
	return part
}

// recipients returns those that a notice is about: they do not have the mail, and the
// sender wants to know. Without NOTIFY, that is FAILURE (RFC 3461 §4.1).
func recipients(e *spool.Envelope, delayed bool) []spool.Recipient {
	happened := "FAILURE"
	if delayed {
		happened = "DELAY"
	}
	var list []spool.Recipient
	for _, r := range e.Recipients {
		asked := strings.ToUpper(cmp.Or(r.Notify, e.DSN.Notify, "FAILURE"))
		isOther := r.Outcome == "accepted" || delayed && r.Outcome == "refused"
		if !isOther && slices.Contains(strings.Split(asked, ","), happened) {
			list = append(list, r)
		}
	}
	return list
}

func (n *Notice) action() string {
	if n.Delayed {
		return "delayed"
	}
	return "failed"
}

// statusOf returns the status code of RFC 3463: that of the server, or the class
// of its reply, or that the time for the delivery has expired (§3.5).
func statusOf(r spool.Recipient) string {
	switch {
	case r.Enhanced != "":
		return r.Enhanced
	case r.Code != 0:
		return fmt.Sprintf("%d.0.0", r.Code/100)
	case r.Outcome == "refused":
		return "5.0.0"
	}
	return "4.4.7"
}

// replyOf returns the reply to a recipient.
func replyOf(r spool.Recipient) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Reply)), " ")
}

// typedAddress returns an address with its type: rfc822, or utf-8 in the form for
// a part that must be ASCII (RFC 6533 §3).
func typedAddress(address string) string {
	if ascii.OnlyString(address) {
		return "rfc822; " + address
	}
	var b strings.Builder
	b.WriteString("utf-8; ")
	for _, r := range address {
		if r > '~' || r <= ' ' || r == '\\' {
			fmt.Fprintf(&b, `\x{%X}`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func date(t time.Time) string { return t.Format(time.RFC1123Z) }

// columns is where a line is folded, if it can be (RFC 5322 §2.1.1).
const columns = 78

// writeField writes a field, folded at spaces. The value may come from a server
// or from a message: what is not printable ASCII becomes a question mark.
func writeField(b *strings.Builder, name, value string) {
	line := name + ":"
	for _, word := range strings.Fields(asciiText(value)) {
		if len(line)+1+len(word) > columns && line != name+":" {
			b.WriteString(line + "\n")
			line = ""
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

func asciiText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// printable replaces what could deceive a reader of the text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// shorten cuts s after max characters.
func shorten(s string, max int) string {
	runes := []rune(s)
	if len(runes) <= max {
		return s
	}
	return string(runes[:max]) + "..."
}
