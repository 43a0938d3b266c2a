package wire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/ascii"
)

// check holds that nothing in the envelope can add a command or a parameter.
func (e *Envelope) check() error {
	if len(e.To) == 0 {
		return errors.New("there are no recipients")
	}
	for i := -1; i < len(e.To); i++ {
		address := e.From
		if i >= 0 {
			if address = e.To[i]; address == "" {
				return errors.New("a recipient is empty")
			}
		}
		if err := checkAddress(address); err != nil {
			return fmt.Errorf("the address %q: %w", address, err)
		}
		if e.UTF8 == "" && !ascii.OnlyString(address) {
			e.UTF8 = "the address " + address
		}
	}
	for _, word := range []string{e.DSN.Notify, e.DSN.Return} {
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,") != "" {
			return fmt.Errorf("%q is not a DSN parameter", word)
		}
	}
	return nil
}

// checkAddress refuses what would end a path early: outside a quoted string,
// angle brackets and blanks; anywhere, controls (RFC 5321 §4.1.2).
func checkAddress(address string) error {
	if !utf8.ValidString(address) {
		return errors.New("it is not UTF-8")
	}
	quoted, escaped := false, false
	for _, r := range address {
		switch {
		case unicode.IsControl(r):
			return errors.New("it has a control character")
		case escaped:
			escaped = false
		case r == '\\' && quoted:
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted && (r == '<' || r == '>' || unicode.IsSpace(r)):
			return fmt.Errorf("it has %q outside a quoted string", r)
		}
	}
	if quoted {
		return errors.New("its quoted string has no end")
	}
	return nil
}

// lacks is the error of a message that needs what the server does not offer.
func (c *Client) lacks(e *Envelope) error {
	limit := c.sizeLimit()
	var why error
	switch {
	case limit > 0 && e.Size > limit:
		why = fmt.Errorf("%w: it has %d octets, the limit is %d", ErrTooBig, e.Size, limit)
	case e.UTF8 != "" && !c.offers("SMTPUTF8"):
		why = fmt.Errorf("the server does not offer SMTPUTF8, which is needed for %s", e.UTF8)
	case e.EightBit && e.EightBitKnown && !c.offers("8BITMIME"):
		why = fmt.Errorf("the message has octets over 127 and %w", ErrEightBit)
	case e.DSN.Notify+e.DSN.Return+e.DSN.EnvelopeID != "" && !c.offers("DSN"):
		why = errors.New("the server does not offer DSN")
	default:
		return nil
	}
	return c.fail(StageMail, KindBadMessage, Reply{}, why)
}

// mail is the MAIL command with the parameters that the server knows.
func (c *Client) mail(e *Envelope) string {
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

// rcpt is the RCPT command; with NOTIFY the original recipient is named, so
// that a report does too (RFC 3461 §4.2, RFC 6533 §3 for UTF-8).
func rcpt(e *Envelope, to string) string {
	line := "RCPT TO:<" + to + ">"
	if e.DSN.Notify == "" {
		return line
	}
	line += " NOTIFY=" + strings.ToUpper(e.DSN.Notify)
	if !ascii.OnlyString(to) {
		return line + " ORCPT=utf-8;" + unitext(to)
	}
	return line + " ORCPT=rfc822;" + xtext(to)
}

// xtext encodes what cannot stand in a parameter as + and two hexadecimal
// digits (RFC 3461 §4).
func xtext(s string) string {
	var out strings.Builder
	for i := range len(s) {
		if b := s[i]; b <= ' ' || b >= 0x7f || b == '+' || b == '=' {
			fmt.Fprintf(&out, "+%02X", b)
		} else {
			out.WriteByte(b)
		}
	}
	return out.String()
}

// unitext is the form of an address with UTF-8 in ORCPT (RFC 6533 §3,
// utf-8-addr-unitext): characters over 127 as they are.
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
