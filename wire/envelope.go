package wire

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/ascii"
)

// An Envelope contains the sender and the recipients of a message (RFC 5321
// §2.3.1), and what the server must know about it. It is not changed, and may be used again.
type Envelope struct {
	From string   // a mailbox without angle brackets; empty means the null sender
	To   []string // mailboxes without angle brackets; at least one

	Size          int64  // of the content, in octets with CRLF (RFC 1870); 0 or less means unknown
	EightBit      bool   // the content has octets over 127, as far as known
	EightBitKnown bool   // EightBit is certain; if not, BODY=8BITMIME is sent to a server that offers it
	UTF8          string // what needs SMTPUTF8 besides the addresses, such as "the field Subject"; empty means nothing

	DSN    DSN               // the zero value requests nothing
	Notify map[string]string // NOTIFY of the recipients for which it is not DSN.Notify; may be nil

	MessageID    string // for the error "outcome unknown"; may be empty
	AllOrNothing bool   // send to no recipient if the server refuses one of them
	Chunking     bool   // BDAT if the server offers it (RFC 3030)
	QuitAfter    bool   // no transaction follows, so QUIT may be sent along with the dot; only for Client.Send

	// BeforeDot, if not nil, is called right before the end of the content is
	// written, with the recipients that get the message if the server accepts it. If
	// it returns an error, the connection is closed without the dot, and the error is
	// KindBadMessage and wraps it. With several transactions it is called in each.
	BeforeDot func(recipients []string) error

	// AfterDot, if not nil, is called after the reply to the end of the content if another
	// transaction follows. It gets the recipients whose outcome is then known.
	AfterDot func(recipients []Recipient)
}

// A DSN is a request for delivery status notifications (RFC 3461).
type DSN struct {
	Notify     string // NOTIFY of the recipients: "NEVER", or a list of "SUCCESS", "FAILURE" and "DELAY"
	Return     string // RET: "FULL" or "HDRS"
	EnvelopeID string // ENVID
}

// check returns an error if there are no recipients, or if something in the
// envelope could add a command or a parameter to the dialogue.
func (e *Envelope) check() error {
	if len(e.To) == 0 {
		return errors.New("no recipients")
	}
	if slices.Contains(e.To, "") {
		return errors.New("empty recipient address")
	}
	for _, address := range e.addresses() {
		if err := checkAddress(address); err != nil {
			return err
		}
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, keywords := range append(slices.Collect(maps.Values(e.Notify)), e.DSN.Notify, e.DSN.Return) {
		if strings.Trim(keywords, letters+",") != "" {
			return fmt.Errorf("invalid DSN parameter %q", keywords)
		}
	}
	return nil
}

// checkAddress returns an error if address would end the path of MAIL or RCPT
// early (RFC 5321 §4.1.2). It does not check the syntax any further.
func checkAddress(address string) error {
	if why := endsPath(address); why != "" {
		return fmt.Errorf("invalid address %q: %s", address, why)
	}
	return nil
}

// endsPath returns why an address would end a path early: a control character,
// or an angle bracket or a space outside a quoted string.
func endsPath(address string) string {
	if !utf8.ValidString(address) {
		return "invalid UTF-8"
	}
	quoted, escaped := false, false
	for _, r := range address {
		switch {
		case unicode.IsControl(r):
			return "contains a control character"
		case escaped:
			escaped = false
		case r == '\\' && quoted:
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted && (r == '<' || r == '>' || unicode.IsSpace(r)):
			return fmt.Sprintf("contains %q outside a quoted string", r)
		}
	}
	if quoted {
		return "unterminated quoted string"
	}
	return ""
}

// needsUTF8 returns what needs SMTPUTF8 (RFC 6531): UTF8, or else the first
// address that is not ASCII, or "" if nothing does.
func (e *Envelope) needsUTF8() string {
	if e.UTF8 != "" {
		return e.UTF8
	}
	for _, address := range e.addresses() {
		if !ascii.OnlyString(address) {
			return "the address " + address
		}
	}
	return ""
}

func (e *Envelope) addresses() []string { return append([]string{e.From}, e.To...) }
