package report

import (
	"crypto/tls"
	"fmt"
	"io"
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// A recipient is the JSON object of a recipient.
type recipient struct {
	Server   string             `json:"server"`
	Address  string             `json:"address"`
	Outcome  string             `json:"outcome"`
	Code     *int               `json:"code"` // null if there was no reply
	Enhanced string             `json:"enhanced"`
	Reply    string             `json:"reply"`
	TLS      *connection        `json:"tls"` // null without TLS
	QueueID  string             `json:"queue_id,omitempty"`
	Times    map[string]float64 `json:"times"` // in seconds, by stage
}

type connection struct {
	Version  string `json:"version,omitempty"` // both unknown if the certificate was refused
	Cipher   string `json:"cipher,omitempty"`
	Verified bool   `json:"verified"`
}

// Receipt writes what became of each recipient. The fields of a line of text are
// the address, the outcome, the code, the enhanced code and the reply. Both
// codes are empty if there was no reply. outcome returns the outcome in words.
func Receipt(w io.Writer, format string, r wire.Receipt, outcome func(wire.Recipient) string) error {
	var text lines
	var objects []recipient
	for _, to := range r.Recipients {
		code := ""
		if to.Reply.Code != 0 {
			code = strconv.Itoa(to.Reply.Code)
		}
		text = fmt.Appendf(text, "%s\t%s\t%s\t%s\t%s\n", termtext.Escape(to.Address), outcome(to),
			code, termtext.Line(to.Reply.Enhanced), termtext.Line(replyText(to)))
		objects = append(objects, newRecipient(r, to, outcome(to)))
	}
	return write(w, format, text, objects...)
}

func newRecipient(r wire.Receipt, to wire.Recipient, outcome string) recipient {
	object := recipient{
		Server:   r.Server,
		Address:  to.Address,
		Outcome:  outcome,
		Enhanced: to.Reply.Enhanced,
		Reply:    replyText(to),
		QueueID:  to.Reply.QueueID(),
		Times:    map[string]float64{},
	}
	if to.Reply.Code != 0 {
		object.Code = &to.Reply.Code
	}
	if r.TLS != nil {
		object.TLS = &connection{tls.VersionName(r.TLS.Version), tls.CipherSuiteName(r.TLS.CipherSuite), r.Verified}
	}
	for _, t := range r.Times {
		object.Times[strings.ToLower(string(t.Stage))] += t.Duration.Seconds()
	}
	return object
}

// replyText returns the text of the reply on one line without the enhanced
// code, or why there was no reply.
func replyText(to wire.Recipient) string {
	if to.Reply.Code == 0 {
		return to.Reason
	}
	var text []string
	for _, line := range to.Reply.Lines {
		line = strings.TrimPrefix(line+" ", to.Reply.Enhanced+" ") // the code may be the whole line
		text = append(text, strings.TrimSuffix(line, " "))
	}
	return strings.Join(text, " ")
}
