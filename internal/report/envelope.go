package report

import (
	"cmp"
	"fmt"
	"io"

	"mailpipe/wire"
)

// An envelope is the JSON object of an envelope.
type envelope struct {
	From string   `json:"from"`
	To   []string `json:"to"`
	Size *int64   `json:"size"` // null if it is unknown

	Spool []string `json:"spool,omitempty"`
}

// Envelope writes the envelope of a mail that was not sent, and where it would be
// kept.
func Envelope(w io.Writer, format string, e wire.Envelope, spools []string) error {
	var text lines
	object := envelope{From: e.From, To: e.To, Spool: spools}
	size := "unknown"
	if e.Size >= 0 {
		object.Size = &e.Size
		size = fmt.Sprint(e.Size)
	}
	text.add("from", cmp.Or(e.From, "<>"))
	for _, to := range e.To {
		text.add("to", to)
	}
	text.add("size", size)
	for _, where := range spools {
		text.add("spool", where)
	}
	return write(w, format, text, object)
}
