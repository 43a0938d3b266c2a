package wire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mailpipe/internal/ascii"
)

// Errors for a message that needs what the server does not offer, for errors.Is.
var (
	ErrTooBig   = errors.New("message too large for the server")
	ErrEightBit = errors.New("the server does not offer 8BITMIME")
	ErrUTF8     = errors.New("the server does not offer SMTPUTF8")
)

// unsupported returns an error if the message needs what the server does not
// offer.
func (c *Client) unsupported(e *Envelope) error {
	limit := c.sizeLimit()
	var why error
	switch {
	case limit > 0 && e.Size > limit:
		why = fmt.Errorf("%w: %d octets, the limit is %d", ErrTooBig, e.Size, limit)
	case e.UTF8 != "" && !c.offers("SMTPUTF8"):
		why = fmt.Errorf("%w, which is needed for %s", ErrUTF8, e.UTF8)
	case e.EightBit && e.EightBitKnown && !c.offers("8BITMIME"):
		why = fmt.Errorf("octet over 127 in the message: %w", ErrEightBit)
	case (e.DSN != DSN{} || len(e.Notify) > 0) && !c.offers("DSN"):
		why = errors.New("the server does not offer DSN")
	default:
		return nil
	}
	return c.fail(StageMail, KindBadMessage, Reply{}, c.missing(why))
}

// mailCommand returns the MAIL command, with the parameters that the server
// knows.
func (c *Client) mailCommand(e *Envelope) string {
	line := "MAIL FROM:<" + e.From + ">"
	if e.Size > 0 && c.offers("SIZE") {
		line += " SIZE=" + strconv.FormatInt(e.Size, 10)
	}
	if c.offers("8BITMIME") && (e.EightBit || !e.EightBitKnown) {
		line += " BODY=8BITMIME"
	}
	if e.UTF8 != "" {
		line += " SMTPUTF8"
	}
	if e.DSN.Return != "" {
		line += " RET=" + strings.ToUpper(e.DSN.Return)
	}
	if e.DSN.EnvelopeID != "" {
		line += " ENVID=" + xtext(e.DSN.EnvelopeID)
	}
	return line
}

// rcptCommand returns the RCPT command. With NOTIFY it names the original
// recipient, so that a notification names it too (RFC 3461 §4.2, RFC 6533 §3).
func rcptCommand(e *Envelope, to string) string {
	line := "RCPT TO:<" + to + ">"
	notify, isOwn := e.Notify[to]
	if !isOwn {
		notify = e.DSN.Notify
	}
	if notify == "" {
		return line
	}
	line += " NOTIFY=" + strings.ToUpper(notify)
	if ascii.OnlyString(to) {
		return line + " ORCPT=rfc822;" + xtext(to)
	}
	return line + " ORCPT=utf-8;" + unitext(to)
}

// xtext encodes the octets that are not allowed in a parameter as + and two
// hexadecimal digits (RFC 3461 §4).
func xtext(s string) string {
	var out strings.Builder
	for i := range len(s) {
		b := s[i]
		if b <= ' ' || b >= 0x7f || b == '+' || b == '=' {
			fmt.Fprintf(&out, "+%02X", b)
		} else {
			out.WriteByte(b)
		}
	}
	return out.String()
}

// unitext encodes an address for ORCPT (utf-8-addr-unitext of RFC 6533 §3).
// Characters over 127 stay as they are.
func unitext(s string) string {
	var out strings.Builder
	for _, r := range s {
		if r <= ' ' || r == 0x7f || r == '+' || r == '=' || r == '\\' {
			fmt.Fprintf(&out, `\x{%02X}`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}
