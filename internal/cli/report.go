package cli

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"mailpipe/internal/message"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

var outcomeNames = map[wire.Outcome]string{
	wire.OutcomeUnknown: "unknown", wire.OutcomeAccepted: "accepted", wire.OutcomeRefused: "refused", wire.OutcomeDeferred: "deferred",
}

// report writes what became of each recipient, when --report asks for it.
func (d *deliveryRequest) report(r wire.Receipt) error {
	if !d.flags.IsSet("report") {
		return nil
	}
	var b bytes.Buffer
	for _, to := range r.Recipients {
		if d.flags.String("report") == "json" {
			d.reportJSON(&b, r, to)
		} else {
			reportText(&b, to)
		}
	}
	_, err := d.out.Write(b.Bytes())
	return err
}

func reportText(b *bytes.Buffer, to wire.Recipient) {
	code := ""
	if to.Reply.Code != 0 {
		code = strconv.Itoa(to.Reply.Code)
	}
	fmt.Fprintf(b, "%s\t%s\t%s\t%s\t%s\n", termtext.Text(to.Address), outcomeNames[to.Outcome],
		code, termtext.Line(to.Reply.Enhanced), termtext.Line(replyLine(to)))
}

// replyLine is the text of the reply in one line, without the enhanced code that
// has a place of its own, or why there was none.
func replyLine(to wire.Recipient) string {
	if to.Reply.Code == 0 {
		return to.Reason
	}
	var text []string
	for _, line := range to.Reply.Lines {
		line = strings.TrimPrefix(line+" ", to.Reply.Enhanced+" ") // which may be all there is
		text = append(text, strings.TrimSuffix(line, " "))
	}
	return strings.Join(text, " ")
}

// reportLine is a line of --report json.
type reportLine struct {
	Server   string             `json:"server"`
	Address  string             `json:"address"`
	Outcome  string             `json:"outcome"`
	Code     *int               `json:"code"` // null: no reply came
	Enhanced string             `json:"enhanced"`
	Reply    string             `json:"reply"`
	TLS      *reportTLS         `json:"tls"` // null: in clear
	QueueID  string             `json:"queue_id,omitempty"`
	Times    map[string]float64 `json:"times"` // seconds
}

type reportTLS struct {
	Version  string `json:"version"`
	Cipher   string `json:"cipher"`
	Verified bool   `json:"verified"`
}

func (d *deliveryRequest) reportJSON(b *bytes.Buffer, r wire.Receipt, to wire.Recipient) {
	line := reportLine{
		Server: r.Server, Address: to.Address, Outcome: outcomeNames[to.Outcome],
		Enhanced: to.Reply.Enhanced, Reply: replyLine(to), QueueID: to.Reply.QueueID(), Times: map[string]float64{},
	}
	if to.Reply.Code != 0 {
		line.Code = &to.Reply.Code
	}
	if r.TLS != nil {
		line.TLS = &reportTLS{tls.VersionName(r.TLS.Version), tls.CipherSuiteName(r.TLS.CipherSuite), r.Verified}
	}
	for _, t := range r.Times {
		line.Times[strings.ToLower(string(t.Stage))] += t.Duration.Seconds()
	}
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	encoder.Encode(line) // strings and numbers: nothing can fail
	b.WriteString(asciiJSON(plain.String()))
}

// asciiJSON escapes what JSON may hold as it is and a terminal obeys: C1, bidirectional and
// zero-width characters, and with them all that is not ASCII.
func asciiJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch high, low := utf16.EncodeRune(r); {
		case r == '\n' || r >= ' ' && r < 0x7F: // the encoder's own, and what it left as it is
			b.WriteRune(r)
		case high == unicode.ReplacementChar:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}

// outcome makes the error of a delivery one that says whom it concerns and what to do.
func (d *deliveryRequest) outcome(r wire.Receipt, err error, m *message.Message) error {
	if err == nil {
		if d.flags.Bool("verbose") || d.asked {
			d.notePassed(r.FailedServers)
			for _, to := range r.Recipients {
				d.note("%s: accepted by %s: %s", termtext.Line(to.Address), termtext.Line(r.Server), to.Reply)
			}
		}
		return nil
	}
	var lines []string
	if len(r.Recipients) > 1 && !unanswered(r.Recipients) || exitCode(err) == exitUnavailable {
		for _, to := range r.Recipients {
			if to.Outcome != wire.OutcomeAccepted {
				lines = append(lines, fmt.Sprintf("%s: %s: %s", termtext.Line(to.Address), outcomeNames[to.Outcome], d.replyWords(to)))
			}
		}
	}
	if e := dialogueError(err); e != nil && d.flags.Bool("verbose") && len(lines) == 0 {
		if whole := wholeReply(e.Reply); len(whole) > termtext.LineMax {
			lines = append(lines, whole)
		}
	}
	return &deliveryError{err: err, details: append(alsoTried(r.FailedServers, err), lines...), hint: d.hint(err, m)}
}

// notePassed says why the server that did it was not the first.
func (d *deliveryRequest) notePassed(passed []error) {
	for _, err := range passed {
		d.note("%s; the next server was tried", err)
	}
}

// alsoTried says what the servers beside the one of err answered.
func alsoTried(passed []error, err error) []string {
	var lines []string
	for _, other := range passed {
		if !errors.Is(err, other) {
			lines = append(lines, "also tried: "+other.Error())
		}
	}
	return lines
}

// unanswered reports whether one reason, and no reply, stands for all: then it is said once.
func unanswered(all []wire.Recipient) bool {
	for _, to := range all {
		if to.Reply.Code != 0 || to.Outcome != all[0].Outcome || to.Reason != all[0].Reason {
			return false
		}
	}
	return true
}

// replyWords is the reply for a person: whole with --verbose.
func (d *deliveryRequest) replyWords(to wire.Recipient) string {
	switch {
	case to.Reply.Code == 0:
		return termtext.Line(to.Reason)
	case d.flags.Bool("verbose"):
		return wholeReply(to.Reply)
	}
	return to.Reply.String()
}

func wholeReply(r wire.Reply) string {
	return termtext.Text(fmt.Sprintf("%d %s", r.Code, strings.Join(r.Lines, " ")))
}

// deliveryError is an error of wire with what only the command line knows.
type deliveryError struct {
	err     error
	details []string // a line for each recipient not served
	hint    string
}

func (e *deliveryError) Error() string { return e.err.Error() }
func (e *deliveryError) Unwrap() error { return e.err }

// dialogueError returns the error of wire in err, or nil.
func dialogueError(err error) *wire.Error {
	var e *wire.Error
	errors.As(err, &e)
	return e
}

// uncertain reports whether the mail of a delivery that failed may have been delivered.
func uncertain(err error) bool {
	e := dialogueError(err)
	return e != nil && e.Uncertain
}
