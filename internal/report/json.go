package report

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"mailpipe/wire"
)

// A line is what JSON writes about a recipient.
type line struct {
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
	Version  string `json:"version"`
	Cipher   string `json:"cipher"`
	Verified bool   `json:"verified"`
}

// JSON writes an object for each recipient. It contains only ASCII.
func JSON(w io.Writer, r wire.Receipt) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, to := range r.Recipients {
		if err := encoder.Encode(newLine(r, to)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, asciiJSON(b.String()))
	return err
}

func newLine(r wire.Receipt, to wire.Recipient) line {
	l := line{
		Server:   r.Server,
		Address:  to.Address,
		Outcome:  to.Outcome.String(),
		Enhanced: to.Reply.Enhanced,
		Reply:    replyText(to),
		QueueID:  to.Reply.QueueID(),
		Times:    map[string]float64{},
	}
	if to.Reply.Code != 0 {
		l.Code = &to.Reply.Code
	}
	if r.TLS != nil {
		l.TLS = &connection{tls.VersionName(r.TLS.Version), tls.CipherSuiteName(r.TLS.CipherSuite), r.Verified}
	}
	for _, t := range r.Times {
		l.Times[strings.ToLower(string(t.Stage))] += t.Duration.Seconds()
	}
	return l
}

// asciiJSON escapes what JSON may contain as it is and a terminal interprets,
// such as C1, bidirectional and zero-width characters, and with them all other
// characters that are not ASCII.
func asciiJSON(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		if unit == '\n' || unit >= ' ' && unit < 0x7F {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
